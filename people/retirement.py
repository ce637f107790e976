"""What is left of a person here after they leave: nothing that names them or could reach them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from .audit import forget_reasons
from .data import DeliveryState, NewsState
from .models import Delivery, NewsItem, Preferences, Pseudonym, ShownName, Unsubscription


@transaction.atomic
def retire_person(user_id: int) -> None:
    """Forget a person; may be repeated.

    Deliveries and news keep their key, so that no late request writes to somebody who is gone. The audit log keeps who
    did what to whom and when; why something was done to this person is forgotten.
    """
    for model in (ShownName, Pseudonym, Unsubscription):
        model.objects.filter(user_id=user_id).delete()
    Preferences.objects.filter(pk=user_id).delete()
    deliveries = Delivery.objects.filter(user_id=user_id)
    deliveries.filter(state=DeliveryState.PENDING).update(state=DeliveryState.SKIPPED, settled_at=timezone.now())
    deliveries.update(context={}, detail="")
    news = NewsItem.objects.filter(user_id=user_id)
    news.filter(state=NewsState.WAITING).update(state=NewsState.DROPPED, settled_at=timezone.now())
    news.update(context={})
    forget_reasons([f"user:{user_id}"])
