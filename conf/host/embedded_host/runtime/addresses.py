"""Addresses of handlers, resources and assets, the same in Python and in the page's script."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from opaque_keys.edx.keys import CourseKey


def lms_handler_url(block: Any, handler_name: str, suffix: str = "", query: str = "") -> str:
    """Return the LMS's address of a handler."""
    key = block.scope_ids.usage_id
    url = f"/courses/{key.course_key}/xblock/{key}/handler/{handler_name}"
    return _complete(url, suffix, query)


def studio_handler_url(block: Any, handler_name: str, suffix: str = "", query: str = "") -> str:
    """Return Studio's address of a handler."""
    return _complete(f"/xblock/{block.scope_ids.usage_id}/handler/{handler_name}", suffix, query)


def _complete(url: str, suffix: str, query: str) -> str:
    url = f"{url}/{suffix}" if suffix else url
    return f"{url}?{query}" if query else url


def resource_package(block_class: type) -> str:
    """Return the package whose files a block class may use: the parent of its module, the LMS's rule in production.

    A class deeper in a package than one module does not find the files of the package above.
    """
    return getattr(block_class, "unmixed_class", block_class).__module__.rpartition(".")[0]


def resource_url(block: Any, uri: str) -> str:
    """Return the address of a file of the block's package."""
    return f"{settings.STATIC_URL}xblock/resources/{resource_package(type(block))}/{uri}"


def asset_url(course_key: CourseKey, path: str) -> str:
    """Return the address of a file of the course."""
    return str(course_key.make_asset_key("asset", path.replace("/", "_").replace(" ", "_"))).join(("/", ""))


def jump_to_id_url(course_key: CourseKey, block_id: str) -> str:
    """Return the address that leads to a block, by the short name authors know."""
    site = settings.LMS_ROOT_URL if settings.SERVICE_VARIANT == "cms" else ""
    return f"{site}/courses/{course_key}/jump_to_id/{block_id}"


def login_url(next_url: str) -> str:
    """Return the address of the sign-in page that leads back."""
    return f"{reverse('signin_user')}?{urlencode({'next': next_url})}"
