"""Forms of a chapter's life: a step with its reason and date, and roles that are given back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from chapters.data import TransitionData
from chapters.forms.base import ChapterForm

from .base import day_field, reason_field


class MoveForm(ChapterForm):
    """A step of a chapter's life; it asks for a reason and a day only where the step needs them."""

    reason = reason_field(
        label=gettext_lazy("Why"),
        hint=gettext_lazy("Members and the community team read it beside the chapter's state."),
        required="",
    )
    until = day_field(
        label=gettext_lazy("Until which day"),
        hint=gettext_lazy("The pause ends by itself on this day. You can resume earlier."),
    )

    def __init__(self, *args: Any, step: TransitionData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step.needs_reason:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = gettext_lazy("Say why: members will read it.")
        if step.needs_date:
            self.fields["until"].required = True
            self.fields["until"].error_messages["required"] = gettext_lazy("Choose the day on which the pause ends.")
        else:
            del self.fields["until"]


class EndRoleForm(ChapterForm):
    """Why somebody's role ends before its day."""

    reason = reason_field(
        label=gettext_lazy("Why it ends"),
        hint=gettext_lazy("They and the chapter's log keep it."),
        required=gettext_lazy("Say why the role ends."),
    )


class HandBackForm(ChapterForm):
    """Why a chapter goes back to the community managers."""

    reason = reason_field(
        label=gettext_lazy("What the community team should know"),
        hint=gettext_lazy("For example how long you can still help, and who might take over."),
        required=gettext_lazy("Write a line for the community team."),
    )
