"""What the forms of these pages share: refusals stand at their fields, and fields name their hints and errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from chapters.exceptions import ChapterError


class ChapterForm(forms.Form):
    """A form whose fields say what describes them, on every Django, and take refusals of the api.

    ``api_fields`` maps fields of the api that are called otherwise here.
    """

    api_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.help_text:
                self._describe(name, f"{self[name].auto_id}_helptext")

    def add_error(self, field: str | None, error: Any) -> None:
        """Note an error, and have the field say that it is wrong and where the reason stands."""
        super().add_error(field, error)
        for name in [field] if field else getattr(error, "error_dict", {}):
            if name in self.fields:
                bound = self[name]
                helps = [f"{bound.auto_id}_helptext"] if self.fields[name].help_text else []
                self._describe(name, " ".join([*helps, f"{bound.auto_id}_error"]))
                self.fields[name].widget.attrs["aria-invalid"] = "true"

    def refuse(self, refusal: ChapterError) -> None:
        """Show a refusal at the field that it names, or above the form."""
        name = self.api_fields.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, refusal.message)

    def _describe(self, name: str, ids: str) -> None:
        if not self[name].field.widget.use_fieldset:
            self.fields[name].widget.attrs["aria-describedby"] = ids


def text_area(rows: int = 3) -> forms.Textarea:
    """Return a field of several lines that grows with its text."""
    return forms.Textarea(attrs={"rows": rows})
