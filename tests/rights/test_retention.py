"""What has been kept long enough goes, in batches and for good; what a grade or a total needs stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from people import api as people
from people.models import AuditEntry, Delivery
from people.upkeep import retention
from tests.rights.test_nobody_is_regraded import look, sweep
from tests.rights.test_retirement import find_forum_traces, find_traces
from tests.rights.town import COURSE, WORDS, Town

KEEP_DAYS = {
    "PEOPLE_DELIVERIES_KEEP_DAYS": 180,
    "PEOPLE_DELIVERY_ROWS_KEEP_DAYS": 0,
    "PEOPLE_AUDIT_KEEP_DAYS": 0,
    "DISCUSSION_EXT_REPORTS_KEEP_DAYS": 0,
    "DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS": 0,
    "DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS": 0,
    "DISCUSSION_EXT_TEXTS_KEEP_DAYS": 0,
    "DISCUSSION_EXT_APPEALS_KEEP_DAYS": 0,
    "CHAPTERS_ANSWERS_KEEP_DAYS": 90,
    "CHAPTERS_CONCERN_KEEP_DAYS": 730,
    "CHAPTERS_NEEDS_KEEP_DAYS": 90,
    "CHAPTERS_EVENT_MAILS_KEEP_DAYS": 365,
    "CHAPTERS_SURVEYS_KEEP_DAYS": 730,
}


def purge(**found: int) -> dict[str, int]:
    """Run the job and return what it did."""
    for batch in people.purge_expired():
        for name, number in batch.items():
            found[name] = found.get(name, 0) + number
    return found


def ask_for(key: str, *, state: str, days_ago: int) -> int:
    people.request_delivery(key=key, user_id=7, kind="case_answered", context={"case_title": WORDS})
    due_at = timezone.now() - timedelta(days=days_ago)
    Delivery.objects.filter(key=key).update(state=state, due_at=due_at, detail="TimeoutError")
    return Delivery.objects.get(key=key).pk


def end_course(days_ago: int) -> None:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseOverview.objects.filter(id=COURSE).update(end=timezone.now() - timedelta(days=days_ago))


def test_every_rule_has_a_setting_and_keeps_evidence_by_default(settings: Any) -> None:
    rules = people.list_retention_rules()
    assert {rule.setting: rule.days for rule in rules} == KEEP_DAYS


@pytest.mark.django_db
class TestMail:
    """What was written into mails goes first; that they went out stays for as long as is wished."""

    def test_contents_of_settled_mails_go(self, settings: Any) -> None:
        old = [ask_for(f"old{state}", state=state, days_ago=181) for state in ("sent", "failed", "unknown", "skipped")]
        kept = [
            ask_for("young", state="sent", days_ago=179),
            ask_for("waiting", state="pending", days_ago=200),
            ask_for("claimed", state="claimed", days_ago=200),
        ]
        assert people.count_expired()["mail contents"] == 4
        assert purge() == {"mail contents": 4}
        assert set(Delivery.objects.filter(context={}, detail="").values_list("pk", flat=True)) == set(old)
        assert Delivery.objects.exclude(context={}).count() == len(kept)
        assert purge() == {}

    def test_nobody_gets_it_twice(self) -> None:
        ask_for("old", state="sent", days_ago=181)
        purge()
        assert not people.request_delivery(key="old", user_id=7, kind="case_answered", context={})

    def test_an_empty_mail_is_not_sent_again(self) -> None:
        failed = ask_for("old", state="failed", days_ago=181)
        young = ask_for("young", state="failed", days_ago=1)
        purge()
        assert not people.resend_delivery(failed, actor_id=1)
        assert people.resend_delivery(young, actor_id=1)

    def test_records_go_where_the_site_wants_that(self, settings: Any) -> None:
        settings.PEOPLE_DELIVERY_ROWS_KEEP_DAYS = 365
        ask_for("old", state="sent", days_ago=366)
        ask_for("young", state="sent", days_ago=364)
        assert purge()["mail records"] == 1
        assert list(Delivery.objects.values_list("key", flat=True)) == ["young"]


@pytest.mark.django_db
def test_audit_entries_go_where_the_site_wants_that(settings: Any) -> None:
    for days in (10, 100):
        people.record_audit(actor_id=1, verb="x", target="y", context_key="")
        AuditEntry.objects.filter(verb="x").update(verb=f"{days}", recorded_at=timezone.now() - timedelta(days=days))
    assert purge() == {}
    settings.PEOPLE_AUDIT_KEEP_DAYS = 50
    assert purge() == {"audit entries": 1}
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["10"]


@pytest.mark.django_db
def test_it_works_in_small_steps_and_goes_on_where_it_stopped(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 3)
    settings.PEOPLE_DELIVERY_ROWS_KEEP_DAYS = 1
    settings.PEOPLE_DELIVERIES_KEEP_DAYS = 0
    for number in range(8):
        ask_for(f"k{number}", state="sent", days_ago=9)
    run = people.purge_expired()
    assert next(run) == {"mail records": 3}
    run.close()  # killed
    assert Delivery.objects.count() == 5
    assert list(people.purge_expired()) == [{"mail records": 3}, {"mail records": 2}]


@pytest.mark.django_db
def test_the_command_only_says_so_first_and_leaves_a_record() -> None:
    ask_for("old", state="sent", days_ago=181)
    out = StringIO()
    call_command("purge_expired", "--dry-run", stdout=out)
    assert "mail contents: 1" in out.getvalue()
    assert Delivery.objects.exclude(context={}).exists()
    call_command("purge_expired", stdout=out)
    assert "Done: mail contents: 1" in out.getvalue()
    status = next(job for job in people.list_jobs() if job.name == "people.purge_expired")
    assert status.counts == {"mail contents": 1}
    assert status.every_seconds == 86_400


class TestTexts:
    """Texts may go after a course; every verdict, grade and point is as before."""

    def test_texts_of_a_past_course_go_and_nothing_is_judged_anew(
        self, lived: Town, at_once: Callable[[], Any], settings: Any
    ) -> None:
        from discussion_ext import api

        with at_once():
            api.clear_override(usage_key=lived.case, user_id=lived.leaving.pk, actor_id=lived.staff.pk)
            sweep(lived)
        before = look(lived)
        settings.DISCUSSION_EXT_TEXTS_KEEP_DAYS = 365
        end_course(364)
        assert purge() == {}
        end_course(366)
        with at_once():
            assert purge() == {"texts of past courses": 8}
        with at_once():
            sweep(lived)
        for user_id in (lived.leaving.pk, lived.staying.pk):
            with at_once():
                api.rescore(usage_key=lived.case, user_id=user_id)
        assert look(lived) == before
        texts = {"discussion_ext.Contribution.body", "discussion_ext.Contribution.title"}
        assert not find_traces() & texts
        assert find_forum_traces(held=True) == set()
        # The course's own discussion is the platform's to keep.
        assert find_forum_traces(held=False)
        assert purge() == {}

    def test_what_somebody_still_waits_for_is_judged_first(self, lived: Town, settings: Any) -> None:
        from discussion_ext.models import PendingEvaluation, Task

        settings.DISCUSSION_EXT_TEXTS_KEEP_DAYS = 365
        end_course(366)
        PendingEvaluation.objects.create(task=Task.objects.get(), user_id=lived.staying.pk)
        assert purge() == {"texts of past courses": 2}  # those outside the case

    def test_a_decision_of_the_team_can_still_be_taken_back(
        self, lived: Town, at_once: Callable[[], Any], settings: Any
    ) -> None:
        from discussion_ext import api

        settings.DISCUSSION_EXT_TEXTS_KEEP_DAYS = 1
        end_course(2)
        who: dict[str, Any] = {"usage_key": lived.case, "user_id": lived.leaving.pk}
        evaluated = api.calculate_score(**who)
        purge()
        assert api.get_score(**who) == (3, 10)
        with at_once():
            api.clear_override(**who, actor_id=lived.staff.pk)
        assert api.get_score(**who) == evaluated != (3, 10)

    def test_texts_taken_away_go(self, lived: Town, settings: Any) -> None:
        from discussion_ext import api
        from discussion_ext.models import Contribution

        settings.DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS = 30
        removed = Contribution.objects.filter(pk=lived.posts["removed"])
        assert purge() == {}
        removed.update(state_at=timezone.now() - timedelta(days=31))
        assert purge() == {"texts taken away": 1}
        post = removed.get()
        assert (post.body, post.state, post.is_erased) == ("", "removed", True)
        assert post.state_reason.endswith(WORDS)
        with pytest.raises(api.NotAllowedError, match="no longer kept"):
            api.restore_contribution(usage_key=lived.case, contribution_id=post.pk, actor_id=lived.staff.pk)

    def test_the_open_case_goes_on_for_somebody_whose_removed_text_went(
        self, lived: Town, at_once: Callable[[], Any], settings: Any
    ) -> None:
        from discussion_ext import api
        from discussion_ext.models import Contribution, Participation

        settings.DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS = 30
        removed = Contribution.objects.filter(pk=lived.posts["removed"])
        removed.update(state_at=timezone.now() - timedelta(days=31))
        purge()
        mine = Participation.objects.get(user_id=lived.leaving.pk)
        with at_once():
            api.withdraw_contribution(
                usage_key=lived.case, contribution_id=lived.posts["answer"], user_id=lived.leaving.pk
            )
        assert Participation.objects.get(pk=mine.pk).answers_done == mine.answers_done - 1

    def test_decided_reports_go_and_open_ones_stay(
        self, lived: Town, at_once: Callable[[], Any], settings: Any
    ) -> None:
        from discussion_ext import api
        from discussion_ext.models import Report

        settings.DISCUSSION_EXT_REPORTS_KEEP_DAYS = 90
        first, second = Report.objects.order_by("pk")
        with at_once():
            api.resolve_report(
                usage_key=lived.case, report_id=first.pk, actor_id=lived.staff.pk, is_upheld=False, reason="Fine"
            )
        Report.objects.filter(pk=first.pk).update(resolved_at=timezone.now() - timedelta(days=91))
        Report.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(days=999))
        assert purge() == {"reports": 1}
        assert Report.objects.get() == second


@pytest.mark.mariadb
@pytest.mark.django_db
def test_empty_contexts_are_told_from_full_ones_on_mariadb_too() -> None:
    """JSON is compared differently there."""
    ask_for("old", state="sent", days_ago=181)
    failed = ask_for("failed", state="failed", days_ago=181)
    assert purge() == {"mail contents": 2}
    assert purge() == {}
    assert not people.resend_delivery(failed, actor_id=1)


class TestAttendance:
    def test_the_history_goes_with_its_reasons_and_who_was_there_stays(self, lived: Town, settings: Any) -> None:
        from discussion_ext.models import Attendance, AttendanceChange

        settings.DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS = 30
        purge()
        mine = Attendance.objects.get(user_id=lived.leaving.pk)
        assert (mine.state, bool(mine.reason), AttendanceChange.objects.count()) == ("excused", True, 1)
        long_ago = timezone.now() - timedelta(days=31)
        AttendanceChange.objects.update(at=long_ago)
        Attendance.objects.update(recorded_at=long_ago)
        purge()
        mine.refresh_from_db()
        assert (mine.state, mine.reason, AttendanceChange.objects.count()) == ("excused", "", 0)
