"""Turn templates into fragments: one engine for the blocks' templates, in the block's own language.

The platform hands a block its catalogue as the ``i18n`` service. `speaking` lays that catalogue over Django's for a
while, so that templates use the ordinary tags and Python the ordinary ``gettext``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.template.backends.django import get_installed_libraries
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language, trans_real
from web_fragments.fragment import Fragment

STYLESHEET = "people/community.css"


def render_template(block: Any, name: str, context: Mapping[str, Any]) -> SafeString:
    """Return ``xblocks/templates/<name>`` rendered with ``context``, escaped as Django does."""
    with speaking(block):
        return _engine().get_template(name).render(Context({**context, "block_id": dom_id(block)}))


def build_fragment(block: Any, html: str, *, script: str, init: str, arguments: Mapping[str, Any]) -> Fragment:
    """Return ``html`` with the suite's stylesheet and ``public/<script>``, whose ``init`` receives ``arguments``."""
    fragment = Fragment(html)
    fragment.add_css_url(static(STYLESHEET))
    fragment.add_javascript_url(resource_url(block, script))
    fragment.initialize_js(init, dict(arguments))
    return fragment


def resource_url(block: Any, path: str) -> str:
    """Return the address of ``xblocks/public/<path>``."""
    url: str = block.runtime.local_resource_url(block, f"public/{path}")
    return url


def dom_id(block: Any) -> str:
    """Return a prefix for element ids that no other block in the document shares."""
    usage_key = block.scope_ids.usage_id
    return f"cs-{getattr(usage_key, 'block_id', usage_key)}"


@contextmanager
def speaking(block: Any) -> Iterator[None]:
    """Lay the block's catalogue over Django's in this thread while the context lasts."""
    catalogue = block.runtime.service(block, "i18n")
    active = trans_real._active  # type: ignore[attr-defined]  # noqa: SLF001  Django has no public way to swap catalogues
    before = getattr(active, "value", None)
    merged = _merged(get_language(), catalogue) if getattr(catalogue, "_catalog", None) else None
    if merged is None:
        yield
        return
    active.value = merged
    try:
        yield
    finally:
        if before is None:
            del active.value
        else:
            active.value = before


_catalogues: dict[str, trans_real.DjangoTranslation] = {}


def _merged(language: str | None, catalogue: Any) -> trans_real.DjangoTranslation | None:
    """All blocks of this package share one catalogue per language, so merging once per process is enough."""
    if not language:
        return None
    if language not in _catalogues:
        merged = trans_real.DjangoTranslation(language)
        merged.merge(catalogue)
        _catalogues[language] = merged
    return _catalogues[language]


@functools.cache
def _engine() -> Engine:
    folder = str(Path(__file__).parent / "templates")
    loaders = [
        (
            "django.template.loaders.cached.Loader",
            [("django.template.loaders.filesystem.Loader", [folder]), "django.template.loaders.app_directories.Loader"],
        )
    ]
    builtins = ["django.templatetags.i18n", "xblocks.screen_tags"]
    return Engine(loaders=loaders, libraries=get_installed_libraries(), builtins=builtins)
