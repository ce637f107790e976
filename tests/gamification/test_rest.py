"""Version 1 of the REST API."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.urls import reverse

from gamification import api
from people import api as people

READS = ["me", "entries", "board", "around", "privacy", "scheme"]


def url(course_key, name):
    """Return the address of an endpoint."""
    return reverse(f"gamification:api_{name}", args=[str(course_key)])


@pytest.fixture
def get(client, points_course, learner):
    """Return a function that reads an endpoint as the learner."""
    client.force_login(learner)

    def read(name, query=""):
        response = client.get(url(points_course, name) + query)
        return response.status_code, response.json()

    return read


@pytest.fixture
def put(client, points_course, learner):
    """Return a function that writes the privacy choice as the learner."""
    client.force_login(learner)

    def write(body):
        body = body if isinstance(body, bytes) else json.dumps(body)
        response = client.put(url(points_course, "privacy"), body, content_type="application/json")
        return response.status_code, response.json()

    return write


@pytest.mark.parametrize("name", READS)
def test_learners_are_answered_and_others_told_why_not(client, points_course, learner, outsider, name):
    client.force_login(learner)
    assert client.get(url(points_course, name)).status_code == 200
    client.force_login(outsider)
    response = client.get(url(points_course, name))
    assert response.status_code == 403
    assert response.json()["detail"] == ("You are not enrolled in this course. Enrol to earn points and see the board.")
    client.logout()
    assert client.get(url(points_course, name)).status_code == 401


@pytest.mark.parametrize("name", READS)
def test_nothing_is_answered_while_points_are_off(get, points_course, name):
    assert get(name)[0] == 200
    api.set_on(points_course, False, actor_id=None)
    status, body = get(name)
    assert (status, "does not use points" in body["detail"]) == (403, True)


@pytest.mark.parametrize("name", READS)
def test_a_course_id_that_is_none_is_named(client, points_course, learner, name):
    client.force_login(learner)
    response = client.get(url(points_course, name).replace(str(points_course), "nonsense"))
    assert (response.status_code, response.json()) == (404, {"course_id": ["No course has this key."]})


def test_me_tells_points_level_and_place(get, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    status, me = get("me")
    assert status == 200
    assert (me["points"], me["rank"], me["board_size"], me["is_listed"]) == (10, 1, 1, True)
    assert me["level"]["number"] >= 1


def test_entries_are_paged_and_filtered(get, learner, earn, take_back):
    for day in range(1, 8):
        earn(learner, "case_finished", f"2026-11-{day:02}T10:00:00Z", title=f"Case {day}", source=f"case:{day}")
    take_back(learner, "case_finished", "2026-11-09T10:00:00Z", source="case:7", reason="withdrawn")
    status, first = get("entries", "?page_size=3")
    assert (status, first["count"], first["num_pages"], first["current_page"]) == (200, 8, 3, 1)
    assert first["previous"] is None
    assert "page=2" in first["next"]
    assert [entry["points"] for entry in get("entries", "?show=taken")[1]["results"]] == [-10]
    assert {entry["points"] for entry in get("entries", "?show=given")[1]["results"]} == {10}
    assert all(entry["reason"] for entry in first["results"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?page=0", "page"),
        ("?page=x", "page"),
        ("?page=-1", "page"),
        ("?page=1e9", "page"),
        ("?page=９", "page"),
        ("?page_size=0", "page_size"),
        ("?page_size=101", "page_size"),
        ("?page_size=99999999999999999999", "page_size"),
        ("?show=everything", "show"),
        ("?show=", "show"),
    ],
)
def test_a_wrong_parameter_is_named(get, query, field):
    assert get("entries", "?page=1&page_size=5&show=all")[0] == 200
    status, body = get("entries", query)
    assert (status, list(body)) == (400, [field])


def test_the_board_shows_people_as_they_chose_and_no_ids(get, put, learner, make_learner, earn):
    bea = make_learner("bea", name="Bea Berg")
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", times=2)
    earn(bea, "case_finished", "2026-11-20T10:00:00Z")
    assert put({"choice": "name"})[0] == 200
    rows = get("board")[1]["results"]
    assert [(row["rank"], row["name_kind"], row["is_me"]) for row in rows] == [
        (1, "name", True),
        (2, "pseudonym", False),
    ]
    assert rows[0]["name"] == "Amara Okafor"
    assert "Bea Berg" not in json.dumps(rows)
    assert all("id" not in key for row in rows for key in row)


def test_around_gives_my_neighbourhood_and_what_lies_beyond(get, learner, make_learner, earn):
    for number in range(7):
        earn(make_learner(f"o{number}", name=f"O {number}"), "case_finished", "2026-11-20T10:00:00Z", times=number + 1)
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", times=4)
    earn(learner, "unit_finished", "2026-11-20T10:00:00Z")
    status, around = get("around")
    assert (status, around["before"], around["after"]) == (200, 1, 2)
    assert [row["is_me"] for row in around["results"]] == [False, False, True, False, False]


def test_around_is_empty_for_those_who_are_not_on_the_board(get):
    assert get("around") == (200, {"before": 0, "after": 0, "results": []})


def test_the_choice_is_stored_and_returned(get, put, points_course, learner):
    assert get("privacy")[1]["choice"] == "pseudonym"
    status, body = put({"choice": "hidden"})
    assert (status, body["choice"], body["sentence"]) == (200, "hidden", "You are not on the board.")
    assert get("privacy")[1]["choice"] == "hidden"
    assert people.get_name_choice(learner.id, surface="board", context_key=str(points_course)) == "hidden"


@pytest.mark.parametrize(
    "body",
    [{}, {"choice": "nobody"}, {"choice": "\ud800"}, {"choice": None}, {"choice": ["name"]}, [], "name", 7, None],
)
def test_a_wrong_choice_names_the_field_and_changes_nothing(get, put, body):
    assert put({"choice": "name"})[0] == 200
    status, answer = put(body)
    assert (status, list(answer)) == (400, ["choice"])
    assert get("privacy")[1]["choice"] == "name"


def test_a_body_that_is_no_json_is_refused(put):
    assert put({"choice": "name"})[0] == 200
    assert put(b"{")[0] == 400
    assert put(b"[" * 9_000)[0] == 400
    assert put(b"[" * 50_000)[0] == 413


def test_the_scheme_lists_rules_and_levels(get):
    status, scheme = get("scheme")
    paid = {rule["kind"]: rule["points"] for rule in scheme["rules"]}
    assert (status, paid["unit_finished"], paid["comment"], paid["case_finished"]) == (200, 1, 3, 10)
    assert scheme["levels"][0]["starts_at"] == 0


def test_a_refusing_database_is_503_and_says_that_nothing_is_lost(get, monkeypatch):
    assert get("me")[0] == 200

    def refuse(*_args, **_kwargs):
        raise OperationalError("gone away")

    monkeypatch.setattr("gamification.rest_api.v1.views.api.get_standing", refuse)
    status, body = get("me")
    assert (status, "Nothing is lost" in body["detail"]) == (503, True)
