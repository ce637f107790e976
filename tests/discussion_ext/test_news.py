"""Learners hear of answers, openings and closings: once, in their words, and only while there is something to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from opaque_keys.edx.keys import UsageKey

from discussion_ext import api, reminders
from discussion_ext.models import Task
from people import api as people
from people.models import NewsItem

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _mail_at_any_hour(settings: Any) -> None:
    settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
    settings.PEOPLE_DIGEST_HOUR = 0


@pytest.fixture
def answered(
    make_case: Callable[..., UsageKey],
    learner: int,
    enrol: Callable[..., int],
    words: Callable[..., str],
    committed: Callable[[], Any],
) -> UsageKey:
    """Return a case in which two classmates have just answered the learner's position."""
    case = make_case()
    mine = api.post_position(usage_key=case, user_id=learner, body=words(20, 1)).contribution
    assert mine is not None
    for number in (2, 3):
        peer = enrol()
        with committed():
            api.post_position(usage_key=case, user_id=peer, body=words(20, number))
        with committed():
            api.post_answer(usage_key=case, contribution_id=mine.id, user_id=peer, body=words(8, number + 5))
    return case


def tell(now: datetime | None = None) -> list[Any]:
    """Let news be gathered and sent; return the mails."""
    people.compose_news(now=now)
    people.process_deliveries(now=now)
    return mail.outbox


def test_two_answers_are_one_line_of_one_mail(answered: UsageKey) -> None:
    (letter,) = tell()
    assert "2 classmates answered the position you took in “A name and a measure”." in letter.body
    assert "Leading teams" in letter.body
    assert "jump_to" in letter.body


def test_an_answer_that_was_seen_meanwhile_is_no_news(answered: UsageKey, learner: int) -> None:
    api.open_case(usage_key=answered, user_id=learner)
    assert not tell()


def test_an_answer_that_was_withdrawn_meanwhile_is_no_news(answered: UsageKey, staff: int) -> None:
    from discussion_ext.models import Contribution

    first = Contribution.objects.filter(kind="answer").order_by("pk")[0]
    api.remove_contribution(usage_key=answered, contribution_id=first.pk, actor_id=staff, reason="Off the point.")
    (letter,) = tell()
    assert "A classmate answered the position" in letter.body


class TestDates:
    """What opens and what closes."""

    def test_everybody_hears_once_that_a_case_has_opened(
        self, make_case: Callable[..., UsageKey], learner: int, peer: int, staff: int
    ) -> None:
        make_case(opens_at=timezone.now() - HOUR)
        for _ in range(2):
            call_command("remind_of_cases")
        assert set(NewsItem.objects.values_list("user_id", "kind")) == {(learner, "case_opens"), (peer, "case_opens")}
        letters = tell()
        assert len(letters) == 2
        assert "The case “A name and a measure” is open." in letters[0].body

    def test_who_has_been_there_is_not_told_that_it_opened(
        self, make_case: Callable[..., UsageKey], learner: int
    ) -> None:
        case = make_case(opens_at=timezone.now() - HOUR)
        call_command("remind_of_cases")
        api.open_case(usage_key=case, user_id=learner)
        assert not tell()

    @pytest.mark.parametrize(("hours", "told"), [(47, 1), (49, 0), (-1, 0)])
    def test_a_closing_is_told_two_days_ahead(
        self, make_case: Callable[..., UsageKey], learner: int, hours: int, told: int
    ) -> None:
        make_case(closes_at=timezone.now() + hours * HOUR)
        call_command("remind_of_cases")
        assert NewsItem.objects.filter(user_id=learner, kind="case_due").count() == told

    def test_a_new_date_is_told_again_and_an_old_one_never(
        self, make_case: Callable[..., UsageKey], learner: int
    ) -> None:
        make_case(closes_at=timezone.now() + 20 * HOUR)
        call_command("remind_of_cases")
        make_case(closes_at=timezone.now() + 30 * HOUR)
        call_command("remind_of_cases")
        assert NewsItem.objects.filter(user_id=learner).count() == 2

    def test_who_has_finished_is_not_reminded(
        self, make_case: Callable[..., UsageKey], learner: int, words: Callable[..., str]
    ) -> None:
        case = make_case(closes_at=timezone.now() + 20 * HOUR, answers_wanted=0, look_back_min=0)
        call_command("remind_of_cases")
        api.post_position(usage_key=case, user_id=learner, body=words(20, 1))
        assert not tell(), "finished between asking and sending"
        Task.objects.update(closing_told_for=None)
        NewsItem.objects.all().delete()
        call_command("remind_of_cases")
        assert not NewsItem.objects.exists(), "nor asked for"

    def test_after_an_outage_nothing_old_is_told(self, make_case: Callable[..., UsageKey], learner: int) -> None:
        make_case(opens_at=timezone.now() - 50 * HOUR)
        make_case("later", closes_at=timezone.now() - HOUR)
        call_command("remind_of_cases")
        assert not NewsItem.objects.exists()

    def test_a_mail_that_is_late_leaves_out_what_has_closed(
        self, make_case: Callable[..., UsageKey], learner: int
    ) -> None:
        make_case(closes_at=timezone.now() + 2 * HOUR)
        call_command("remind_of_cases")
        assert not tell(timezone.now() + 3 * HOUR)

    def test_switched_off_nobody_hears_anything(self, make_case: Callable[..., UsageKey], learner: int) -> None:
        case = make_case(closes_at=timezone.now() + 2 * HOUR)
        api.set_on(case.context_key, False, actor_id=1)
        call_command("remind_of_cases")
        assert not NewsItem.objects.exists()

    def test_a_run_that_is_ended_goes_on_after_the_last_batch(
        self, make_case: Callable[..., UsageKey], enrol: Callable[..., int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people_ids = [enrol() for _ in range(5)]
        make_case(closes_at=timezone.now() + 2 * HOUR)
        monkeypatch.setattr(reminders, "_BATCH", 2)
        run = reminders.remind_of_cases()
        step = next(run)
        run.close()
        assert NewsItem.objects.count() == 2
        told = sum(each.counts.get("people told", 0) for each in reminders.remind_of_cases(resume=step.cursor))
        assert told == 3
        assert set(NewsItem.objects.values_list("user_id", flat=True)) == set(people_ids)

    def test_a_dry_run_tells_nobody(
        self, make_case: Callable[..., UsageKey], learner: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_case(closes_at=timezone.now() + 2 * HOUR)
        call_command("remind_of_cases", "--dry-run")
        assert "people to be told" in capsys.readouterr().out
        assert not NewsItem.objects.exists()
        assert Task.objects.get().closing_told_for is None


class TestNoLongerTrue:
    """What a mail would say is set beside what holds when it goes out."""

    def test_a_closing_that_was_moved(self, make_case: Callable[..., UsageKey], learner: int) -> None:
        make_case(closes_at=timezone.now() + 20 * HOUR)
        call_command("remind_of_cases")
        make_case(closes_at=timezone.now() + 200 * HOUR)
        assert not tell()

    def test_an_opening_that_was_put_off(self, make_case: Callable[..., UsageKey], learner: int) -> None:
        make_case(opens_at=timezone.now() - HOUR)
        call_command("remind_of_cases")
        make_case(opens_at=timezone.now() + HOUR)
        assert not tell()

    def test_a_case_that_was_taken_away(self, make_case: Callable[..., UsageKey], learner: int) -> None:
        make_case(closes_at=timezone.now() + 20 * HOUR)
        call_command("remind_of_cases")
        Task.objects.update(is_active=False)
        assert not tell()


@pytest.mark.parametrize(("times", "said"), [(1, "A classmate reviewed"), (3, "3 classmates reviewed")])
def test_answers_to_a_report_are_reviews(times: int, said: str) -> None:
    from zoneinfo import ZoneInfo

    from discussion_ext import news

    answered = next(kind for kind in news.KINDS if kind.name == news.CASE_ANSWERED)
    context = {"task_title": "Say it", "url": "/x", "is_review": True, "times": times}
    assert answered.say(context, ZoneInfo("UTC")).text == f"{said} your report in “Say it”."
