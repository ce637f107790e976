"""Operators look at mail and audit; only those allowed send again."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people import api
from people.models import Delivery


@pytest.fixture
def operator(make_person):
    user = make_person("operator", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_delivery", "view_auditentry"]))
    return user


def test_rows_are_only_read(client, operator, person):
    entry = api.record_audit(actor_id=1, verb="case.close", target="case:1", context_key="")
    client.force_login(operator)
    listed = client.get(reverse("admin:people_auditentry_changelist"))
    assert "case.close" in listed.content.decode()
    assert client.get(reverse("admin:people_auditentry_add")).status_code == 403
    address = reverse("admin:people_auditentry_change", args=[entry.id])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.post(reverse("admin:people_auditentry_delete", args=[entry.id])).status_code == 403


def test_acts_are_found_without_a_look_at_every_row(client, operator, person):
    api.record_audit(actor_id=1, verb="case.close", target="case:1", context_key="")
    api.record_audit(actor_id=1, verb="case.reopen", target="case:1", context_key="")
    client.force_login(operator)
    address = reverse("admin:people_auditentry_changelist")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    of_ours = [query["sql"].upper() for query in queries if "people_auditentry" in query["sql"]]
    assert of_ours
    assert [sql for sql in of_ours if "DISTINCT" in sql or "MIN(" in sql] == []
    assert client.get(address, {"q": "case.close"}).context["cl"].result_count == 1


def test_kinds_of_mail_are_not_looked_for_in_every_row(client, operator, person):
    api.request_delivery(key="k", user_id=person.pk, kind="case_answered", context={"url": "/"})
    client.force_login(operator)
    address = reverse("admin:people_delivery_changelist")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert "?kind=case_answered" in page.content.decode()
    assert [query["sql"] for query in queries if "DISTINCT" in query["sql"] and "people_delivery" in query["sql"]] == []
    assert client.get(address, {"kind": "case_answered"}).context["cl"].result_count == 1
    assert client.get(address, {"kind": "other"}).context["cl"].result_count == 0


@pytest.mark.parametrize("is_allowed", [True, False])
def test_sending_again(client, operator, person, is_allowed):
    api.request_delivery(key="k", user_id=person.pk, kind="case_answered", context={"url": "/"})
    Delivery.objects.update(state="unknown")
    if is_allowed:
        operator.user_permissions.add(Permission.objects.get(codename="change_delivery"))
    client.force_login(operator)
    data = {"action": "send_again", "_selected_action": [Delivery.objects.get().pk]}
    page = client.post(reverse("admin:people_delivery_changelist"), data, follow=True)
    assert page.status_code == 200
    assert Delivery.objects.get().state == ("pending" if is_allowed else "unknown")
    assert api.list_audit(actor_id=operator.pk).total == int(is_allowed)
