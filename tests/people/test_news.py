"""What is new reaches a person once, in one mail a day, and only while it is true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from people import api, news_kinds
from people.checks.own_ranges import RANGES
from people.data import NewsKindData, NewsLineData, NewsState
from people.exceptions import InvalidDeliveryError, UnknownMessageKindError
from people.models import Delivery, NewsItem

NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def say(context, zone):
    return NewsLineData(
        text=f"{context['what']} is due at {api.say_time(NOON, zone)}",
        url="/courses/x",
        act="Open it",
        course_name=context.get("course_name", ""),
    )


@pytest.fixture
def untrue(monkeypatch, settings):
    """Return the keys that no longer hold; two kinds of news are known meanwhile, one of them urgent."""
    settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
    monkeypatch.setattr(news_kinds, "_KINDS", {})
    keys: set[str] = set()

    def holds(_user_id, items):
        return [item.key for item in items if item.key not in keys]

    api.register_news_kind(NewsKindData(name="due", say=say, holds=holds))
    api.register_news_kind(NewsKindData(name="moved", say=say, is_soon=True))
    return keys


@pytest.fixture
def add(person, untrue):
    def add_item(key="k1", *, kind="due", due_at=NOON, user_id=None, **changes):
        context = {"what": key, "course_name": "Leading teams", "url": "/x"}
        return api.add_news(key=key, user_id=user_id or person.pk, kind=kind, context=context, due_at=due_at, **changes)

    return add_item


def run(now):
    """Let both jobs work, as the beat does."""
    counts = api.compose_news(now=now)
    api.process_deliveries(now=now)
    return counts


def states():
    return dict(NewsItem.objects.values_list("key", "state"))


def test_what_waits_stands_in_one_mail_by_course(add):
    assert [add("a"), add("b"), add("a")] == [True, True, False]
    assert run(NOON) == {"told": 2, "dropped": 0}
    (letter,) = mail.outbox
    assert letter.subject == "2 things in your courses"
    assert letter.body.count("Leading teams") == 1
    assert "a is due at 12:00" in letter.body
    assert "http" in letter.body
    assert run(NOON) == {}
    assert len(mail.outbox) == 1


def test_one_mail_a_day_of_the_readers_own_calendar(add, person):
    api.set_preferences(user_id=person.pk, zone="Asia/Shanghai")  # NOON is 20:00 there
    add("a")
    run(NOON)
    add("b", due_at=NOON + HOUR)
    assert run(NOON + HOUR)["later"] == 1
    assert run(NOON + 3 * HOUR) == {}, "left for tomorrow's hour, not asked again and again"
    tomorrow = datetime(2030, 11, 22, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
    run(tomorrow - timedelta(minutes=1))
    assert len(mail.outbox) == 1
    run(tomorrow)
    assert [letter.subject for letter in mail.outbox] == ["a is due at 20:00", "b is due at 20:00"]


def test_before_the_hour_it_waits(add, settings):
    settings.PEOPLE_DIGEST_HOUR = 15
    settings.PEOPLE_DEFAULT_ZONE = "UTC"
    add()
    assert run(NOON)["later"] == 1
    assert not mail.outbox
    run(NOON + 3 * HOUR)
    assert len(mail.outbox) == 1


def test_what_cannot_wait_goes_alone_and_at_once(add, settings):
    settings.PEOPLE_DIGEST_HOUR = 15
    settings.PEOPLE_DEFAULT_ZONE = "UTC"
    add("a")
    add("b", kind="moved")
    run(NOON)
    (letter,) = mail.outbox
    assert letter.subject == "b is due at 12:00"
    assert states() == {"a": NewsState.WAITING, "b": NewsState.TOLD}


def test_what_is_done_is_not_told(add, untrue):
    add("a")
    add("b")
    untrue.add("a")
    run(NOON)
    assert [letter.subject for letter in mail.outbox] == ["b is due at 12:00"]
    assert states()["a"] == NewsState.DROPPED


def test_what_was_done_between_composing_and_sending_is_left_out(add, untrue):
    add("a")
    add("b")
    api.compose_news(now=NOON)
    untrue.add("b")
    api.process_deliveries(now=NOON)
    assert [letter.subject for letter in mail.outbox] == ["a is due at 12:00"]


def test_a_mail_with_nothing_left_in_it_is_not_sent(add, untrue):
    add("a")
    api.compose_news(now=NOON)
    untrue.add("a")
    assert api.process_deliveries(now=NOON).skipped == 1
    assert not mail.outbox
    assert Delivery.objects.get().state == "skipped"


def test_news_that_came_too_late_is_dropped(add):
    add("a", useful_until=NOON + HOUR)
    run(NOON + 2 * HOUR)
    assert not mail.outbox
    assert states() == {"a": NewsState.DROPPED}


def test_after_an_outage_one_mail_says_what_still_holds(add, untrue):
    for number in range(5):
        add(f"n{number}", due_at=NOON + number * DAY)
        api.compose_news(now=NOON + number * DAY)  # mails are asked for, but none goes out
    untrue.update({"n0", "n3"})
    late = NOON + 5 * DAY
    for minutes in range(0, 600, 30):
        run(late + timedelta(minutes=minutes))
    told = "".join(letter.subject + letter.body for letter in mail.outbox)
    assert len(mail.outbox) <= 2, "no flood"
    assert [name for name in ("n0", "n1", "n2", "n3", "n4") if f"{name} is due" in told] == ["n1", "n2", "n4"]


def test_who_stopped_these_mails_gets_none(add, person):
    api.unsubscribe(person.pk, "digest")
    add("a")
    add("b", kind="moved")
    run(NOON)
    assert [letter.subject for letter in mail.outbox] == ["b is due at 12:00"]
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_language_and_zone_are_the_readers(add, person):
    api.set_preferences(user_id=person.pk, zone="Africa/Nairobi", language="nl")
    add("a")
    run(NOON)
    assert "a is due at 15:00" in mail.outbox[0].body


def test_one_persons_trouble_stops_nobody(add, person, make_person, monkeypatch):
    broken = news_kinds.get_news_kind("due").holds

    def holds(user_id, items):
        if user_id == person.pk:
            raise RuntimeError
        return broken(user_id, items)

    monkeypatch.setitem(news_kinds._KINDS, "due", NewsKindData(name="due", say=say, holds=holds))
    add("a")
    add("b", user_id=make_person("bob").pk)
    assert run(NOON)["failed"] == 1
    assert states() == {"a": NewsState.WAITING, "b": NewsState.TOLD}


def test_more_than_a_mail_holds_waits_for_the_next(add):
    for number in range(25):
        add(f"n{number:02}")
    assert run(NOON) == {"told": 20, "later": 5, "dropped": 0}
    run(NOON + DAY)
    assert [letter.subject for letter in mail.outbox] == ["20 things in your courses", "5 things in your courses"]


def test_dropping_takes_back_what_nobody_was_told(add):
    add("a")
    add("b")
    run(NOON)
    add("c", due_at=NOON + DAY)
    assert api.drop_news(["a", "c"]) == 1
    assert states() == {"a": NewsState.TOLD, "b": NewsState.TOLD, "c": NewsState.DROPPED}


@pytest.mark.parametrize("change", [{"key": ""}, {"key": "ü"}, {"due_at": datetime(2030, 1, 1)}])  # noqa: DTZ001
def test_wrong_requests_are_refused(add, change):
    with pytest.raises(InvalidDeliveryError):
        add(**change)
    assert not NewsItem.objects.exists()


def test_an_unknown_kind_is_refused_and_an_orphan_is_let_go(add, monkeypatch):
    with pytest.raises(UnknownMessageKindError):
        add(kind="nothing")
    add("a")
    monkeypatch.setattr(news_kinds, "_KINDS", {})
    assert run(NOON) == {"dropped": 1}


def test_the_command_does_the_same_work(add, capsys):
    add("a", due_at=None)
    call_command("compose_news", "--dry-run")
    assert "1" in capsys.readouterr().out
    assert states() == {"a": NewsState.WAITING}


def test_leaving_forgets_what_waits(add, person):
    add("a")
    api.retire_person(person.pk)
    item = NewsItem.objects.get()
    assert (item.state, item.context) == (NewsState.DROPPED, {})
    assert not add("a")


def test_a_mail_that_was_held_up_stands_for_its_day(add):
    """One mail a day, also where yesterday's goes out today: what is new waits for tomorrow's."""
    add("a")
    api.compose_news(now=NOON)  # asked for, but nothing goes out before the next morning
    morning = NOON + DAY - 4 * HOUR
    api.process_deliveries(now=morning)
    add("b", due_at=morning)
    run(morning + HOUR)
    assert [letter.subject for letter in mail.outbox] == ["a is due at 12:00"]
    run(morning + DAY)
    assert [letter.subject for letter in mail.outbox] == ["a is due at 12:00", "b is due at 12:00"]


def test_a_mail_that_nobody_needed_holds_nothing_up(add, untrue):
    add("a")
    api.compose_news(now=NOON)
    untrue.add("a")
    add("b", due_at=NOON + DAY)
    assert api.process_deliveries(now=NOON + DAY).skipped == 1
    run(NOON + DAY)
    assert [letter.subject for letter in mail.outbox] == ["b is due at 12:00"]


def test_what_has_come_too_late_when_it_is_sent_is_left_out(add, monkeypatch):
    add("a", kind="moved", useful_until=NOON + HOUR)
    add("b", kind="moved", useful_until=NOON + DAY)
    api.compose_news(now=NOON)
    monkeypatch.setattr(timezone, "now", lambda: NOON + 2 * HOUR)
    api.process_deliveries(now=NOON + 2 * HOUR)
    assert [letter.subject for letter in mail.outbox] == ["b is due at 12:00"]


@pytest.mark.parametrize(("hour", "is_fine"), [(0, True), (23, True), (24, False), (8.5, False)])
def test_the_hour_of_the_mail_is_a_whole_one(hour, is_fine):
    (found,) = [each for each in RANGES if each.name == "PEOPLE_DIGEST_HOUR"]
    assert found.allows(hour) == is_fine


def test_a_kind_names_the_mail_in_which_it_goes_out_and_what_can_be_stopped_of_it(person, untrue):
    kind = NewsKindData(
        name="reminder", say=say, is_soon=True, mail="event_news", topic=lambda context: f"chapter:{context['number']}"
    )
    api.register_news_kind(kind)
    api.unsubscribe(person.pk, "event_news:chapter:1")
    for number in (1, 2):
        context = {"what": f"k{number}", "number": number, "url": "/x"}
        api.add_news(key=f"k{number}", user_id=person.pk, kind="reminder", context=context, due_at=NOON)
    run(NOON)
    assert [letter.subject for letter in mail.outbox] == ["k2 is due at 12:00"]
    skipped = Delivery.objects.get(state="skipped")
    assert skipped.detail == "The person no longer wants this kind of mail."


def test_a_line_has_paragraphs_of_text_and_a_second_link(person, untrue):
    def say_more(context, zone):
        return NewsLineData(
            text="It is soon.",
            url="/a",
            act="Look",
            subject="Soon",
            details=("<b>one\ntwo",),
            other_url="/b",
            other_act="Not me",
        )

    api.register_news_kind(NewsKindData(name="more", say=say_more, is_soon=True, mail="event_notice"))
    api.add_news(key="m", user_id=person.pk, kind="more", context={}, due_at=NOON)
    run(NOON)
    (letter,) = mail.outbox
    assert letter.subject == "Soon"
    html = str(letter.alternatives[0][0])
    assert "&lt;b&gt;one\ntwo" in html
    assert f'href="{api.absolute_url("/b")}"' in html
    assert f"Not me: {api.absolute_url('/b')}" in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers
