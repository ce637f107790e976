"""Cards of features, advanced settings and cohorts of a course."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from embedded_host.courses.store import course_published
from embedded_host.courses.tree import CourseTree
from openedx.core.djangoapps.course_apps.plugins import CourseApp, CourseAppsPluginManager
from openedx.core.djangoapps.course_groups import cohorts
from openedx.core.djangoapps.course_groups.models import CourseCohort, CourseUserGroup
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration

from . import editing
from .access import course_page, draft_store


@dataclass(frozen=True)
class Setting:
    """An advanced setting of the course block: a JSON value of one type."""

    name: str
    title: Any
    hint: Any
    kind: type[Any]


SETTINGS = (
    Setting(
        "discussion_topics",
        gettext_lazy("Discussion topics"),
        gettext_lazy('Each topic has a name and an id that stays: {"Ethics": {"id": "ethics", "sort_key": "1"}}'),
        dict,
    ),
    Setting(
        "advanced_modules",
        gettext_lazy("Advanced blocks"),
        gettext_lazy('Types of blocks that the menu of a unit offers as well: ["poll", "done"]'),
        list,
    ),
    Setting(
        "discussion_blackouts",
        gettext_lazy("Times without posting"),
        gettext_lazy('Pairs of start and end: [["2026-12-24T00:00:00Z", "2027-01-03T00:00:00Z"]]'),
        list,
    ),
    Setting(
        "allow_anonymous_to_peers",
        gettext_lazy("Posting without a name shown to peers"),
        gettext_lazy("true or false"),
        bool,
    ),
)


class DiscussionCard(CourseApp):
    """The discussion's own card: the course tab and everything posted through the LMS."""

    app_id = "discussion"
    name = gettext_lazy("Discussion")
    description = gettext_lazy("Learners talk about the course by topic.")

    @classmethod
    def is_available(cls, course_key: Any) -> bool:
        """Every course may have a discussion."""
        return True

    @classmethod
    def is_enabled(cls, course_key: Any) -> bool:
        """Tell whether the discussion is on."""
        return DiscussionsConfiguration.is_enabled(course_key)

    @classmethod
    def set_enabled(cls, course_key: Any, enabled: bool, user: Any) -> bool:
        """Switch the discussion."""
        DiscussionsConfiguration.set_enabled(course_key, enabled)
        return enabled

    @classmethod
    def get_allowed_operations(cls, course_key: Any, user: Any = None) -> dict[str, bool]:
        """The course team may switch it; there is nothing more to configure."""
        return {"enable": True, "configure": False}


@course_page
def pages_and_resources(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Show the cards and switch one on or off."""
    course_key = tree.course_key
    apps = {
        app.app_id: app for app in [DiscussionCard, *CourseAppsPluginManager.get_apps_available_for_course(course_key)]
    }
    if request.method == "POST":
        app = apps.get(request.POST.get("app", ""))
        if app is None:
            raise Http404(request.POST.get("app", ""))
        if not app.get_allowed_operations(course_key, request.user).get("enable"):
            messages.error(request, _("This cannot be switched here."))
        else:
            is_on = app.set_enabled(course_key, request.POST.get("enabled") == "1", request.user)
            text = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
            messages.success(request, text % {"name": app.name})
        return redirect("studio_pages", str(course_key))
    cards = [
        {
            "id": app.app_id,
            "name": app.name,
            "description": app.description,
            "is_on": app.is_enabled(course_key),
            "can_switch": app.get_allowed_operations(course_key, request.user).get("enable"),
        }
        for app in apps.values()
    ]
    context = {"course": draft_store().get_course(course_key), "cards": cards, "active": "pages"}
    return render(request, "host_studio/pages.html", context)


@course_page
def advanced_settings(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Show the advanced settings as JSON and save one."""
    course = draft_store().get_course(tree.course_key)
    texts = {one.name: json.dumps(getattr(course, one.name), indent=2, ensure_ascii=False) for one in SETTINGS}
    error, bad = "", ""
    if request.method == "POST":
        setting = next((one for one in SETTINGS if one.name == request.POST.get("name")), None)
        if setting is None:
            raise Http404(request.POST.get("name", ""))
        texts[setting.name] = request.POST.get("value", "")
        try:
            value = _parse_setting(setting, texts[setting.name])
        except editing.EditError as refused:
            error, bad = str(refused), setting.name
        else:
            editing.save_fields(request.user, tree.root_key, {setting.name: value})
            course_published(tree.course_key)
            messages.success(request, _("“%(name)s” is saved.") % {"name": setting.title})
            return redirect("studio_advanced", str(tree.course_key))
    rows = [(one, texts[one.name], error if one.name == bad else "") for one in SETTINGS]
    context = {"course": course, "rows": rows, "active": "advanced"}
    return render(request, "host_studio/advanced.html", context, status=400 if bad else 200)


def _parse_setting(setting: Setting, text: str) -> Any:
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        raise EditError(setting, _("this is not JSON.")) from error
    if type(value) is not setting.kind:
        raise EditError(setting, _("this is JSON of another kind."))
    if setting.name == "discussion_topics":
        _check_topics(setting, value)
    if setting.name == "advanced_modules" and not all(isinstance(name, str) for name in value):
        raise EditError(setting, _("each type is a text."))
    return value


def _check_topics(setting: Setting, topics: dict[str, Any]) -> None:
    ids = [topic.get("id") if isinstance(topic, dict) else None for topic in topics.values()]
    if not all(isinstance(topic_id, str) and 0 < len(topic_id) <= 255 for topic_id in ids):
        raise EditError(setting, _("each topic needs an id of at most 255 characters."))
    if len(set(ids)) != len(ids):
        raise EditError(setting, _("two topics have the same id."))


class EditError(editing.EditError):
    """A value of an advanced setting that cannot be taken."""

    def __init__(self, setting: Setting, reason: str) -> None:
        super().__init__(_("%(title)s: %(reason)s") % {"title": setting.title, "reason": reason})


@course_page
def cohort_page(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Show the cohorts of a course with their members, and change them."""
    course_key = tree.course_key
    if request.method == "POST":
        try:
            _change_cohorts(request, course_key)
        except User.DoesNotExist:
            messages.error(request, _("Learner: nobody has this name or address."))
        except CourseUserGroup.DoesNotExist as error:
            raise Http404 from error
        except ValueError as error:
            messages.error(request, str(error))
        return redirect("studio_cohorts", str(course_key))
    groups = [
        {"id": group.id, "name": group.name, "members": list(group.users.order_by("username")[:200])}
        for group in cohorts.get_course_cohorts(course_id=course_key)
    ]
    context = {
        "course": draft_store().get_course(course_key),
        "is_cohorted": cohorts.is_course_cohorted(course_key),
        "groups": groups,
        "active": "cohorts",
    }
    return render(request, "host_studio/cohorts.html", context)


def _change_cohorts(request: HttpRequest, course_key: Any) -> None:
    what, name = request.POST.get("act"), request.POST.get("name", "").strip()[:255]
    if what == "switch":
        cohorts.set_course_cohorted(course_key, request.POST.get("value") == "1")
        return
    if what == "create":
        if not name:
            raise ValueError(_("Name: write one."))
        cohorts.add_cohort(course_key, name, CourseCohort.MANUAL)
        return
    group_id = request.POST.get("cohort", "")
    if what not in ("join", "leave") or not group_id.isdigit():
        raise Http404
    group = cohorts.get_cohort_by_id(course_key, int(group_id))
    if what == "join":
        cohorts.add_user_to_cohort(group, name)
    else:
        cohorts.remove_user_from_cohort(group, name)
