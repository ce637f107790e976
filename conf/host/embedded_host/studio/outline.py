"""The list of courses and the outline of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey

from embedded_host.courses.tree import CourseTree, Node
from embedded_host.models import Course

from . import editing
from .access import can_write, course_page, draft_store


@dataclass(frozen=True)
class Part:
    """A block of the outline with what stands below it."""

    key: UsageKey
    title: str
    block_type: str
    child_type: str
    state: str
    due: str
    children: list[Part]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the courses of this person's teams."""
    keys = Course.objects.order_by("course_key").values_list("course_key", flat=True)
    courses = [draft_store().get_course(key) for key in keys if can_write(request.user, key)]
    return render(request, "host_studio/home.html", {"courses": [course for course in courses if course]})


@course_page
def outline(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Show the sections, subsections and units of a course."""
    root = _part(tree.nodes[tree.root_key], tree)
    context = {"course": draft_store().get_course(tree.course_key), "root": root, "active": "outline"}
    return render(request, "host_studio/outline.html", context)


@require_POST
@course_page
def act(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Add, rename, move or delete a part of the outline."""
    usage_key = _key_of(request, tree)
    target = ""
    try:
        target = _do(request, tree, usage_key)
    except editing.EditError as error:
        messages.error(request, str(error))
    anchor = f"#{target}" if target else ""
    return redirect(reverse("studio_outline", args=[str(tree.course_key)]) + anchor)


def _do(request: HttpRequest, tree: CourseTree, usage_key: UsageKey) -> str:
    """Do what the form asks; return the id of the part to show."""
    what, title = request.POST.get("act"), request.POST.get("title", "")
    if what == "add":
        child_type = editing.CHILD_TYPES.get(usage_key.block_type, "")
        added = editing.add_block(request.user, tree, usage_key, block_type=child_type, title=title)
        messages.success(request, _("“%(title)s” is added.") % {"title": title.strip()})
        return added.block_id
    if what == "rename":
        editing.rename_block(request.user, tree, usage_key, title)
        messages.success(request, _("The title is saved."))
    elif what in ("up", "down"):
        editing.move_block(tree, usage_key, step=-1 if what == "up" else 1)
    elif what == "due":
        editing.set_due(request.user, usage_key, request.POST.get("due", ""))
        messages.success(request, _("The due date is saved."))
    elif what == "duplicate":
        return editing.duplicate_block(request.user, tree, usage_key).block_id
    elif what == "delete":
        title = editing.title_of(tree.nodes[usage_key])
        editing.delete_block(request.user, tree, usage_key)
        messages.success(request, _("“%(title)s” is deleted.") % {"title": title})
        return ""
    else:
        raise Http404(what)
    return usage_key.block_id


def _key_of(request: HttpRequest, tree: CourseTree) -> UsageKey:
    try:
        usage_key = UsageKey.from_string(request.POST.get("block", ""))
    except InvalidKeyError as error:
        raise Http404(str(error)) from error
    if tree.find(usage_key) is None:
        raise Http404(str(usage_key))
    return usage_key


def _part(node: Node, tree: CourseTree) -> Part:
    is_unit = node.block_type == "vertical"
    return Part(
        key=node.usage_key,
        title=editing.title_of(node),
        block_type=node.block_type,
        child_type=editing.CHILD_TYPES.get(node.block_type, ""),
        state=_state(node.usage_key) if is_unit else "",
        due=str(node.fields.get("due") or "")[:16],
        children=[] if is_unit else [_part(tree.nodes[child], tree) for child in node.children],
    )


def _state(usage_key: UsageKey) -> str:
    if not editing.is_live(usage_key):
        return "never"
    return "changed" if editing.list_changes(usage_key) else "live"
