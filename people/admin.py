"""For operators: mail on its way, and the audit log to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import api
from .models import AuditEntry, Delivery, Errand


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
    """The audit log."""

    list_display = ("recorded_at", "actor_id", "verb", "target", "context_key", "reason")
    list_filter = ("verb",)
    search_fields = ("=target", "=context_key", "=actor_id")
    date_hierarchy = "recorded_at"
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Mail asked for, with what became of it."""

    list_display = ("requested_at", "kind", "user_id", "state", "due_at", "attempts", "detail")
    list_filter = ("state", "kind")
    search_fields = ("=user_id", "=key")
    actions = ("send_again",)
    show_full_result_count = False

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
