"""For operators: chapters, members, roles and bans to look at, and regions to set up.

What changes a chapter is done on the community managers' pages, whose rules hold for everybody; here a chapter gets its
region and the version of its guidelines. Confidential reports show themselves only to who may handle them, superusers
included: every list, address and count of theirs begins with `visible_concerns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from discussion_ext.api import attendance
from people import api as people

from . import api
from .addresses import event_url
from .concern_rows import visible_concerns
from .data import ChapterData, ChapterPlanData
from .exceptions import ChapterError
from .models import (
    Ban,
    Chapter,
    ChapterRule,
    Concern,
    CourseSwitch,
    Event,
    EventMail,
    EventResult,
    EventSeries,
    EventTemplate,
    Invitation,
    JoinQuestion,
    Membership,
    Region,
    Rsvp,
    Standing,
    Term,
)


class GuardedAdmin(admin.ModelAdmin):
    """Rows that nobody adds or deletes here, found only by what the page offers: an address is no way to search."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filters beside the list alone: any other column could be asked for by typing an address."""
        del value, request
        offered = {each for each in self.list_filter if isinstance(each, str)}
        return lookup.removesuffix("__exact").removesuffix("__id") in offered


class ReadOnlyAdmin(GuardedAdmin):
    """Rows to look at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    """The parts of the world by which the directory is read, in the order given here."""

    list_display = ("name", "slug", "position")
    list_editable = ("position",)
    search_fields = ("name", "=slug")
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}


@admin.register(Chapter)
class ChapterAdmin(GuardedAdmin):
    """Chapters: region and version of the guidelines are set here, everything else where its rules are asked."""

    list_display = ("name", "state", "region", "country", "members", "needs_organizer", "last_active_at", "managed")
    list_filter = ("state", "region", "scope", "type", "needs_organizer")
    list_select_related = ("region",)
    search_fields = ("search_text", "=slug")
    list_per_page = 50
    _changed_here = ("region", "guidelines_version")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return every column but those that are set here."""
        del request, obj
        names = [each.name for each in Chapter._meta.fields if each.name not in self._changed_here]
        return [*names, "managed"]

    @admin.display(description=_("community desk"))
    def managed(self, row: Chapter) -> str:
        """Return a link to the page on which community managers change the chapter."""
        url = reverse("chapters:manage_chapter", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Open"))

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Chapter, form: Any, change: bool) -> None:
        """Change the region through the api, which keeps its rules and its log; the version as it is."""
        del change
        if "guidelines_version" in form.changed_data:
            Chapter.objects.filter(pk=obj.pk).update(guidelines_version=obj.guidelines_version)
            people.record_audit(
                actor_id=request.user.pk,
                verb="chapter.change",
                target=f"chapter:{obj.pk}",
                context_key=f"chapter:{obj.pk}",
                data={"changed": ["guidelines_version"]},
            )
        if "region" in form.changed_data:
            plan = replace(_plan_of(api.get_chapter(obj.pk)), region_id=obj.region_id)
            try:
                api.change_chapter(chapter_id=obj.pk, actor_id=request.user.pk or 0, plan=plan)
            except ChapterError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)


def _plan_of(chapter: ChapterData) -> ChapterPlanData:
    """Return what people fill in, as it stands: the names are the same on both, and a zone is its name."""
    values = {each.name: getattr(chapter, each.name) for each in fields(ChapterPlanData)}
    return ChapterPlanData(**{**values, "zone": chapter.zone.key})


@admin.register(ChapterRule)
class ChapterRuleAdmin(ReadOnlyAdmin):
    """Course rules with what they ask for."""

    list_display = ("chapter", "audience", "match", "adds_members", "courses", "revision")
    list_filter = ("audience", "adds_members")
    list_select_related = ("chapter",)
    search_fields = ("=chapter__slug", "=courses__course_id", "=courses__organization")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChapterRule]:
        """Read what the rules ask for in one query more."""
        return super().get_queryset(request).prefetch_related("courses")

    @admin.display(description=_("courses"))
    def courses(self, rule: ChapterRule) -> str:
        """Return the courses and organizations."""
        return ", ".join(str(each) for each in rule.courses.all())


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who is in a chapter, or was. What people say of themselves and why they left is not for operators."""

    list_display = ("pk", "chapter", "user_id", "state", "joined_by", "joined_at", "due_at", "left_at")
    list_filter = ("state", "joined_by")
    list_select_related = ("chapter",)
    search_fields = ("=user_id", "=chapter__slug")
    exclude = ("position", "place", "skills", "why", "hobbies", "private_fields", "leave_reason", "leave_note")


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    """Which audiences members belong to, and what gave it to them."""

    list_display = ("pk", "membership_id", "audience", "source", "course_id", "since", "ended_at", "granted_by")
    list_filter = ("audience", "source")
    search_fields = ("=membership__user_id", "=course_id")


@admin.register(JoinQuestion)
class JoinQuestionAdmin(ReadOnlyAdmin):
    """What chapters ask people who want to join; nobody's answers."""

    list_display = ("chapter", "position", "text", "kind", "is_required", "retired_at")
    list_filter = ("kind",)
    list_select_related = ("chapter",)
    search_fields = ("=chapter__slug",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited because of a course, and what became of it."""

    list_display = ("pk", "chapter", "user_id", "audience", "course_id", "state", "created_at", "settled_at")
    list_filter = ("state", "audience")
    list_select_related = ("chapter",)
    search_fields = ("=user_id", "=chapter__slug", "=course_id")


@admin.register(CourseSwitch)
class CourseSwitchAdmin(ReadOnlyAdmin):
    """Courses whose team has chosen whether they show their chapters; the card in Studio turns it."""

    list_display = ("course_id", "is_on", "changed_by", "changed_at")
    list_filter = ("is_on",)
    search_fields = ("=course_id",)


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    """Bans and their appeals; organizers and managers lift them on the chapter's desk."""

    list_display = ("pk", "chapter", "user_id", "banned_by", "created_at", "expires_at", "lifted_at", "appealed_at")
    list_select_related = ("chapter",)
    search_fields = ("=user_id", "=chapter__slug")


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    """Who had which role when."""

    list_display = ("pk", "chapter", "user_id", "role", "starts_at", "ends_on", "ended_at", "end_reason", "given_by")
    list_filter = ("role", "end_reason")
    list_select_related = ("chapter",)
    search_fields = ("=user_id", "=chapter__slug")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Events with their counters; everything of them is changed on the chapter's desk, whose rules keep seats right."""

    list_display = (
        *("pk", "chapter", "title", "state", "starts_at", "open_to", "mode", "room_taken", "room_capacity"),
        *("online_taken", "online_capacity", "waiting", "desk"),
    )
    list_filter = ("state", "open_to", "mode")
    list_select_related = ("chapter",)
    search_fields = ("=pk", "=chapter__slug", "=hosts__user_id")
    date_hierarchy = "starts_at"
    list_per_page = 50
    exclude = ("request_key",)
    readonly_fields = ("title", "host_ids", "desk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Read the titles, which stand with the meetings, along with the events."""
        return super().get_queryset(request).annotate(title_of_meeting=attendance.title_of(OuterRef("meeting_id")))

    @admin.display(description=_("title"))
    def title(self, row: Event) -> str:
        """Return what it is called."""
        return str(row.title_of_meeting)  # type: ignore[attr-defined]

    @admin.display(description=_("hosts"))
    def host_ids(self, row: Event) -> str:
        """Return who hosts it, by number."""
        return ", ".join(str(each.user_id) for each in row.hosts.order_by("position")) or "-"

    @admin.display(description=_("desk"))
    def desk(self, row: Event) -> str:
        """Return a link to the page on which hosts and organizers work with it."""
        return format_html('<a href="{}">{}</a>', event_url(row.chapter.slug, row.pk, "desk_event"), _("Open"))


@admin.register(EventSeries)
class EventSeriesAdmin(ReadOnlyAdmin):
    """Series of events and their rules."""

    list_display = ("pk", "chapter", "title", "frequency", "starts_on", "at", "until", "count", "created_at")
    list_filter = ("frequency",)
    list_select_related = ("chapter",)
    search_fields = ("=chapter__slug", "title")


@admin.register(Rsvp)
class RsvpAdmin(ReadOnlyAdmin):
    """Answers to events. What people need there and what hosts wrote to them is not for operators."""

    list_display = ("pk", "event_id", "user_id", "state", "mode", "guests", "source", "queued_at", "offer_until")
    list_filter = ("state", "mode", "source")
    search_fields = ("=event__id", "=user_id")
    exclude = ("needs_step_free", "needs_note", "note")
    raw_id_fields = ("event",)


@admin.register(EventTemplate)
class EventTemplateAdmin(ReadOnlyAdmin):
    """What events can begin with; those of the whole site are deleted here, and made of an event on its desk."""

    list_display = ("name", "chapter", "created_by", "created_at")
    list_select_related = ("chapter",)
    search_fields = ("name", "=chapter__slug")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it for templates of the whole site."""
        is_ours = obj is None or obj.chapter_id is None
        return is_ours and admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer nothing for many at once: some of them may be a chapter's."""
        return {}


@admin.register(EventMail)
class EventMailAdmin(ReadOnlyAdmin):
    """Mails of organizers to people of an event: that they wrote, to how many; what they wrote is theirs."""

    list_display = ("pk", "event_id", "author_id", "audience", "sent", "skipped", "created_at", "finished_at")
    list_filter = ("audience",)
    search_fields = ("=event__id", "=author_id")
    exclude = ("subject", "body", "request_key")
    raw_id_fields = ("event",)


@admin.register(EventResult)
class EventResultAdmin(ReadOnlyAdmin):
    """Which events have a result, and since when; drafts are their authors'."""

    list_display = ("pk", "event_id", "author_id", "published_at", "changed_at", "asked_at", "revision")
    search_fields = ("=event__id", "=author_id")
    exclude = ("text",)
    raw_id_fields = ("event",)


@admin.register(Concern)
class ConcernAdmin(ReadOnlyAdmin):
    """Confidential reports, for who may handle them; who reported one without a name stays unnamed here too."""

    list_display = ("pk", "kind", "chapter", "state", "due_at", "handler_id", "closed_at", "handled")
    list_filter = ("state", "kind")
    list_select_related = ("chapter",)
    search_fields = ("=pk",)
    exclude = ("reporter_id", "request_key")
    readonly_fields = ("about", "notes", "handled")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Concern]:
        """Return only what the person who asks may see."""
        return visible_concerns(request.user.pk or 0).order_by("due_at", "pk")

    @admin.display(description=_("about"))
    def about(self, concern: Concern) -> str:
        """Return whom it accuses, by number."""
        return ", ".join(str(each.user_id) for each in concern.subjects.order_by("user_id")) or "-"

    @admin.display(description=_("notes"))
    def notes(self, concern: Concern) -> str:
        """Return the notes of those who handled it, the oldest first."""
        lines = ((note.created_at, note.author_id or "-", note.text) for note in concern.notes.order_by("pk"))
        return format_html_join(mark_safe("<br>"), "{}: {}: {}", lines) or "-"

    @admin.display(description=_("community desk"))
    def handled(self, concern: Concern) -> str:
        """Return a link to the page on which the report is handled."""
        return format_html('<a href="{}">{}</a>', reverse("chapters:manage_concern", args=[concern.pk]), _("Open"))
