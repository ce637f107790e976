"""One member says hello to another."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from chapters.data import MembershipState
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.models import Greeting, Membership


@transaction.atomic
def say_hello(*, chapter_id: int, user_id: int, to_user_id: int) -> bool:
    """Say hello once and return whether it was the first time.

    Raises NotFoundError where either is no member, InvalidValueError ("to") for oneself.
    """
    if user_id == to_user_id:
        raise InvalidValueError(_("That is you."), field="to")
    members = Membership.objects.filter(
        chapter_id=chapter_id, user_id__in=[user_id, to_user_id], state=MembershipState.MEMBER
    )
    found = dict(members.values_list("user_id", "pk"))
    if len(found) < 2:
        raise NotFoundError(_("This person is not a member."))
    try:
        with transaction.atomic():
            Greeting.objects.create(membership_id=found[to_user_id], user_id=user_id)
    except IntegrityError:
        return False
    Membership.objects.filter(pk=found[to_user_id]).update(hellos=F("hellos") + 1)
    return True
