"""Cards of features, advanced settings of a course, and a new run of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment
from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole
from embedded_host.courses.store import course_published
from embedded_host.courses.tree import CourseTree
from openedx.core.djangoapps.course_apps.plugins import CourseApp, CourseAppsPluginManager
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration
from openedx.core.djangoapps.django_comment_common.utils import seed_permissions_roles

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


class RerunForm(forms.Form):
    """What a new run is called and when it starts."""

    display_name = forms.CharField(label=gettext_lazy("Course name"), max_length=255)
    run = forms.SlugField(label=gettext_lazy("Run"), max_length=50, allow_unicode=False)
    start = forms.DateTimeField(
        label=gettext_lazy("Starts (in your time zone)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args: Any, course_key: CourseKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course_key = course_key

    def clean_run(self) -> str:
        """Refuse a run that exists."""
        run: str = self.cleaned_data["run"]
        if draft_store().has_course(self.course_key.replace(run=run)):
            raise forms.ValidationError(_("This run exists already."))
        return run


@course_page
def rerun(request: HttpRequest, tree: CourseTree) -> HttpResponse:
    """Make a new run of the course: what authors wrote travels, what learners left does not."""
    course = draft_store().get_course(tree.course_key)
    form = RerunForm(
        request.POST or None, course_key=tree.course_key, initial={"display_name": course.display_name_with_default}
    )
    if request.method == "POST" and form.is_valid():
        new_key = tree.course_key.replace(run=form.cleaned_data["run"])
        fields = {"display_name": form.cleaned_data["display_name"], "start": form.cleaned_data["start"].isoformat()}
        with transaction.atomic():
            draft_store().clone_course(tree.course_key, new_key, request.user.id, fields=fields)
            for role in (CourseInstructorRole, CourseStaffRole):
                role(new_key).add_users(request.user)
            seed_permissions_roles(new_key)
            CourseEnrollment.enroll(request.user, new_key)
        messages.success(request, _("The new run is ready."))
        return redirect("studio_outline", str(new_key))
    return render(request, "host_studio/rerun.html", {"course": course, "form": form, "active": "rerun"})
