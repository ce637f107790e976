"""Kinds of fields in bodies: what is sent is of its type, or it is refused; nothing is made to fit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Text(serializers.CharField):
    """Text, cut of blanks at both ends."""

    default_error_messages = {"invalid": _("Write text.")}

    def to_internal_value(self, data: Any) -> str:
        """Return the text. Refuses numbers, which REST framework would take for text, and halves of characters."""
        if not isinstance(data, str) or any("\ud800" <= sign <= "\udfff" for sign in data):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:  # as described: before blanks are cut
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number, by default the number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**31 - 1} | kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Return the number. Refuses text and truth values."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """True or false."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the answer. Refuses the many words that REST framework takes for one."""
        if not isinstance(data, bool):
            self.fail("invalid", input=type(data).__name__)
        return data


class OneOf(serializers.ChoiceField):
    """One of several words."""

    default_error_messages = {"invalid_choice": _("Choose one of the words that are listed.")}

    def to_internal_value(self, data: Any) -> Any:
        """Return the word. Refuses numbers and lists; what was sent is not repeated."""
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A day as 2026-11-22."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d"]} | kwargs)

    def to_internal_value(self, value: Any) -> Any:
        """Return the day. Refuses what is no text."""
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)
