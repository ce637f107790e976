"""For operators: the state of the deployment, mail on its way, and the audit log to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import api
from .audit import leave_out_confidential
from .data import PRIVATE_HEADERS, DeliveryState, FindingState
from .messages import KINDS
from .models import AuditEntry, Delivery, Errand, NewsItem, Service
from .news import CONFIDENTIAL
from .news_kinds import list_confidential
from .upkeep.backlogs import count_some, say_count

_STATUS_SECONDS: Final = 20


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at; what changes them lives elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log, and for superusers the export of all data on one person, which goes into it."""

    change_list_template = "admin/people/auditentry/change_list.html"
    list_display = ("recorded_at", "actor_id", "verb", "target", "context_key", "reason")
    # No filter and no dates to walk through: Django would look for both in every row.
    search_fields = ("=target", "=context_key", "=actor_id", "=verb")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Leave out what is confidential."""
        return leave_out_confidential(super().get_queryset(request))

    def get_urls(self) -> list[Any]:
        """Add the export."""
        view = self.admin_site.admin_view(self.export_person)
        return [path("export/", view, name="people_person_export"), *super().get_urls()]

    def export_person(self, request: HttpRequest) -> HttpResponseBase:
        """Ask whose data, and send them while they are read; for superusers alone."""
        if not request.user.is_superuser:
            raise PermissionDenied
        username, error = "", ""
        if request.method == "POST":
            username = request.POST.get("username", "").strip()
            try:
                user_id = api.find_person(username=username)
            except api.PersonNotFoundError:
                error = str(_("There is no account with this username."))
            else:
                pieces = api.export_person(user_id, actor_id=request.user.pk)
                response = StreamingHttpResponse(pieces, content_type="application/json", headers=PRIVATE_HEADERS)
                response["Content-Disposition"] = f'attachment; filename="person-{user_id}.json"'
                return response
        title = _("Export all data on one person")
        context = {**self.admin_site.each_context(request), "title": title, "username": username, "error": error}
        return render(request, "people/admin/person_export.html", context, status=404 if error else 200)


class KindFilter(admin.SimpleListFilter):
    """Choose a kind of mail from those there are: Django would look for them in every row."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds under the names that people read."""
        return [(name, str(kind.title)) for name, kind in sorted(KINDS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """Narrow the list to the kind that was chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Mail asked for, with what became of it."""

    list_display = ("requested_at", "kind", "user_id", "state", "due_at", "attempts", "detail")
    list_filter = ("state", KindFilter)
    search_fields = ("=user_id", "=key")
    actions = ("send_again",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Leave out what is confidential."""
        return super().get_queryset(request).exclude(key__startswith=CONFIDENTIAL)

    @admin.action(description=_("Send again (failed or unknown ones)"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Let the chosen deliveries go out again; the person may get a mail twice where its fate was unknown."""
        if not request.user.has_perm("people.change_delivery"):
            self.message_user(request, _("You may look at deliveries, not send them again."), messages.ERROR)
            return
        ids = queryset.values_list("pk", flat=True)
        count = sum(api.resend_delivery(pk, actor_id=request.user.pk or 0, reason="admin") for pk in ids)
        text = ngettext("%(count)s delivery will be sent again.", "%(count)s deliveries will be sent again.", count)
        self.message_user(request, text % {"count": count})


@admin.register(NewsItem)
class NewsItemAdmin(ReadOnlyAdmin):
    """What people are to be told, and what became of it."""

    list_display = ("created_at", "kind", "user_id", "state", "due_at", "settled_at")
    list_filter = ("state", "kind")
    search_fields = ("=user_id", "=key")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[NewsItem]:
        """Leave out what is confidential."""
        return super().get_queryset(request).exclude(kind__in=list_confidential())


@admin.register(Errand)
class ErrandAdmin(ReadOnlyAdmin):
    """What is still to be done; a row that stays here with an error wants somebody to look."""

    list_display = ("created_at", "kind", "key", "attempts", "error", "due_at")
    list_filter = ("kind", "error")
    search_fields = ("=key", "=kind")
    actions = ("run_again",)
    show_full_result_count = False

    @admin.action(description=_("Try again now"))
    def run_again(self, request: HttpRequest, queryset: QuerySet[Errand]) -> None:
        """Let the chosen errands be done without waiting for their pause."""
        if not request.user.has_perm("people.change_errand"):
            self.message_user(request, _("You may look at errands, not run them."), messages.ERROR)
            return
        count = sum(api.retry_errand(pk) for pk in queryset.values_list("pk", flat=True))
        text = ngettext("%(count)s errand is tried again.", "%(count)s errands are tried again.", count)
        self.message_user(request, text % {"count": count})


@admin.register(Service)
class StatusAdmin(ReadOnlyAdmin):
    """One page instead of a list: what the doctor sees, which versions run, what waits, which jobs are alive."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Look now, and show what was seen."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = list(api.run_checkups(seconds=_STATUS_SECONDS))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Community status"),
            "app_title": self.opts.app_config.verbose_name,
            "report": api.report_checkups(found),
            "wrong": [finding for finding in found if finding.state in {FindingState.FAILURE, FindingState.WARNING}],
            "services": _read_or_nothing(api.list_services),
            "queues": _read_or_nothing(_list_queues),
            "jobs": _read_or_nothing(api.list_jobs),
            **(extra_context or {}),
        }
        return render(request, "admin/people/service/status.html", context)


def _list_queues() -> list[dict[str, Any]]:
    due: list[QuerySet[Any]] = [
        Errand.objects.filter(due_at__lte=timezone.now()),
        Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=timezone.now()),
    ]
    return [
        {
            "title": rows.model._meta.verbose_name_plural,
            "count": say_count(count_some(rows)),
            "url": _list_url(rows.model),
        }
        for rows in due
    ]


def _list_url(model: type[Model]) -> str:
    return reverse(f"admin:people_{model._meta.model_name}_changelist")


def _read_or_nothing(read: Callable[[], list[Any]]) -> list[Any]:
    """Read a part of the page; while the tables are not there the rest of it is needed most."""
    try:
        with transaction.atomic():
            return read()
    except DatabaseError:
        return []
