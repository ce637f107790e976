"""After retirement nothing here names a person or could reach them."""

import pytest
from django.core import mail
from django.db.models import Q

from people import api
from people.models import Delivery, Preferences, Pseudonym, ShownName, Unsubscription

COURSE = "course-v1:A+B+C"


@pytest.mark.parametrize("signal", ["USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL"])
def test_retirement_forgets_one_person_and_leaves_the_other(make_person, signal):
    from openedx.core.djangoapps.user_api.accounts import signals

    leaving, staying = make_person("leaving"), make_person("staying")
    for user in (leaving, staying):
        api.pseudonyms([user.pk], context_key=COURSE)
        api.choose_name(user_id=user.pk, surface="board", context_key=COURSE, choice="name")
        api.set_preferences(user_id=user.pk, zone="Africa/Nairobi")
        api.unsubscribe(user.pk, "another_kind")
        api.request_delivery(key=f"k{user.pk}", user_id=user.pk, kind="case_answered", context={"case_title": "secret"})
    for _ in range(2):
        getattr(signals, signal).send(sender=None, user=leaving)
    for model in (Pseudonym, ShownName, Preferences, Unsubscription):
        assert list(model.objects.values_list("user_id", flat=True)) == [staying.pk]
    assert Delivery.objects.get(user_id=leaving.pk).context == {}
    assert not Delivery.objects.filter(Q(user_id=leaving.pk) & Q(state="pending")).exists()
    assert not api.request_delivery(key=f"k{leaving.pk}", user_id=leaving.pk, kind="case_answered", context={})
    assert mail.outbox == []
