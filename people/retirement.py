"""What is left of a person here after they leave: nothing that names them or could reach them."""

from __future__ import annotations

from django.db import transaction

from .data import DeliveryState
from .models import Delivery, Preferences, Pseudonym, ShownName, Unsubscription


@transaction.atomic
def retire_person(user_id: int) -> None:
    """Forget a person; may be repeated.

    Deliveries keep their key, so that no late request writes to somebody who is gone. The audit log keeps bare ids.
    """
    for model in (ShownName, Pseudonym, Unsubscription):
        model.objects.filter(user_id=user_id).delete()
    Preferences.objects.filter(pk=user_id).delete()
    deliveries = Delivery.objects.filter(user_id=user_id)
    deliveries.filter(state=DeliveryState.PENDING).update(state=DeliveryState.SKIPPED, detail="The account is closed.")
    deliveries.update(context={})
