"""This package's own share of what is exported about a person and of what is kept for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from people.audit import iter_audit
from people.data import AuditEntryData, DeliveryState, NewsState
from people.models import AuditEntry, Delivery, NewsItem, Preferences, Pseudonym, ShownName, Unsubscription

from .exports import register_export
from .retention import register_retention

_SETTLED: Final = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED)


def register() -> None:
    """Make it known; called once, when the app is ready."""
    _register_exports()
    _register_retention()


def _register_exports() -> None:
    register_export(
        "people.preferences",
        title="Settings of the community",
        model="people.Preferences",
        columns={
            "zone": "Time zone",
            "language": "Language",
            "quiet_from": "No mail from (local time)",
            "quiet_until": "No mail until (local time)",
        },
        rows=lambda user_id: Preferences.objects.filter(pk=user_id),
    )
    register_export(
        "people.names",
        title="How you appear",
        model="people.ShownName",
        columns={"surface": "Where", "context_key": "Course", "choice": "As", "changed_at": "Chosen at"},
        rows=lambda user_id: ShownName.objects.filter(user_id=user_id).order_by("pk"),
    )
    register_export(
        "people.pseudonyms",
        title="Pseudonyms",
        model="people.Pseudonym",
        columns={"context_key": "Course", "text": "Pseudonym"},
        rows=lambda user_id: Pseudonym.objects.filter(user_id=user_id).order_by("pk"),
    )
    register_export(
        "people.unsubscriptions",
        title="Kinds of mail refused",
        model="people.Unsubscription",
        columns={"kind": "Kind of mail", "created_at": "Refused at"},
        rows=lambda user_id: Unsubscription.objects.filter(user_id=user_id).order_by("pk"),
    )
    register_export(
        "people.deliveries",
        title="Mail of the community",
        model="people.Delivery",
        columns={
            "kind": "Kind of mail",
            "context": "What was written into it",
            "state": "What became of it",
            "requested_at": "Asked for at",
            "due_at": "Due at",
            "settled_at": "Settled at",
        },
        rows=lambda user_id: Delivery.objects.filter(user_id=user_id).order_by("pk"),
    )
    register_export(
        "people.news",
        title="News for you",
        model="people.NewsItem",
        columns={
            "kind": "Kind of news",
            "context": "What it was about",
            "state": "What became of it",
            "due_at": "Due at",
            "settled_at": "Settled at",
        },
        rows=lambda user_id: NewsItem.objects.filter(user_id=user_id).order_by("pk"),
    )
    register_export(
        "people.audit",
        title="Acts on record: yours, and those about your account, points and mail",
        model="people.AuditEntry",
        columns={
            "recorded_at": "At",
            "verb": "Act",
            "target": "What it was done to (empty where that is somebody else)",
            "context_key": "Course",
            "is_yours": "Done by you",
            "reason": "Reason",
        },
        rows=_list_audit,
    )


def _list_audit(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Yield what a person did and what was done to the person; who did that, and to whom else, is not theirs.

    What else was done to a person stands under targets that only the packages above know; they have sections for it.
    """
    own = f"user:{user_id}"
    for entry in AuditEntry.objects.filter(actor_id=user_id).order_by("pk").iterator():
        is_about_other = "user:" in entry.target and not entry.target.endswith(own)
        yield _to_row(entry, target="" if is_about_other else entry.target, is_yours=True)
    for other in iter_audit(_list_own_targets(user_id)):
        if other.actor_id != user_id:
            yield _to_row(other, target=other.target, is_yours=False)


def _list_own_targets(user_id: int) -> Iterator[str]:
    yield f"user:{user_id}"
    for pk in Delivery.objects.filter(user_id=user_id).values_list("pk", flat=True).iterator():
        yield f"delivery:{pk}"


def _to_row(entry: AuditEntry | AuditEntryData, *, target: str, is_yours: bool) -> Mapping[str, Any]:
    return {
        "recorded_at": entry.recorded_at,
        "verb": entry.verb,
        "target": target,
        "context_key": entry.context_key,
        "is_yours": is_yours,
        "reason": entry.reason,
    }


def _register_retention() -> None:
    register_retention(
        "mail contents",
        setting="PEOPLE_DELIVERIES_KEEP_DAYS",
        says="Erases what was written into mails; that they went out stays.",
        find=lambda before: _settled(before).exclude(context={}, detail=""),
        act=lambda deliveries: deliveries.update(context={}, detail=""),
    )
    register_retention(
        "mail records",
        setting="PEOPLE_DELIVERY_ROWS_KEEP_DAYS",
        says="Deletes the record of mails.",
        find=_settled,
        act=lambda deliveries: deliveries.delete()[0],
    )
    register_retention(
        "news contents",
        setting="PEOPLE_DELIVERIES_KEEP_DAYS",
        says="Erases what news was about; that somebody was told stays.",
        find=lambda before: _told(before).exclude(context={}),
        act=lambda news: news.update(context={}),
    )
    register_retention(
        "news records",
        setting="PEOPLE_DELIVERY_ROWS_KEEP_DAYS",
        says="Deletes the record of news.",
        find=_told,
        act=lambda news: news.delete()[0],
    )
    register_retention(
        "audit entries",
        setting="PEOPLE_AUDIT_KEEP_DAYS",
        says="Deletes entries of the audit log.",
        find=lambda before: AuditEntry.objects.filter(recorded_at__lt=before),
        act=lambda entries: entries.delete()[0],
    )


def _settled(before: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=_SETTLED, due_at__lt=before)


def _told(before: datetime) -> QuerySet[NewsItem]:
    return NewsItem.objects.filter(state__in=(NewsState.TOLD, NewsState.DROPPED), due_at__lt=before)
