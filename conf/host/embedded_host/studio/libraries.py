"""A stand-in for the preview of a content library: a block whose key belongs to no course."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib.auth.decorators import user_passes_test
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from opaque_keys.edx.locator import LibraryLocatorV2, LibraryUsageLocatorV2
from xblock.core import XBlock
from xblock.plugin import PluginMissingError

from embedded_host.courses.tree import CourseTree, Node
from embedded_host.runtime.build import build_author_runtime

LIBRARY_KEY = LibraryLocatorV2(org="School", slug="cases")


def build_library_block(
    user: Any, block_type: str, *, fields: Mapping[str, Any] | None = None, block_id: str = "preview"
) -> Any:
    """Return a block in a library, bound to nobody; nothing can be saved to it."""
    key = LibraryUsageLocatorV2(lib_key=LIBRARY_KEY, block_type=block_type, usage_id=block_id)
    node = Node(key, block_type, MappingProxyType(dict(fields or {})))
    tree = CourseTree(LIBRARY_KEY, MappingProxyType({key: node}), MappingProxyType({}))
    return build_author_runtime(tree, user).get_block(key)


@user_passes_test(lambda user: user.is_staff)
def preview(request: HttpRequest, block_type: str) -> HttpResponse:
    """Show a new block of the type as a library shows it: the learner's view with nobody and no course."""
    try:
        XBlock.load_class(block_type)
    except PluginMissingError as error:
        raise Http404(block_type) from error
    fragment = build_library_block(request.user, block_type).render("student_view", {})
    return render(request, "host_studio/library_preview.html", {"fragment": fragment, "block_type": block_type})
