"""The points pages as people open them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gamification import api
from people import api as people

PAGES = ["my_points", "board", "how", "privacy"]


def url(course_key, page, query=""):
    """Return the address of a page."""
    return reverse(f"gamification:{page}", args=[str(course_key)]) + query


def text_of(response):
    """Return what a reader sees, with spaces folded."""
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join(unescape(soup.get_text(" ")).split())


@pytest.fixture
def page(client, points_course, learner):
    """Return a function that opens a page as the learner."""
    client.force_login(learner)
    return lambda name, query="": client.get(url(points_course, name, query))


# -- who may see them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_learners_and_the_team_see_the_pages_and_nobody_else(
    client, points_course, learner, course_team, outsider, name
):
    for user, status in [(learner, 200), (course_team, 200), (outsider, 404)]:
        client.force_login(user)
        assert client.get(url(points_course, name)).status_code == status, user
    client.logout()
    response = client.get(url(points_course, name))
    assert (response.status_code, response.url.split("?")[0]) == (302, "/login")


@pytest.mark.parametrize("name", PAGES)
def test_pages_exist_only_while_points_are_on(page, points_course, name):
    assert page(name).status_code == 200
    api.set_on(points_course, False, actor_id=None)
    assert page(name).status_code == 404


@pytest.mark.parametrize("course_id", ["course-v1:No+Such+Course", "nonsense", "course-v1:A+B", "%F0%9F%8C%BB"])
@pytest.mark.parametrize("name", PAGES)
def test_unknown_and_unreadable_courses_are_not_found(client, points_course, learner, name, course_id):
    client.force_login(learner)
    path = url(points_course, name)
    assert client.get(path).status_code == 200
    assert client.get(path.replace(str(points_course), course_id)).status_code == 404


@pytest.mark.parametrize("name", ["my_points", "board", "how"])
def test_pages_that_only_show_refuse_a_post(client, points_course, learner, name):
    client.force_login(learner)
    assert client.post(url(points_course, name)).status_code == 405


# -- my points -------------------------------------------------------------------------------------------------------


def test_the_first_day_invites_with_what_the_scheme_pays(page):
    shown = text_of(page("my_points"))
    assert "Nothing yet, and that is fine" in shown
    assert "A finished case earns 10, an answer 3, a finished page 1." in shown
    assert "Where they came from" not in shown


def test_entries_come_by_local_day_with_reason_and_rule(page, learner, earn):
    people.set_preferences(user_id=learner.id, zone="Asia/Tokyo")
    earn(learner, "case_finished", "2026-11-20T14:30:00Z", title="A name and a measure", url="/courses/x/jump_to/y")
    earn(learner, "unit_finished", "2026-11-20T15:30:00Z", title="When it goes wrong")
    response = page("my_points")
    soup = BeautifulSoup(response.content, "html.parser")
    assert [day.get_text() for day in soup.select("h3.cs-label")] == ["Sat 21 Nov", "Fri 20 Nov"]
    assert "Days and times: Tokyo time." in text_of(response)
    first, second = soup.select(".cs-ledger > li")
    assert first.select_one("time").get_text() == "00:30"
    assert second.select_one("a")["href"] == "/courses/x/jump_to/y"
    assert second.select_one(".cs-points").get_text(strip=True) == "+10"
    assert second.select_one("summary").get_text(strip=True) == "Why +10?"
    assert "case finished" in second.select_one(".cs-why__panel").get_text()


def test_points_taken_back_stand_beside_those_given(page, learner, earn, take_back):
    earn(learner, "comment", "2026-11-20T10:00:00Z", source="contribution:1", title="A case", facts={"words": 40})
    take_back(learner, "comment", "2026-11-20T11:00:00Z", source="contribution:1", reason="withdrawn")
    assert "−3" in text_of(page("my_points", "?show=taken"))
    assert "+3" not in text_of(page("my_points", "?show=taken"))
    assert "−3" not in text_of(page("my_points", "?show=given"))
    assert "taken back" in text_of(page("my_points"))
    assert "0 points" in text_of(page("my_points"))


def test_an_unknown_filter_or_page_number_shows_everything(page, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", title="A case")
    for query in ["?show=secret", "?page=minus", "?page=0", "?page=-1", "?page=99999999999999999999", "?page=½"]:
        response = page("my_points", query)
        assert (response.status_code, "+10" in text_of(response)) == (200, True), query


def test_older_entries_are_a_link_away(client, page, learner, earn):
    for day in range(1, 26):
        earn(learner, "case_finished", f"2026-10-{day:02}T10:00:00Z", title=f"Case {day}")
    first = page("my_points")
    older = BeautifulSoup(first.content, "html.parser").select_one("a[rel=next]")
    assert ("Case 25" in text_of(first), "Case 5 " in text_of(first)) == (True, False)
    assert "Case 5 " in text_of(client.get(older["href"]))


def test_titles_are_text(page, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", title="<script>alert(1)</script>", url='/a"b')
    body = page("my_points").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert 'href="/a&quot;b"' in body


def test_the_way_to_ask_is_the_operators_or_the_platforms(page, learner, earn, settings):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    settings.CONTACT_EMAIL = "help@example.com"
    assert "mailto:help@example.com?subject=My%20points%20in%20Leading" in page("my_points").content.decode()
    settings.GAMIFICATION_CONTACT = "https://example.com/ask"
    assert 'href="https://example.com/ask"' in page("my_points").content.decode()
    settings.GAMIFICATION_CONTACT = settings.CONTACT_EMAIL = ""
    assert "Ask about my points" not in text_of(page("my_points"))


# -- the board -------------------------------------------------------------------------------------------------------


def rows_of(response):
    """Return the board's lines: (place, name, points), or the text of a gap."""
    soup = BeautifulSoup(response.content, "html.parser")
    lines = []
    for row in soup.select(".cs-board tbody tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all("td")]
        lines.append(cells[0] if "is-gap" in row.get("class", []) else tuple(cells[:1] + cells[-1:]))
    return lines


def test_equal_points_share_a_place(page, learner, make_learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    for username in ["bea", "chen"]:
        earn(make_learner(username, name=username), "case_finished", "2026-11-20T10:00:00Z")
    earn(make_learner("dora", name="Dora"), "unit_finished", "2026-11-20T10:00:00Z")
    assert rows_of(page("board")) == [("1", "10"), ("1", "10"), ("1", "10"), ("4", "1")]


def test_my_own_line_names_me_and_how_others_see_me(page, points_course, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    pseudonym = people.pseudonyms([learner.id], context_key=str(points_course))[learner.id]
    shown = text_of(page("board"))
    assert f"You ({pseudonym})" in shown
    assert f"Shown to others as {pseudonym}" in shown
    assert "Amara Okafor" not in shown.replace(pseudonym, "")


def test_the_first_page_ends_with_the_places_around_me(page, learner, make_learner, earn):
    for number in range(30):
        other = make_learner(f"other{number}", name=f"Other {number}")
        earn(other, "case_finished", "2026-11-20T10:00:00Z", times=number + 2)
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    lines = rows_of(page("board"))
    assert lines[:2] == [("1", "310"), ("2", "300")]
    assert lines[19:] == [("20", "120"), "8 places", ("29", "30"), ("30", "20"), ("31", "10")]
    assert rows_of(page("board", "?page=2"))[0] == ("21", "110")


def test_the_places_left_out_add_up_among_equals(page, learner, make_learner, earn):
    for number in range(30):
        earn(make_learner(f"other{number}", name=f"Other {number}"), "case_finished", "2026-11-20T10:00:00Z")
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    for number in range(4):
        other = make_learner(f"top{number}", name=f"Top {number}")
        earn(other, "case_finished", "2026-11-20T10:00:00Z", times=2)
    lines = rows_of(page("board"))
    gaps = sum(int(line.split()[0]) for line in lines if isinstance(line, str))
    assert sum(isinstance(line, tuple) for line in lines) + gaps in (20, 35)
    assert {line for line in lines if isinstance(line, tuple)} == {("1", "20"), ("5", "10")}


def test_hidden_people_are_not_on_the_board_and_keep_their_own_place(
    page, client, points_course, learner, make_learner, earn, django_capture_on_commit_callbacks
):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    earn(make_learner("bea", name="Bea"), "unit_finished", "2026-11-20T10:00:00Z")
    assert rows_of(page("board")) == [("1", "10"), ("2", "1")]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url(points_course, "privacy"), {"choice": "hidden"}).status_code == 302
    response = page("board")
    assert rows_of(response) == [("1", "1")]
    assert "Your place would be 1. Only you see this." in text_of(response)


def test_an_empty_board_says_how_it_opens(page):
    assert "Nobody is on the board yet" in text_of(page("board"))


# -- how points work -------------------------------------------------------------------------------------------------


def test_the_scheme_lists_what_can_be_earned_here_and_nothing_else(page, settings):
    shown = text_of(page("how"))
    assert re.search(r"Applying .*\+10.* Contributing .*\+3.* Reading .*\+1", shown)
    assert "From 15 words. Up to 2 a day earn points." in shown
    assert "Hosted" not in shown
    settings.GAMIFICATION_KINDS_IN_USE = [*settings.GAMIFICATION_KINDS_IN_USE, "host"]
    assert "+5" in text_of(page("how"))


# -- who sees me -----------------------------------------------------------------------------------------------------


def test_a_choice_is_posted_redirected_and_said_in_place(client, points_course, learner):
    client.force_login(learner)
    response = client.post(url(points_course, "privacy"), {"choice": "name"})
    assert (response.status_code, response.url) == (302, url(points_course, "privacy", "?saved=1"))
    shown = BeautifulSoup(client.get(response.url).content, "html.parser")
    assert "Saved. The board shows you as Amara Okafor." in shown.select_one("[role=status]").get_text()
    assert shown.select_one("input[checked]")["value"] == "name"
    assert people.get_name_choice(learner.id, surface="board", context_key=str(points_course)) == "name"


@pytest.mark.parametrize("choice", ["", "admin", "NAME", "名"])
def test_a_choice_that_is_none_changes_nothing_and_says_so(client, points_course, learner, choice):
    client.force_login(learner)
    client.post(url(points_course, "privacy"), {"choice": "name"})
    response = client.post(url(points_course, "privacy"), {"choice": choice})
    assert response.status_code == 400
    assert "Choose your name, a pseudonym, or to stay hidden." in text_of(response)
    assert people.get_name_choice(learner.id, surface="board", context_key=str(points_course)) == "name"


def test_the_course_team_has_nothing_to_choose(client, points_course, learner, course_team):
    for user, status in [(learner, 302), (course_team, 403)]:
        client.force_login(user)
        assert client.post(url(points_course, "privacy"), {"choice": "name"}).status_code == status, user
    assert "you are not on the board" in text_of(client.get(url(points_course, "privacy")))


def test_a_post_without_the_form_token_is_refused(points_course, learner):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert strict.post(url(points_course, "privacy"), {"choice": "name"}).status_code == 403


# -- a neighbour is down ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("my_points", "gamification.screens.standings.get_standing"),
        ("board", "gamification.screens.boards.list_board"),
        ("how", "gamification.wording.schemes.describe_scheme"),
        ("privacy", "gamification.screens.people.real_names"),
    ],
)
def test_a_refusing_database_says_that_nothing_is_lost(page, monkeypatch, name, broken):
    assert page(name).status_code == 200

    def refuse(*_args, **_kwargs):
        raise OperationalError("gone away")

    monkeypatch.setattr(broken, refuse)
    response = page(name)
    assert response.status_code == 503
    assert "Points cannot be shown right now. Nothing is lost" in text_of(response)
    assert "0 points" not in text_of(response)


# -- the number of queries -------------------------------------------------------------------------------------------


def test_the_board_costs_the_same_for_few_and_for_many(page, learner, make_learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", times=3)
    earn(make_learner("bea", name="Bea"), "case_finished", "2026-11-20T10:00:00Z")
    page("board")  # pseudonyms are given once
    with CaptureQueriesContext(connection) as few:
        page("board")
    for number in range(12):
        other = make_learner(f"other{number}", name=f"Other {number}")
        earn(other, "case_finished", "2026-11-20T10:00:00Z", times=number + 1)
    page("board")
    with CaptureQueriesContext(connection) as many:
        page("board")
    assert len(rows_of(page("board"))) == 14
    assert len(many) <= len(few) + 2  # two more places around me exist now
