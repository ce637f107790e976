"""Messages that go out at most once: asked for by key, claimed by one sender, settled with what is known.

States: *pending* (due at a moment) -> *claimed* by a conditional update that only one sender wins -> *sent*, or back to
*pending* with a later moment, or *failed* when all tries are used up. A claim whose sender never came back becomes
*unknown*: the mail may have gone out, so nothing sends it again unless an operator says so. *skipped* deliveries had
nobody to go to any more (unsubscribed, no address, account closed), or came too late to be of use.

After an outage there is no flood: what is too old to be useful is not sent, a run sends so many and no more, and one
person gets so many in an hour and the others later.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from edx_django_utils.monitoring import set_custom_attribute

from . import edx_platform
from .audit import record_audit
from .data import ContactData, DeliveryRunData, DeliveryState, DueDeliveryData
from .exceptions import InvalidDeliveryError
from .messages import Outcome, Result, get_kind, send_message
from .models import Delivery
from .preferences import get_preferences
from .subscriptions import is_subscribed, narrow
from .upkeep.logs import name_error
from .zones import next_allowed

log = logging.getLogger(__name__)

_DETAIL_LENGTH: Final = 255


def request_delivery(
    *, key: str, user_id: int, kind: str, context: Mapping[str, Any], not_before: datetime | None = None
) -> bool:
    """Ask once for a message to one person and return whether this was the first time; one insert, no mail yet.

    Whether the person wants it, and is awake, is asked when it is sent. ``context`` is JSON: titles and links, no
    personal data. ``not_before`` is an aware datetime.
    """
    get_kind(kind)
    check_request(key, context, not_before)
    now = timezone.now()
    try:
        with transaction.atomic():
            Delivery.objects.create(
                key=key,
                key_hash=_hash(key),
                user_id=user_id,
                kind=kind,
                context=dict(context),
                requested_at=now,
                due_at=max(not_before or now, now),
                useful_until=_useful_until(kind, max(not_before or now, now)),
            )
    except IntegrityError:
        return False
    return True


def process_deliveries(*, limit: int = 500, now: datetime | None = None) -> DeliveryRunData:
    """Send what is due, oldest first, at most ``limit``, and return how it went. Call it outside a transaction.

    Safe beside other senders and after a crash; one person's trouble does not stop the others.
    """
    moment = now or timezone.now()
    counts: Counter[str] = Counter(lost=_give_up_on_lost_claims(moment))
    due = list(_due(moment).values_list("pk", "due_at")[:limit])
    if due:
        # .. custom_attribute_name: community_mail_wait_seconds
        # .. custom_attribute_description: How long the mail is overdue that is due longest.
        set_custom_attribute("community_mail_wait_seconds", int((moment - due[0][1]).total_seconds()))
    for delivery_id, _due_at in due:
        counts[process_delivery(delivery_id, now=now)] += 1
    return DeliveryRunData(**counts)


def process_delivery(delivery_id: int, *, now: datetime | None = None) -> str:
    """Send one delivery if it is due and nobody else has it; return what became of it, as named in DeliveryRunData."""
    moment = now or timezone.now()
    delivery = _due(moment).filter(pk=delivery_id).first()
    if delivery is None:
        return "taken"
    later = max(_awake_from(delivery.user_id, moment), _unhurried_from(delivery, moment))
    if later > moment and not _is_stale(delivery, moment):
        return "postponed" if _change_pending(delivery, due_at=later) else "taken"
    contact = edx_platform.list_contacts([delivery.user_id]).get(delivery.user_id)
    if reason := _reason_to_skip(delivery, contact, now=moment):
        is_skipped = _change_pending(delivery, state=DeliveryState.SKIPPED, detail=reason, settled_at=moment)
        return "skipped" if is_skipped else "taken"
    token = claim_delivery(delivery.pk, now=moment)
    if token is None or contact is None:
        return "taken"
    try:
        context = get_kind(delivery.kind).review(delivery.user_id, delivery.context)
        if context is None:
            return _settle(delivery.pk, token, Result(Outcome.NEEDLESS, "It holds no longer."), now=moment)
        mine = get_preferences(delivery.user_id)
        result = send_message(
            kind=delivery.kind, contact=contact, language=mine.language, zone=mine.zone, context=context
        )
    except Exception as error:  # noqa: BLE001 - a template or channel of somebody else's may raise anything
        log.error("people.delivery_failed delivery=%s kind=%s error=%s", delivery.pk, delivery.kind, name_error(error))
        result = Result(Outcome.REFUSED, type(error).__name__)
    return _settle(delivery.pk, token, result, now=moment)


def claim_delivery(delivery_id: int, *, now: datetime) -> str | None:
    """Take a due delivery for this sender alone and return the claim's token, or None if it is not to be had.

    The claim is committed before anything leaves the house, so that a crash can be told from a delivery never begun.
    """
    token = uuid4().hex
    with transaction.atomic(durable=True):
        won = _change_one(
            delivery_id,
            _due(now),
            {"state": DeliveryState.CLAIMED, "claim_token": token, "claimed_at": now, "attempts": F("attempts") + 1},
        )
    return token if won else None


def list_due_deliveries(*, limit: int = 500, now: datetime | None = None) -> list[DueDeliveryData]:
    """Return what a run would look at now, and change nothing."""
    rows = _due(now or timezone.now())[:limit]
    return [
        DueDeliveryData(
            id=row.pk, key=row.key, user_id=row.user_id, kind=row.kind, due_at=row.due_at, attempts=row.attempts
        )
        for row in rows
    ]


def count_due_deliveries(*, now: datetime | None = None) -> int:
    """Return how many deliveries are due."""
    return _due(now or timezone.now()).count()


@transaction.atomic
def resend_delivery(delivery_id: int, *, actor_id: int, reason: str = "") -> bool:
    """Let a failed or unknown delivery go out again because an operator decided so; say whether it was one of these."""
    stuck = Delivery.objects.filter(pk=delivery_id, state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN])
    # Without what was to be written into it (retention, retirement) there is no mail to send.
    changed = stuck.exclude(context={}).update(
        state=DeliveryState.PENDING,
        attempts=0,
        claim_token="",
        due_at=timezone.now(),
        settled_at=None,
        useful_until=None,
    )
    if changed:
        record_audit(
            actor_id=actor_id, verb="delivery.resend", target=f"delivery:{delivery_id}", context_key="", reason=reason
        )
    return bool(changed)


def _settle(delivery_id: int, token: str, result: Result, *, now: datetime) -> str:
    """Write down what a sender knows about its own claim, also when it was given up on meanwhile."""
    mine = Delivery.objects.filter(claim_token=token, state__in=[DeliveryState.CLAIMED, DeliveryState.UNKNOWN])
    attempts = mine.filter(pk=delivery_id).values_list("attempts", flat=True).first() or 0
    state, said, due_at = _judge(result, attempts, now)
    changes: dict[str, Any] = {"state": state, "detail": result.detail[:_DETAIL_LENGTH]}
    changes |= {"settled_at": now} if due_at is None else {"due_at": due_at, "claim_token": ""}
    _change_one(delivery_id, mine, changes)
    return said


def _judge(result: Result, attempts: int, now: datetime) -> tuple[DeliveryState, str, datetime | None]:
    """Return what becomes of a delivery, how DeliveryRunData names it, and when it is tried again, if it is."""
    if result.outcome is Outcome.SENT:
        return DeliveryState.SENT, "sent", None
    if result.outcome is Outcome.NEEDLESS:
        return DeliveryState.SKIPPED, "skipped", None
    if result.outcome is Outcome.UNCLEAR:
        return DeliveryState.UNKNOWN, "unknown", None
    pauses = settings.PEOPLE_DELIVERY_RETRY_MINUTES
    if attempts <= len(pauses):
        return DeliveryState.PENDING, "retried", now + timedelta(minutes=pauses[attempts - 1])
    return DeliveryState.FAILED, "failed", None


def _change_one(delivery_id: int, rows: QuerySet[Delivery], changes: Mapping[str, Any]) -> bool:
    """Change a delivery if it is among ``rows``, and tell whether it was; nothing was read before in its transaction.

    Locked and written by its number alone: asked for more, a server may go by the index of what is due, and two senders
    would deadlock in it at REPEATABLE READ.
    """
    one = Delivery.objects.filter(pk=delivery_id)
    asked = rows.filter(pk=delivery_id).order_by()
    with transaction.atomic():
        if not connection.features.has_select_for_update:
            return bool(asked.update(**changes))
        is_there = bool(one.select_for_update().values_list("pk"))
        return is_there and asked.exists() and bool(one.update(**changes))


def _give_up_on_lost_claims(now: datetime) -> int:
    limit = now - timedelta(minutes=settings.PEOPLE_DELIVERY_CLAIM_MINUTES)
    lost = Delivery.objects.filter(state=DeliveryState.CLAIMED, claimed_at__lt=limit)
    return lost.update(
        state=DeliveryState.UNKNOWN, settled_at=now, detail="The sender stopped before it could say whether it went."
    )


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now).order_by("due_at", "pk")


def _awake_from(user_id: int, now: datetime) -> datetime:
    mine = get_preferences(user_id)
    return next_allowed(now, zone=mine.zone, start=mine.quiet_from, end=mine.quiet_until)


def _unhurried_from(delivery: Delivery, now: datetime) -> datetime:
    """Return when the person may get one more mail: so many in an hour, whatever has piled up.

    What nobody can refuse, because they asked for it and it changes what they do, waits for no other mail: an offer
    that lapses, an evening that is called off.
    """
    most = settings.PEOPLE_DELIVERY_MOST_PER_HOUR
    if not most or not get_kind(delivery.kind).is_refusable:
        return now
    since = now - timedelta(hours=1)
    recent = Delivery.objects.filter(user_id=delivery.user_id, claimed_at__gt=since).exclude(pk=delivery.pk)
    moments = list(recent.order_by("-claimed_at").values_list("claimed_at", flat=True)[:most])
    return now if len(moments) < most or moments[-1] is None else moments[-1] + timedelta(hours=1)


def _useful_until(kind: str, due_at: datetime) -> datetime | None:
    hours = get_kind(kind).useful_hours
    hours = settings.PEOPLE_DELIVERY_USEFUL_HOURS if hours is None else hours
    return due_at + timedelta(hours=hours) if hours else None


def _is_stale(delivery: Delivery, now: datetime) -> bool:
    return delivery.useful_until is not None and delivery.useful_until < now


def _reason_to_skip(delivery: Delivery, contact: ContactData | None, *, now: datetime) -> str:
    if _is_stale(delivery, now):
        return "It came too late to be of use."
    if contact is None or contact.is_retired or contact.is_leaving or not contact.is_active:
        return "The account is not active."
    if not contact.email:
        return "The account has no address."
    if not is_subscribed(delivery.user_id, narrow(delivery.kind, delivery.context.get("topic", ""))):
        return "The person no longer wants this kind of mail."
    return ""


def _change_pending(delivery: Delivery, **changes: Any) -> bool:
    """Change a delivery that nobody has taken yet."""
    unclaimed = Delivery.objects.filter(state=DeliveryState.PENDING, due_at=delivery.due_at)
    return _change_one(delivery.pk, unclaimed, changes)


def check_request(key: str, context: Mapping[str, Any], not_before: datetime | None) -> None:
    """Raise InvalidDeliveryError, which names the field, for what cannot be kept."""
    if not key or not key.isascii() or len(key) > _DETAIL_LENGTH:
        raise InvalidDeliveryError("key: give 1 to 255 ASCII characters.", field="key")
    if not_before is not None and not timezone.is_aware(not_before):
        raise InvalidDeliveryError("not_before: give a datetime with a zone.", field="not_before")
    try:
        json.dumps(dict(context), allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"context: {error}"
        raise InvalidDeliveryError(message, field="context") from error


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
