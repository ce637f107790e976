"""The audit log only grows, and is found by what one asks."""

import pytest
from django.db import transaction

from people import api
from people.models import AuditEntry


@pytest.mark.django_db
def test_entries_are_found_newest_first():
    for number in range(3):
        api.record_audit(
            actor_id=number, verb="contribution.remove", target=f"contribution:{number}", context_key="course-v1:A+B+C"
        )
    api.record_audit(
        actor_id=None, verb="case.close", target="case:1", context_key="course-v1:D+E+F", reason="over", data={"n": 1}
    )
    everything = api.list_audit(page_size=3)
    assert (everything.total, everything.pages) == (4, 2)
    assert everything.entries[0].data == {"n": 1}
    assert [entry.actor_id for entry in api.list_audit(context_key="course-v1:A+B+C").entries] == [2, 1, 0]
    assert [entry.target for entry in api.list_audit(actor_id=1).entries] == ["contribution:1"]
    assert api.list_audit(target="case:1", page=99).entries[0].reason == "over"


@pytest.mark.django_db
def test_entries_of_many_targets():
    posts = [f"contribution:{number}" for number in range(1200)]
    for target in (*posts[::400], posts[1199], "contribution:4000", "case:1"):
        api.record_audit(actor_id=1, verb="contribution.remove", target=target, context_key="", reason="because")
    found = [*posts[::400], posts[1199]]
    assert [entry.target for entry in api.iter_audit(iter(posts))] == found
    assert api.forget_reasons(iter(posts)) == len(found)
    assert {entry.target for entry in api.list_audit().entries if entry.reason} == {"contribution:4000", "case:1"}


@pytest.mark.django_db
def test_entries_are_neither_changed_nor_deleted():
    api.record_audit(actor_id=1, verb="case.close", target="case:1", context_key="")
    entry = AuditEntry.objects.get()
    entry.reason = "another"
    for act in (entry.save, entry.delete):
        with pytest.raises(TypeError), transaction.atomic():
            act()
    assert AuditEntry.objects.get().reason == ""
