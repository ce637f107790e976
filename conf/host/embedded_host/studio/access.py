"""Who may write a course: its team and global staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey

from embedded_host.courses.store import CourseStore
from embedded_host.courses.tree import CourseTree
from embedded_host.models import Branch
from lms.djangoapps.courseware.access import has_access
from xmodule.modulestore.exceptions import ItemNotFoundError

View = Callable[..., HttpResponse]


def draft_store() -> CourseStore:
    """Return the store that Studio writes to."""
    return CourseStore(Branch.DRAFT)


def can_write(user: Any, course_key: CourseKey) -> bool:
    """Say whether the person is in the course team."""
    return bool(has_access(user, "staff", course_key))


def access_course(user: Any, course_key: CourseKey) -> CourseTree:
    """Return the draft of the course; raises Http404 or, for who is not in its team, PermissionDenied."""
    try:
        tree = draft_store().get_tree(course_key)
    except ItemNotFoundError as error:
        raise Http404(str(error)) from error
    if not can_write(user, course_key):
        raise PermissionDenied(_("Only the course team can open this course in Studio."))
    return tree


def course_page(view: View) -> View:
    """Open the course whose key is in the address, for its team."""

    @login_required
    @wraps(view)
    def opened(request: HttpRequest, course_id: str, **kwargs: Any) -> HttpResponse:
        try:
            course_key = CourseKey.from_string(course_id)
        except InvalidKeyError as error:
            raise Http404(course_id) from error
        return view(request, access_course(request.user, course_key), **kwargs)

    return opened


def block_page(view: View) -> View:
    """Open the course of the block whose key is in the address, for its team."""

    @login_required
    @wraps(view)
    def opened(request: HttpRequest, usage_id: str, **kwargs: Any) -> HttpResponse:
        usage_key = _parse_block(usage_id)
        tree = access_course(request.user, usage_key.course_key)
        if tree.find(usage_key) is None:
            raise Http404(usage_id)
        return view(request, tree, usage_key, **kwargs)

    return opened


def block_handler(view: View) -> View:
    """Open the course of the block whose key is in the address for whoever is signed in."""

    @login_required
    @wraps(view)
    def opened(request: HttpRequest, usage_id: str, **kwargs: Any) -> HttpResponse:
        usage_key = _parse_block(usage_id)
        try:
            tree = draft_store().get_tree(usage_key.course_key)
        except ItemNotFoundError as error:
            raise Http404(str(error)) from error
        if tree.find(usage_key) is None:
            raise Http404(usage_id)
        return view(request, tree, usage_key, **kwargs)

    return opened


def _parse_block(usage_id: str) -> UsageKey:
    try:
        usage_key = UsageKey.from_string(usage_id)
    except InvalidKeyError as error:
        raise Http404(usage_id) from error
    if not isinstance(usage_key.context_key, CourseKey):
        raise Http404(usage_id)
    return usage_key
