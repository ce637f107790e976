"""The form of a course rule: which courses or organizations open a board, all or any of them, and what follows."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, Match, RuleData
from chapters.forms.base import ChapterForm

_MOST: Final = 50
_ORGANIZATION_LENGTH: Final = 100


class RuleForm(ChapterForm):
    """One rule. ``rule`` is what it says, once the form is valid."""

    courses = forms.CharField(
        required=False,
        max_length=8000,
        label=gettext_lazy("Courses"),
        help_text=gettext_lazy("Their keys, one a line, such as course-v1:Meridian+LT1+2026."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )
    organizations = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("Organizations"),
        help_text=gettext_lazy("One a line, such as Meridian. Any course of theirs counts."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
    )
    match = forms.ChoiceField(
        label=gettext_lazy("How many of them"),
        choices=[
            (Match.ANY.value, gettext_lazy("Any one is enough")),
            (Match.ALL.value, gettext_lazy("All of them are needed")),
        ],
        widget=forms.RadioSelect,
    )
    follows = forms.ChoiceField(
        label=gettext_lazy("Who meets the rule and is no member yet"),
        choices=[
            ("invite", gettext_lazy("is invited, once. They decide themselves")),
            ("add", gettext_lazy("becomes a member by themselves, unless they left, were removed or are banned")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, audience: Audience, may_add: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_add:
            self.fields["follows"].help_text = gettext_lazy(
                "Only the community team can let a rule make people members without asking them."
            )
        self.audience = audience
        self.rule: RuleData | None = None

    @staticmethod
    def initial_of(rule: RuleData) -> dict[str, Any]:
        """Return what the form shows of a rule."""
        return {
            "courses": "\n".join(rule.courses),
            "organizations": "\n".join(rule.organizations),
            "match": rule.match.value,
            "follows": "add" if rule.adds_members else "invite",
        }

    def clean_courses(self) -> tuple[str, ...]:
        """Return the keys, each once and as the platform writes them."""
        return tuple(dict.fromkeys(_read_key(line) for line in self._lines("courses")))

    def clean_organizations(self) -> tuple[str, ...]:
        """Return the organizations, each once."""
        names = self._lines("organizations")
        for name in names:
            if len(name) > _ORGANIZATION_LENGTH:
                raise forms.ValidationError(_("“%(name)s…” is too long for an organization.") % {"name": name[:40]})
        return tuple(dict.fromkeys(names))

    def clean(self) -> dict[str, Any]:
        """Make the rule of what was typed."""
        values = super().clean() or {}
        if not self.errors:
            self.rule = RuleData(
                audience=self.audience,
                match=Match(values["match"]),
                courses=values["courses"],
                organizations=values["organizations"],
                adds_members=values["follows"] == "add",
            )
        return values

    def _lines(self, name: str) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
        if len(lines) > _MOST:
            raise forms.ValidationError(
                ngettext("At most %(count)d is possible.", "At most %(count)d are possible.", _MOST) % {"count": _MOST}
            )
        return lines


def _read_key(text: str) -> str:
    try:
        return str(CourseKey.from_string(text))
    except InvalidKeyError as error:
        raise forms.ValidationError(_("“%(text)s” is no key of a course.") % {"text": text[:80]}) from error
