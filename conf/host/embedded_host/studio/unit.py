"""The page of a unit, the editor of a block, and the handlers both call."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from opaque_keys.edx.keys import UsageKey
from web_fragments.fragment import Fragment

from embedded_host.courses.tree import CourseTree
from embedded_host.runtime.calls import run_handler

from . import editing
from .access import block_handler, block_page, can_write, draft_store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """A block as its author sees it on the unit page."""

    key: UsageKey
    title: str
    type_title: str
    html: str
    error: str


class PlainForm(forms.Form):
    """The editor of a block that brings none: its title, and the text of a text block."""

    display_name = forms.CharField(label=gettext_lazy("Title"), max_length=255, required=False)

    def __init__(self, *args: Any, has_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_text:
            self.fields["data"] = forms.CharField(
                label=_("Text (HTML)"), required=False, widget=forms.Textarea(attrs={"rows": 16}), strip=False
            )


@block_page
def unit(request: HttpRequest, tree: CourseTree, usage_key: UsageKey) -> HttpResponse:
    """Show the draft of a unit, its blocks as previews, and what publishing would change."""
    if usage_key.block_type != "vertical":
        raise Http404(str(usage_key))
    fragment = Fragment()
    runtime = editing.build_author_runtime(tree, request.user)
    previews = [_preview(runtime, child, fragment) for child in tree.nodes[usage_key].children]
    above = [node for node in tree.ancestors(usage_key) if node.block_type != "course"]
    course = draft_store().get_course(tree.course_key)
    context = {
        "course": course,
        "unit": {"key": usage_key, "title": editing.title_of(tree.nodes[usage_key])},
        "crumbs": [{"title": editing.title_of(node), "anchor": node.usage_key.block_id} for node in reversed(above)],
        "previews": previews,
        "fragment": fragment,
        "types": editing.list_block_types(course),
        "is_live": editing.is_live(usage_key),
        "changes": editing.list_changes(usage_key),
        "live_url": f"{settings.LMS_ROOT_URL}/courses/{tree.course_key}/jump_to/{usage_key}",
        "active": "outline",
    }
    return render(request, "host_studio/unit.html", context)


def _preview(runtime: Any, usage_key: UsageKey, page: Fragment) -> Preview:
    """Draw a block for its author; a block that fails is named and does not take the page with it."""
    block = runtime.get_block(usage_key)
    html, error = "", ""
    try:
        drawn = block.render("author_view" if hasattr(block, "author_view") else "student_view", {})
        page.add_fragment_resources(drawn)
        html = drawn.content
    except Exception as failure:
        log.exception("%s could not be drawn", usage_key)
        error = str(failure) or type(failure).__name__
    return Preview(
        key=usage_key,
        title=str(block.display_name or editing.type_title(usage_key.block_type)),
        type_title=editing.type_title(usage_key.block_type),
        html=html,
        error=error,
    )


@require_POST
@block_page
def act(request: HttpRequest, tree: CourseTree, usage_key: UsageKey) -> HttpResponse:
    """Change a unit or one of its blocks: the form names the act."""
    what = request.POST.get("act", "")
    unit_key = usage_key if usage_key.block_type == "vertical" else tree.parents.get(usage_key, usage_key)
    back = reverse("studio_unit", args=[str(unit_key)])
    try:
        return redirect(_do(request, tree, usage_key, what) or back)
    except editing.EditError as error:
        messages.error(request, str(error))
    return redirect(back)


def _do(request: HttpRequest, tree: CourseTree, usage_key: UsageKey, what: str) -> str | None:
    """Do what the form asks; return where to go, None for the unit itself."""
    user = request.user
    if what == "add":
        added = editing.add_block(user, tree, usage_key, block_type=request.POST.get("type", ""))
        return reverse("studio_edit", args=[str(added)])
    if what == "rename":
        editing.rename_block(user, tree, usage_key, request.POST.get("title", ""))
    elif what in ("up", "down"):
        editing.move_block(tree, usage_key, step=-1 if what == "up" else 1)
    elif what == "duplicate":
        editing.duplicate_block(user, tree, usage_key)
        messages.success(request, _("The copy stands right below."))
    elif what == "delete":
        editing.delete_block(user, tree, usage_key)
        messages.success(request, _("The block is deleted from the draft."))
    elif what == "publish":
        editing.publish_block(user, usage_key)
        messages.success(request, _("Learners have this version now."))
    elif what == "discard":
        editing.discard_changes(usage_key)
        messages.success(request, _("The draft is the live version again."))
    else:
        raise Http404(what)
    return None


@block_page
def edit(request: HttpRequest, tree: CourseTree, usage_key: UsageKey) -> HttpResponse:
    """Show the block's own editor, or a plain one where it brings none."""
    block = editing.author_block(request.user, usage_key)
    parent = tree.parents.get(usage_key)
    back = reverse("studio_unit", args=[str(parent)]) if parent and parent.block_type == "vertical" else None
    context = {
        "course": draft_store().get_course(tree.course_key),
        "title": str(block.display_name or editing.type_title(usage_key.block_type)),
        "type_title": editing.type_title(usage_key.block_type),
        "back": back or reverse("studio_outline", args=[str(tree.course_key)]),
        "active": "outline",
    }
    if hasattr(block, "studio_view"):
        fragment = block.render("studio_view", {})
        return render(request, "host_studio/edit.html", {**context, "fragment": fragment})
    has_text = "data" in block.fields
    initial = {"display_name": block.display_name, "data": block.data if has_text else ""}
    form = PlainForm(request.POST or None, has_text=has_text, initial=initial)
    if request.method == "POST" and form.is_valid():
        editing.save_fields(request.user, usage_key, form.cleaned_data)
        messages.success(request, _("Saved in the draft."))
        return redirect(context["back"])
    return render(request, "host_studio/edit_plain.html", {**context, "form": form, "fragment": Fragment()})


@block_handler
def handle(request: HttpRequest, tree: CourseTree, usage_key: UsageKey, handler: str, suffix: str = "") -> HttpResponse:
    """Call a handler of a block in the draft; nothing a learner owns is read or written.

    As in Studio, whoever is signed in may call, and only what the course team changes is stored: a handler that shows
    something has to ask for itself.
    """
    with transaction.atomic():
        response = run_handler(editing.build_author_runtime(tree, request.user), request, usage_key, handler, suffix)
        transaction.set_rollback(not can_write(request.user, tree.course_key))
    return response
