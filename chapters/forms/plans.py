"""The form of everything that people fill in about a chapter, for proposing one and for changing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chapters.covers import COVERS, draw_cover
from chapters.data import (
    Audience,
    ChapterData,
    ChapterPlanData,
    ChapterScope,
    ChapterType,
    PositioningData,
    RegionData,
)
from chapters.words import country_choices, language_choices, suggest_name

from .base import ChapterForm, text_area

SCOPES: Final = [
    (ChapterScope.CITY.value, _("A city: people meet in a room")),
    (ChapterScope.COUNTRY.value, _("A country: now here, now there")),
    (ChapterScope.ONLINE.value, _("Online: the place does not matter")),
    (ChapterScope.TOPIC.value, _("A topic: what people care for holds them together")),
]
TYPES: Final = [
    (ChapterType.KNOWLEDGE.value, _("Knowledge: people get better at something together")),
    (ChapterType.WORKS.value, _("Works: people show each other what they made")),
    (ChapterType.SOCIAL.value, _("People: they meet, and know whom to call")),
]
_NAME_FORMATS: Final = [
    ("name", _("Amina Yusuf")),
    ("name_position", _("Amina Yusuf, team lead")),
    ("name_place", _("Amina Yusuf, Nairobi")),
    ("place_name_position", _("Nairobi, Amina Yusuf, team lead")),
]
_ENTRIES: Final = [
    (Audience.EVERYONE.value, _("Everybody with an account")),
    (Audience.LEARNERS.value, _("People who take one of its courses")),
    (Audience.ALUMNI.value, _("People who completed one of its courses")),
]
_POSITIONING: Final = tuple(each.name for each in fields(PositioningData))
_LANGUAGES: Final = ("language", "language_2", "language_3")


class PlanForm(ChapterForm):
    """A chapter as its organizers describe it; ``plan`` is what was filled in, once the form is valid."""

    api_fields: ClassVar = {"languages": "language", "region_id": "region"}

    audience = forms.CharField(
        max_length=120,
        label=_("For whom is it?"),
        help_text=_("One group, such as “people who lead others for the first time”."),
    )
    core_value = forms.CharField(
        max_length=120,
        label=_("What do they get from it?"),
        help_text=_("A few words, such as “practice for hard talks”."),
    )
    tone = forms.CharField(
        max_length=60, label=_("In which tone?"), help_text=_("Such as “after work, without slides”.")
    )
    name = forms.CharField(
        max_length=80,
        label=_("Name"),
        help_text=_("Who reads it should know at once: this is for me. Left empty, your words above make a first one."),
    )
    lead = forms.CharField(
        max_length=200,
        label=_("The chapter in one sentence"),
        help_text=_("It stands on its card in the directory, in the chapter's own language."),
        widget=text_area(2),
    )
    unique_value = forms.CharField(
        max_length=500,
        label=_("What do people get here and nowhere else?"),
        help_text=_("If they could get it alone, or in another group, say why they would still come."),
        widget=text_area(),
    )
    lost = forms.CharField(
        max_length=500, label=_("What would they lose if it closed after a year?"), widget=text_area()
    )
    goals = forms.CharField(
        required=False,
        max_length=500,
        label=_("What is it after?"),
        help_text=_("The more specific the goal, the more it draws the right people."),
        widget=text_area(2),
    )
    type = forms.ChoiceField(choices=TYPES, label=_("What kind of community is it?"), widget=forms.RadioSelect)
    field = forms.CharField(
        required=False,
        max_length=300,
        label=_("What it is about"),
        help_text=_("The topics you keep to."),
        widget=text_area(2),
    )
    members = forms.CharField(
        required=False,
        max_length=300,
        label=_("Who fits in"),
        help_text=_("The interest that members share."),
        widget=text_area(2),
    )
    results = forms.CharField(
        required=False,
        max_length=300,
        label=_("What comes out of it"),
        help_text=_("Such as a page of sentences that worked, after every evening."),
        widget=text_area(2),
    )
    will_not = forms.CharField(
        required=False,
        max_length=300,
        label=_("What you will not do"),
        help_text=_("Such as selling, recruiting, or recording without asking."),
        widget=text_area(2),
    )
    scope = forms.ChoiceField(choices=SCOPES, label=_("What holds it together?"), widget=forms.RadioSelect)
    city = forms.CharField(required=False, max_length=80, label=_("City"))
    country = forms.ChoiceField(required=False, label=_("Country"))
    topic = forms.CharField(required=False, max_length=80, label=_("Topic"))
    region = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label=_("Region"), help_text=_("Where the directory lists it.")
    )
    zone = forms.CharField(
        max_length=64,
        label=_("Time zone"),
        help_text=_("The place whose clock counts, such as Africa/Nairobi."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language spoken most"))
    language_2 = forms.ChoiceField(required=False, label=_("Second language"))
    language_3 = forms.ChoiceField(required=False, label=_("Third language"))
    welcome = forms.CharField(
        required=False,
        max_length=5000,
        label=_("Welcome"),
        help_text=_("What newcomers read first: what you do here, and how it goes."),
        widget=text_area(4),
    )
    contact = forms.CharField(
        max_length=254,
        label=_("How people reach you"),
        help_text=_("An e-mail address, or a page that begins with https://. Only members see it."),
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    cover = forms.TypedChoiceField(
        coerce=int,
        label=_("Picture"),
        choices=[(each, each) for each in range(1, COVERS + 1)],
        widget=forms.RadioSelect,
    )
    entry = forms.ChoiceField(choices=_ENTRIES, label=_("Who may join"), widget=forms.RadioSelect)
    name_format = forms.ChoiceField(choices=_NAME_FORMATS, label=_("How members are named"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, regions: Iterable[RegionData], chapter: ChapterData | None = None, **kwargs: Any
    ) -> None:
        self.chapter = chapter
        if chapter is not None:
            kwargs["initial"] = initial_of(chapter) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        languages = language_choices()
        self._choose("country", [("", _("None")), *country_choices()])
        self._choose("region", [("", _("None")), *((each.id, each.name) for each in regions)])
        self._choose("language", languages)
        self._choose("language_2", [("", _("None")), *languages])
        self._choose("language_3", [("", _("None")), *languages])
        for name, field in self.fields.items():
            if field.required:
                field.error_messages["required"] = _REQUIRED.get(name, _("Write something here."))

    def full_clean(self) -> None:
        """Make a name of the other words where none was given, and show it to be changed or sent as it is."""
        super().full_clean()
        if not self.is_bound or "name" not in self.errors or self.data.get(self.add_prefix("name"), "").strip():
            return
        words = {name: self.data.get(self.add_prefix(name), "") for name in ("audience", "core_value", "tone")}
        if name := suggest_name(**words):
            self.data = _put(self.data, self.add_prefix("name"), name)
            made = _("We made this name of your words. Change it, or send it as it is.")
            self.errors["name"] = self.error_class([str(made)])

    @property
    def plan(self) -> ChapterPlanData:
        """Return what was filled in, over what the form did not ask; only of a valid form."""
        values = (initial_of(self.chapter) if self.chapter else {}) | self.cleaned_data
        spoken = dict.fromkeys(values[name] for name in _LANGUAGES if values.get(name))
        return ChapterPlanData(
            **{name: values[name] for name in ("name", "lead", "city", "country", "topic", "zone", "contact", "cover")},
            scope=ChapterScope(values["scope"]),
            type=ChapterType(values["type"]),
            region_id=values.get("region"),
            languages=tuple(spoken),
            positioning=PositioningData(**{name: values.get(name, "") for name in _POSITIONING}),
            welcome=values.get("welcome", ""),
            entry=Audience(values.get("entry") or Audience.EVERYONE),
            name_format=values.get("name_format") or "name",
        )

    @property
    def zones(self) -> list[str]:
        """Return the names of time zones, to choose from while one types."""
        return sorted(
            zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
        )

    @property
    def covers(self) -> list[tuple[Any, Any]]:
        """Return each choice of a picture beside the picture."""
        return [(option, draw_cover(number)) for number, option in enumerate(self["cover"], start=1)]

    @property
    def name_pattern(self) -> str:
        """Return how a name is made of the words, with their fields in braces, for the script that suggests one."""
        return suggest_name(audience="{audience}", core_value="{core_value}", tone="{tone}")

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class ProposalForm(PlanForm):
    """What a proposal asks: the chapter without what its organizers settle once it exists."""

    def __init__(self, *args: Any, zone: str = "", country: str = "", **kwargs: Any) -> None:
        usual = {
            "zone": zone,
            "country": country,
            "language": (get_language() or "en").lower(),
            "cover": 1,
            "scope": ChapterScope.CITY.value,
            "type": ChapterType.KNOWLEDGE.value,
        }
        if kwargs.get("chapter") is None:
            kwargs["initial"] = usual | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in ("welcome", "entry", "name_format"):
            del self.fields[name]


def _put(data: Any, name: str, value: str) -> Any:
    """Return what was sent with one value in the place of another; what Django hands to a form cannot be changed."""
    changed = data.copy()
    changed[name] = value
    return changed


def initial_of(chapter: ChapterData) -> dict[str, Any]:
    """Return what the form shows of a chapter that is there."""
    spoken = (*chapter.languages, "", "", "")
    return {
        **{name: getattr(chapter, name) for name in ("name", "lead", "city", "country", "topic", "welcome", "contact")},
        **{name: getattr(chapter.positioning, name) for name in _POSITIONING},
        **dict(zip(_LANGUAGES, spoken, strict=False)),
        "scope": chapter.scope.value,
        "type": chapter.type.value,
        "region": chapter.region_id,
        "zone": chapter.zone.key,
        "cover": chapter.cover,
        "entry": chapter.entry.value,
        "name_format": chapter.name_format,
    }


_REQUIRED: Final = {
    "audience": _("Say for whom the chapter is."),
    "core_value": _("Say what people get from it."),
    "tone": _("Say in a few words how it feels to be there."),
    "name": _("Give the chapter a name."),
    "lead": _("Say in one sentence what the chapter is."),
    "unique_value": _("Say what people get only here."),
    "lost": _("Say what would be missing without it."),
    "type": _("Choose what comes closest."),
    "scope": _("Choose what holds the chapter together."),
    "zone": _("Name the place whose clock counts, such as Africa/Nairobi."),
    "contact": _("Say how people can reach you."),
    "cover": _("Choose a picture."),
}
