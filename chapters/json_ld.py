"""Facts for search engines as they stand in a page: JSON-LD that cannot end its element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

#: What could end a script element or begin a comment is written as JSON allows it as well.
_ESCAPES: Final = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write_json_ld(said: Mapping[str, Any]) -> SafeString:
    """Return facts as text that is safe inside a script element; what is empty is left out."""
    text = json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - nothing in it can end the element
