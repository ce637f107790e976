"""How often one person may write: beyond it a 429 that says how long to wait, for this person and this act alone."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache

from discussion_ext.models import Contribution
from discussion_ext.permissions import ACT_LIMITS
from people import api as people
from tests.doors.calls import call_of
from tests.doors.situations import visit
from tests.doors.table import Row, rows
from tests.doors.world import World

#: Those that share the limits of acts, written in small letters; a setting of its own is asked elsewhere.
ACTS = [row for row in rows("Handlers in the LMS") if row["Limit"].islower()]
CHOICES = ["gamification:privacy POST", "gamification:api_privacy PUT", "points_panel.choose_name"]


@pytest.fixture(autouse=True)
def _slow_site(settings: Any) -> None:
    """Let everything be done twice an hour."""
    settings.DISCUSSION_EXT_ACT_LIMITS = dict.fromkeys(ACT_LIMITS, "2/h")
    settings.DISCUSSION_EXT_RATE_LIMIT = ""
    settings.GAMIFICATION_NAME_CHOICE_LIMIT = "2/h"
    settings.PEOPLE_UNSUBSCRIBE_LIMIT = "2/h"


def is_too_fast(response: Any) -> bool:
    """Return whether an answer is the refusal of haste; if so it must be a whole one."""
    if response.status_code != 429:
        return False
    assert 1 <= int(response["Retry-After"]) <= 7200
    return True


@pytest.mark.parametrize("line", ACTS, ids=lambda line: line.door)
def test_acts_in_a_case(world: World, line: Row) -> None:
    call, role = call_of(line.door, world), "team" if line.door.endswith("csv") else "learner"
    client = world.client(role)
    answers = [call.send(client) for _ in range(3)]
    assert [is_too_fast(answer) for answer in answers] == [False, False, True]
    error = json.loads(answers[2].content)["error"]
    assert (error["code"], error["message"].startswith("That was too often in a short time. Try again in ")) == (
        "too_many",
        True,
    )


@pytest.mark.parametrize("line", [row for row in ACTS if not row.door.endswith("csv")], ids=lambda line: line.door)
def test_the_team_and_other_people_are_not_held_up(world: World, line: Row) -> None:
    call = call_of(line.door, world)
    assert [is_too_fast(call.send(world.client("learner"))) for _ in range(3)][-1]
    assert not is_too_fast(call.send(world.client("classmate")))
    assert not any(is_too_fast(call.send(world.client("team"))) for _ in range(4))


def test_one_act_does_not_hold_up_another(world: World) -> None:
    client = world.client("learner")
    draft, preview = (call_of(f"case_discussion.learner_action/{act}", world) for act in ("draft", "preview"))
    assert [is_too_fast(draft.send(client)) for _ in range(3)] == [False, False, True]
    assert not is_too_fast(preview.send(client))


def test_what_is_refused_changes_nothing(world: World) -> None:
    client = world.client("learner")
    edit = call_of("case_discussion.learner_action/edit", world)

    def write(text: str) -> Any:
        data = json.dumps({"post": world.ids["learner"], "text": text})
        return edit.send(client, data=data, content_type="application/json")

    texts = [f"I would speak with him first, and {word} everyone hears of three long nights." for word in "abc"]
    assert [is_too_fast(write(text)) for text in texts] == [False, False, True]
    assert Contribution.objects.get(pk=world.ids["learner"]).body == texts[1]


def test_posts_that_were_made_are_counted_too(world: World, settings: Any) -> None:
    """Whatever the cache forgets: as many posts as the platform's own discussion API takes."""
    made = Contribution.objects.filter(author_id=world.people["learner"].pk).count()
    settings.DISCUSSION_EXT_RATE_LIMIT = f"{made + 1}/2h"
    settings.DISCUSSION_EXT_ACT_LIMITS = dict.fromkeys(ACT_LIMITS, "")
    look_back = call_of("case_discussion.learner_action/post_look_back", world)
    answer = call_of("case_discussion.learner_action/post_answer", world)
    learner = world.client("learner")
    assert [is_too_fast(call.send(learner)) for call in (look_back, answer)] == [False, True]
    assert not any(is_too_fast(answer.send(world.client("team"))) for _ in range(4))


def test_masquerading_staff_use_up_nothing_of_the_learner(world: World) -> None:
    edit = call_of("case_discussion.learner_action/edit", world)
    team, _course = visit("masquerade", world, "learner")
    assert [edit.send(team).status_code for _ in range(4)] == [403] * 4
    assert edit.send(world.client("learner")).status_code == 200


@pytest.mark.parametrize("first", CHOICES)
def test_the_three_doors_to_one_choice_share_a_count(world: World, first: str) -> None:
    client = world.client("learner")
    doors = [first, first, *CHOICES]
    assert [is_too_fast(call_of(door, world).send(client)) for door in doors] == [False, False, True, True, True]
    assert "Try again in" in call_of("gamification:privacy POST", world).send(client).content.decode()


def test_reading_is_never_held_up(world: World) -> None:
    client = world.client("learner")
    for _ in range(3):
        call_of("gamification:api_privacy PUT", world).send(client)
    for line in rows("Pages and REST"):
        if " " not in line.door and line["learner"] == "200":
            assert call_of(line.door, world).send(client).status_code == 200


def test_a_pressed_link(world: World) -> None:
    client = world.client("anonymous")
    press, look = call_of("people:unsubscribe POST", world), call_of("people:unsubscribe", world)
    answers = [press.send(client) for _ in range(3)]
    assert [is_too_fast(answer) for answer in answers] == [False, False, True]
    assert 'role="alert"' in answers[2].content.decode()
    assert look.send(client).status_code == 200
    assert not people.is_subscribed(world.people["learner"].pk, "case_answered")


class TestCounting:
    """What the limits mean, whatever stores the counts."""

    def test_a_limit_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = [1_700_000_000.0]
        monkeypatch.setattr("django_ratelimit.core.time.time", lambda: clock[0])
        people.keep_pace(act="x", who=7, limit="1/m")
        with pytest.raises(people.TooFastError) as refusal:
            people.keep_pace(act="x", who=7, limit="1/m")
        clock[0] += refusal.value.wait_seconds + 1
        people.keep_pace(act="x", who=7, limit="1/m")

    def test_people_and_acts_are_counted_apart(self) -> None:
        for act, who in (("x", 1), ("x", 2), ("y", 1), ("x", "1:a")):
            people.keep_pace(act=act, who=who, limit="1/h")
        with pytest.raises(people.TooFastError):
            people.keep_pace(act="x", who=1, limit="1/h")

    def test_no_limit(self, settings: Any) -> None:
        for _ in range(50):
            people.keep_pace(act="x", who=1, limit="")
        settings.RATELIMIT_ENABLE = False
        for _ in range(50):
            people.keep_pace(act="x", who=1, limit="1/h")

    @pytest.mark.parametrize(
        ("limit", "read"),
        [("10/m", (10, 60)), ("5/30s", (5, 30)), ("1/2h", (1, 7200)), ("0/d", (0, 86_400)), ("", None), ("10", None)],
    )
    def test_how_a_limit_is_read(self, limit: str, read: tuple[int, int] | None) -> None:
        assert people.read_limit(limit) == read

    @pytest.mark.parametrize("limit", ["often", "1/0s", "/m"])
    def test_a_limit_that_cannot_be_read_holds_nobody_up(self, limit: str) -> None:
        for _ in range(3):
            people.keep_pace(act="x", who=1, limit=limit)

    @pytest.mark.parametrize("broken", ["add", "incr"])
    def test_while_the_cache_is_down_nobody_is_held_up(self, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
        people.keep_pace(act="x", who=1, limit="1/h")

        def fail(*_args: Any, **_kwargs: Any) -> None:
            raise ConnectionError("gone away")

        with monkeypatch.context() as down:
            down.setattr(LocMemCache, broken, fail)
            people.keep_pace(act="x", who=1, limit="1/h")
        with pytest.raises(people.TooFastError):
            people.keep_pace(act="x", who=1, limit="1/h")

    def test_processes_with_a_cache_of_their_own_count_for_themselves(self, settings: Any) -> None:
        """With locmem a limit is as many times higher as there are processes; docs/doors.md says so."""
        backend = "django.core.cache.backends.locmem.LocMemCache"
        settings.CACHES = {
            "default": {"BACKEND": backend, "LOCATION": "one"},
            "other": {"BACKEND": backend, "LOCATION": "another"},
        }
        people.keep_pace(act="x", who=1, limit="1/h")
        settings.RATELIMIT_USE_CACHE = "other"
        people.keep_pace(act="x", who=1, limit="1/h")
        for name in ("default", "other"):
            settings.RATELIMIT_USE_CACHE = name
            with pytest.raises(people.TooFastError):
                people.keep_pace(act="x", who=1, limit="1/h")

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [(1, "1 second."), (89, "89 seconds."), (90, "2 minutes."), (3600, "60 minutes.")],
    )
    def test_how_long_is_said_in_words(self, seconds: int, said: str) -> None:
        assert people.say_wait(seconds).endswith(f"Try again in {said}")


@pytest.mark.mariadb
@pytest.mark.django_db
def test_two_processes_with_redis_share_a_count(settings: Any) -> None:
    """The twin of the test of locmem: the count is in the server."""
    redis = "django.core.cache.backends.redis.RedisCache"
    url = os.environ["REDIS_URL"]
    settings.CACHES = {
        name: {"BACKEND": redis, "LOCATION": url, "KEY_PREFIX": "paces"} for name in ("default", "other")
    }
    people.keep_pace(act="redis", who=1, limit="1/h")
    settings.RATELIMIT_USE_CACHE = "other"
    with pytest.raises(people.TooFastError):
        people.keep_pace(act="redis", who=1, limit="1/h")
