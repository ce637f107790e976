"""Pages of a course: outline, unit, single block; and the addresses that lead to a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST
from edx_django_utils.plugins import get_plugins_view_context
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey
from web_fragments.fragment import Fragment

from common.djangoapps.student.models import CourseEnrollment, EnrollmentNotAllowed
from embedded_host.courses.tree import CourseTree, Node
from embedded_host.runtime.build import build_learner_runtime
from lms.djangoapps.courseware.access import has_access, has_staff_roles
from lms.djangoapps.courseware.courses import get_course_overview_with_access
from lms.djangoapps.courseware.masquerade import set_masquerade, setup_masquerade
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.modulestore.django import modulestore
from xmodule.modulestore.exceptions import ItemNotFoundError

from . import results


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """List the person's courses and those they may join."""
    mine = CourseEnrollment.enrollments_for_user(request.user).select_related("course").order_by("-created")
    enrolled = [enrollment.course for enrollment in mine]
    others = CourseOverview.objects.exclude(id__in=[course.id for course in enrolled]).order_by("display_name")[:50]
    context = {"courses": enrolled, "others": others}
    context.update(get_plugins_view_context("lms.djangoapp", "course_dashboard", dict(context)))
    return render(request, "embedded_host/dashboard.html", context)


def about(request: HttpRequest, course_id: str) -> HttpResponse:
    """Say what a course is, to those who are not in it yet."""
    overview = CourseOverview.objects.filter(id=parse_course_key(course_id)).first()
    if overview is None:
        raise Http404
    is_enrolled = CourseEnrollment.is_enrolled(request.user, overview.id)
    return render(request, "embedded_host/about.html", {"overview": overview, "is_enrolled": is_enrolled})


@require_POST
@login_required
def change_enrollment(request: HttpRequest) -> HttpResponse:
    """Join or leave a course."""
    course_key = parse_course_key(request.POST.get("course_id", ""))
    if not CourseOverview.course_exists(course_key):
        raise Http404
    if request.POST.get("enrollment_action") == "unenroll":
        CourseEnrollment.unenroll(request.user, course_key)
        messages.success(request, _("You have left the course. What you wrote stays."))
        return redirect("dashboard")
    try:
        CourseEnrollment.enroll(request.user, course_key)
    except EnrollmentNotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("about_course", course_id=course_key)
    messages.success(request, _("You are enrolled."))
    return redirect("course_root", course_id=course_key)


@login_required
def outline(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show sections, subsections and units, with what is done."""
    overview = _enter(request, course_id)
    if isinstance(overview, HttpResponse):
        return overview
    tree = modulestore().get_tree(overview.id)
    learner = _learner(request, overview.id)
    sections = results.outline(tree, learner, shows_hidden=has_access(request.user, "staff", overview.id))
    units = [unit for section in sections for part in section.parts for unit in part.units]
    next_unit = next((unit for unit in units if not unit.is_done), None)
    started = any(unit.done for unit in units)
    context = {
        "course": overview,
        "tab": "courseware",
        "sections": sections,
        "next_unit": next_unit,
        "has_started": started,
    }
    return render(request, "embedded_host/outline.html", context)


@login_required
def unit(request: HttpRequest, course_id: str, usage_key: str) -> HttpResponse:
    """Show a unit: its blocks one below the other, running."""
    overview = _enter(request, course_id)
    if isinstance(overview, HttpResponse):
        return overview
    tree, node = _find_node(overview.id, usage_key)
    is_team = has_access(request.user, "staff", overview.id)
    places = _units(tree, shows_hidden=is_team)
    place = next((place for place in places if place.unit.usage_key == node.usage_key), None)
    if place is None:
        raise Http404
    fragment = render_block(request, tree, node.usage_key)
    index = places.index(place)
    context = {
        "course": overview,
        "place": place,
        "siblings": [other for other in places if other.subsection.usage_key == place.subsection.usage_key],
        "previous": places[index - 1] if index else None,
        "next": places[index + 1] if index + 1 < len(places) else None,
        "fragment": fragment,
        "title": _title(place.unit),
        "viewing_delay": settings.COMPLETION_BY_VIEWING_DELAY_MS,
        "studio_url": f"{settings.CMS_ROOT_URL}/container/{node.usage_key}" if is_team else "",
    }
    return render(request, "embedded_host/unit.html", context)


@xframe_options_exempt
def single_block(request: HttpRequest, usage_key: str) -> HttpResponse:
    """Show one block without the course around it, as the learning app embeds it; 404 to people not in the course."""
    key = parse_usage_key(usage_key)
    overview = get_course_overview_with_access(request.user, "load", key.course_key, check_if_enrolled=True)
    tree, node = _find_node(overview.id, usage_key)
    if _is_hidden(tree, node) and not has_access(request.user, "staff", overview.id):
        raise Http404
    context = {
        "course": overview,
        "fragment": render_block(request, tree, node.usage_key),
        "title": _title(node),
        "viewing_delay": settings.COMPLETION_BY_VIEWING_DELAY_MS,
    }
    return render(request, "embedded_host/single_block.html", context)


def jump_to(request: HttpRequest, course_id: str, location: str) -> HttpResponse:
    """Lead to the page on which a block stands."""
    tree, node = _find_node(parse_course_key(course_id), location)
    path = [node, *tree.ancestors(node.usage_key)]
    vertical = next((each for each in path if each.block_type == "vertical"), None)
    if vertical is None:
        vertical = next((each for each in tree.walk(node.usage_key) if each.block_type == "vertical"), None)
    if vertical is None:
        return redirect("course_root", course_id=course_id)
    anchor = "" if node is vertical or vertical not in path else f"#{node.usage_key.block_id}"
    return redirect(unit_url(tree.course_key, vertical.usage_key) + anchor)


def jump_to_id(request: HttpRequest, course_id: str, module_id: str) -> HttpResponse:
    """Lead to a block by the short name authors use."""
    try:
        tree = modulestore().get_tree(parse_course_key(course_id))
    except ItemNotFoundError as error:
        raise Http404 from error
    found = next((node for node in tree.walk() if node.usage_key.block_id == module_id), None)
    if found is None:
        raise Http404
    return redirect("jump_to", course_id=course_id, location=str(found.usage_key))


@require_POST
@login_required
def masquerade(request: HttpRequest, course_id: str) -> HttpResponse:
    """Look at the course as staff, as a learner, or as one particular learner."""
    course_key = parse_course_key(course_id)
    if not has_staff_roles(request.user, course_key):
        raise Http404
    view, name = request.POST.get("view", "staff"), request.POST.get("user_name", "").strip()
    if view == "specific":
        learners = CourseEnrollment.objects.users_enrolled_in(course_key)
        found = learners.filter(username=name).first() or learners.filter(email=name).first()
        if found is None:
            messages.error(request, _('There is no learner "%(name)s" in this course.') % {"name": name})
        else:
            set_masquerade(request, course_key, role="student", user_name=found.username)
    else:
        set_masquerade(request, course_key, role="student" if view == "student" else "staff")
    return redirect(_referer(request) or reverse("course_root", args=[course_key]))


def render_block(request: HttpRequest, tree: CourseTree, usage_key: UsageKey) -> Fragment:
    """Return the block rendered for whoever looks, with states of everything below read at once."""
    runtime = build_learner_runtime(tree, request)
    runtime.prefetch([node.usage_key for node in tree.walk(usage_key)])
    block = runtime.get_block(usage_key)
    return runtime.render(block, "student_view", {"username": request.user.username, "child_of_vertical": False})


@dataclass(frozen=True)
class Place:
    """A unit and where it stands."""

    section: Node
    subsection: Node
    unit: Node

    @property
    def url(self) -> str:
        """Return the unit's address."""
        return unit_url(self.unit.usage_key.course_key, self.unit.usage_key)

    @property
    def title(self) -> str:
        """Return the unit's title."""
        return _title(self.unit)

    @property
    def crumbs(self) -> list[str]:
        """Return the titles above."""
        return [_title(self.section), _title(self.subsection)]


def unit_url(course_key: CourseKey, usage_key: UsageKey) -> str:
    """Return the address of a unit's page."""
    return reverse("courseware_unit", args=[course_key, usage_key])


def _units(tree: CourseTree, *, shows_hidden: bool) -> list[Place]:
    return [
        Place(tree.nodes[section], tree.nodes[subsection], tree.nodes[child])
        for section in tree.nodes[tree.root_key].children
        for subsection in tree.nodes[section].children
        for child in tree.nodes[subsection].children
        if shows_hidden or not _is_hidden(tree, tree.nodes[child])
    ]


def _is_hidden(tree: CourseTree, node: Node) -> bool:
    path = [node, *tree.ancestors(node.usage_key)]
    return any(each.fields.get("visible_to_staff_only") for each in path)


def _title(node: Node) -> str:
    return node.fields.get("display_name") or node.usage_key.block_id.replace("_", " ")


def _enter(request: HttpRequest, course_id: str) -> Any:
    """Return the course for people in it; others are led to the course's about page, as in the LMS."""
    course_key = parse_course_key(course_id)
    overview = CourseOverview.objects.filter(id=course_key).first()
    if overview is None:
        raise Http404
    setup_masquerade(request, course_key, has_staff_roles(request.user, course_key))
    if has_access(request.user, "load", course_key) or has_staff_roles(request.user, course_key):
        return overview
    if request.resolver_match and request.resolver_match.url_name == "courseware_unit":
        raise Http404
    return redirect("about_course", course_id=course_key)


def _learner(request: HttpRequest, course_key: CourseKey) -> Any:
    return setup_masquerade(request, course_key, has_staff_roles(request.user, course_key))[1]


def _find_node(course_key: CourseKey, usage_key: str) -> tuple[CourseTree, Node]:
    key = parse_usage_key(usage_key)
    try:
        tree = modulestore().get_tree(course_key)
    except ItemNotFoundError as error:
        raise Http404 from error
    node = tree.find(key)
    if node is None:
        raise Http404
    return tree, node


def parse_course_key(text: str) -> CourseKey:
    """Return the course key or answer 404."""
    try:
        return CourseKey.from_string(text)
    except InvalidKeyError as error:
        raise Http404 from error


def parse_usage_key(text: str) -> UsageKey:
    """Return the usage key or answer 404."""
    try:
        return UsageKey.from_string(text)
    except InvalidKeyError as error:
        raise Http404 from error


def _referer(request: HttpRequest) -> str:
    from django.utils.http import url_has_allowed_host_and_scheme

    target = request.headers.get("Referer", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""
