"""What operators do in Django's admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from opaque_keys.edx.keys import CourseKey

from gamification import api
from gamification.models import Entry, PointsCourse, SchemeVersion, Total
from people import api as people

SCHEME = "title: Small\nrules: {case_finished: {points: 20}}\n"


@pytest.fixture
def operator(admin_client: Client, plain_course: CourseKey) -> Client:
    return admin_client


@pytest.mark.parametrize("name", ["pointscourse", "schemeversion", "entry", "total"])
def test_lists_open(operator: Client, person: int, record: Any, fold: Any, name: str) -> None:
    record(person)
    fold(person)
    assert operator.get(f"/admin/gamification/{name}/").status_code == 200


def test_kinds_are_not_looked_for_in_every_line(
    operator: Client, person: int, record: Any, django_assert_max_num_queries: Any
) -> None:
    record(person)
    kind = Entry.objects.get().kind
    with django_assert_max_num_queries(20) as queries:
        page = operator.get("/admin/gamification/entry/")
    assert f"?kind={kind}" in page.content.decode()
    assert [query["sql"] for query in queries if "DISTINCT" in query["sql"]] == []
    assert operator.get("/admin/gamification/entry/", {"kind": kind}).context["cl"].result_count == 1
    assert operator.get("/admin/gamification/entry/", {"kind": "manual"}).context["cl"].result_count == 0


def test_points_are_given_once_with_a_reason(operator: Client, person: int, plain_course: CourseKey) -> None:
    form = {
        "person": User.objects.get(pk=person).username,
        "in_course": str(plain_course),
        "points": "25",
        "why": "Best poster of the week",
        "request_key": "abc",
    }
    page = operator.get("/admin/gamification/entry/add/")
    assert 'name="request_key"' in page.content.decode()
    assert operator.post("/admin/gamification/entry/add/", form).status_code == 302
    assert operator.post("/admin/gamification/entry/add/", form).status_code == 302
    assert Entry.objects.count() == 1
    assert api.get_standing(person, plain_course).points == 25
    (audited,) = [
        entry for entry in people.list_audit(context_key=str(plain_course)).entries if entry.verb == "points_given"
    ]
    assert audited.reason == "Best poster of the week"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person", "nobody"),
        ("in_course", "nonsense"),
        ("points", "0"),
        ("points", "1001"),
        ("points", "2.5"),
        ("why", " "),
    ],
)
def test_points_that_cannot_be_given_are_refused_at_their_field(
    operator: Client, person: int, plain_course: CourseKey, field: str, value: str
) -> None:
    form = {
        "person": User.objects.get(pk=person).username,
        "in_course": str(plain_course),
        "points": "25",
        "why": "Because",
        "request_key": "abc",
    }
    page = operator.post("/admin/gamification/entry/add/", form | {field: value})
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert not Entry.objects.exists()
    assert operator.post("/admin/gamification/entry/add/", form).status_code == 302


def test_the_ledger_and_totals_are_not_edited(operator: Client, person: int, record: Any, fold: Any) -> None:
    record(person)
    fold(person)
    for row in (Entry.objects.get(), Total.objects.get()):
        url = f"/admin/gamification/{row._meta.model_name}/{row.pk}/"
        assert operator.post(f"{url}change/", {"worth": 99, "points": 99}).status_code == 403
        assert operator.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert Total.objects.get().points == 10


@pytest.mark.parametrize("is_upload", [True, False])
def test_a_scheme_is_installed(operator: Client, plain_course: CourseKey, is_upload: bool) -> None:
    scheme = {"upload": SimpleUploadedFile("s.yaml", SCHEME.encode())} if is_upload else {"text": SCHEME}
    page = operator.post("/admin/gamification/schemeversion/add/", {"course": str(plain_course), **scheme})
    assert page.status_code == 302
    assert api.points_for(plain_course, "case_finished") == 20
    assert SchemeVersion.objects.get().installed_by_id is not None


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("text", {"text": "title: T\nrules: {likes: {points: 1}}"}),
        ("text", {}),
        ("course", {"text": SCHEME, "course": "nonsense"}),
        ("upload", {"upload": b"\xff\xfe"}),
        ("upload", {"upload": b"x" * 50_000}),
    ],
)
def test_a_bad_scheme_is_refused_at_its_field(operator: Client, field: str, form: dict[str, Any]) -> None:
    values = {
        name: SimpleUploadedFile("s.yaml", value) if isinstance(value, bytes) else value for name, value in form.items()
    }
    page = operator.post("/admin/gamification/schemeversion/add/", values)
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors
    assert not SchemeVersion.objects.exists()


def test_courses_are_switched_in_the_list(operator: Client, plain_course: CourseKey) -> None:
    row = PointsCourse.objects.get()
    for action, expected in (("switch_off", False), ("switch_on", True)):
        operator.post("/admin/gamification/pointscourse/", {"action": action, "_selected_action": [row.pk]})
        assert api.is_on(plain_course) is expected
    assert operator.post(f"/admin/gamification/pointscourse/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_places_are_decided_again(
    operator: Client, person: int, record: Any, fold: Any, django_capture_on_commit_callbacks: Any
) -> None:
    record(person)
    fold(person)
    Total.objects.update(listing=4)
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(
            "/admin/gamification/total/", {"action": "look_again", "_selected_action": [Total.objects.get().pk]}
        )
    assert Total.objects.get().listing == 1
