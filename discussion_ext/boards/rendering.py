"""Posts as safe HTML: Markdown without scripts, styles, pictures from elsewhere or foreign schemes."""

from __future__ import annotations

from typing import Final

from django.utils.safestring import SafeString

from discussion_ext.rendering import render_markdown

#: A preview of more than a post may have is cut: it is no way to have the server work.
_MOST: Final = 10_000


def preview(text: str) -> SafeString:
    """Return a text as it will look, safe to print; nothing is kept."""
    return render_markdown(text[:_MOST])
