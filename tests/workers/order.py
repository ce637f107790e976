"""What is true of a community when all work is done, whatever happened on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from django.db.models import F, Sum
from django.utils import timezone
from forum.models import Comment, CommentThread
from opaque_keys.edx.keys import UsageKey

from chapters.models import Chapter, Membership, Standing
from common.djangoapps.student.models import CourseEnrollment
from discussion_ext import api
from discussion_ext.attendance.seats import find_miscounted
from discussion_ext.models import (
    Board,
    Contribution,
    HelpfulMark,
    Participation,
    PendingEvaluation,
    Task,
    TaskGroup,
    Topic,
)
from gamification import api as gamification
from gamification.models import Entry, Total
from lms.djangoapps.courseware.models import StudentModule
from people.models import Delivery, Errand, JobRun, NewsItem
from tests.workers.conftest import COURSE


def let_time_pass() -> None:
    """Make every claim of a process that died lapse, and what waits because of it due."""
    past = timezone.now() - timedelta(hours=3)
    JobRun.objects.filter(held_until__isnull=False).update(held_until=past)
    Errand.objects.update(due_at=past)
    Errand.objects.filter(claimed_until__isnull=False).update(claimed_until=past)
    Delivery.objects.filter(claimed_at__isnull=False).update(claimed_at=past)
    Entry.objects.filter(is_folded=False).update(recorded_at=past)


def assert_in_order(folder: Path) -> None:
    """Check the whole community against its own first principles."""
    _check_contributions()
    _check_counts()
    _check_evaluations()
    _check_points()
    _check_mail(folder)
    assert not Errand.objects.exists()
    _check_news()
    assert not find_miscounted().exists()
    _check_boards()
    _check_chapters()


def _check_chapters() -> None:
    """Every chapter counts its members, no standing outlives its course, nobody waits for a digest."""
    for chapter in Chapter.objects.all():
        assert chapter.members == chapter.memberships.filter(state="member").count()
    assert not Standing.objects.filter(source="rule", ended_at__isnull=True).exists()
    assert not Membership.objects.filter(digest_at__lte=timezone.now()).exists()


def _check_boards() -> None:
    """Every topic counts its replies, every board its topics; what is due is closed."""
    for topic in Topic.objects.all():
        replies = Contribution.objects.filter(root=topic.contribution_id, state="live")
        assert topic.replies == replies.count()
        assert topic.contribution.board_words.exists()
    for board in Board.objects.all():
        assert board.listed == board.topics.filter(shelf="list").count()
    assert not Topic.objects.filter(closes_at__lt=timezone.now()).exists()


def _check_contributions() -> None:
    posts = [f"thread:{pk}" for pk in CommentThread.objects.values_list("pk", flat=True)]
    posts += [f"comment:{pk}" for pk in Comment.objects.values_list("pk", flat=True)]
    assert sorted(posts) == sorted(Contribution.objects.values_list("forum_key", flat=True))
    assert not Contribution.objects.filter(fold_due__isnull=False).exists()
    assert not Contribution.objects.filter(points_due__isnull=False).exists()


def _check_counts() -> None:
    live = Contribution.objects.filter(kind="position", state="live")
    counted = Counter(live.values_list("task_id", flat=True))
    assert counted == Counter({row.task_id: row.positions for row in TaskGroup.objects.all() if row.positions})
    marks = Counter(HelpfulMark.objects.filter(is_on=True).values_list("contribution_id", flat=True))
    helpful = Contribution.objects.filter(helpful__gt=0).values_list("pk", "helpful")
    assert marks == Counter(dict(helpful))
    assert not HelpfulMark.objects.exclude(is_counted=F("is_on")).exists()


def _check_evaluations() -> None:
    """What is stored and published is what the evaluator says now."""
    assert not PendingEvaluation.objects.exists()
    cases = dict(Task.objects.values_list("pk", "usage_key"))
    # What is written in a stage is graded in its blended task.
    wholes = dict(Task.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    for stage_or_case, user_id in Contribution.objects.values_list("task_id", "author_id").distinct():
        if stage_or_case is None:
            continue
        task_id = wholes.get(stage_or_case, stage_or_case)
        stored = Participation.objects.get(task_id=task_id, user_id=user_id)
        usage_key = UsageKey.from_string(cases[task_id])
        assert (stored.earned, stored.possible) == api.calculate_score(usage_key=usage_key, user_id=user_id)
        assert (stored.published_earned, stored.published_possible) == (stored.earned, stored.possible)
        grade = StudentModule.objects.get(student_id=user_id, module_state_key=usage_key)
        assert (grade.grade, grade.max_grade) == (stored.earned, stored.possible)


def _check_points() -> None:
    assert not Entry.objects.filter(is_folded=False).exists()
    revisions = Entry.objects.values_list("source", "revision")
    assert len(revisions) == len(set(revisions))
    assert not gamification.compare_course(COURSE, is_repair=False)
    # What is said on boards earns nothing.
    told = Contribution.objects.filter(state="live", course_id=str(COURSE)).count()
    assert Entry.objects.filter(source__startswith="contribution:", revision=1).count() == told
    # Three points a post, two posts of a kind a day; nobody here writes more than two.
    given = Total.objects.aggregate(sum=Sum("points"))["sum"] or 0
    assert given == 3 * told


def _check_mail(folder: Path) -> None:
    """Nobody got a mail twice, and what is on record as sent was sent."""
    mails = read_mails(folder)
    assert all(number == 1 for number in mails.values()), mails
    for delivery in Delivery.objects.all():
        if delivery.state == "sent" and delivery.kind == "notice":
            assert mails[delivery.context["items"][0]["context"]["task_title"]] == 1
        if delivery.state == "sent" and delivery.context.get("case_title"):
            assert mails[delivery.context["case_title"]] == 1
        assert delivery.state in {"sent", "unknown"}


def _check_news() -> None:
    """What was told stands in one mail, and everybody who had to hear of a case's opening has been asked once."""
    told = [item["key"] for mail in Delivery.objects.all() for item in mail.context.get("items", [])]
    assert sorted(told) == sorted(NewsItem.objects.filter(state="told").values_list("key", flat=True))
    for task in Task.objects.filter(opening_told_for__isnull=False):
        learners = CourseEnrollment.objects.filter(course_id=COURSE, is_active=True).values_list("user_id", flat=True)
        news = NewsItem.objects.filter(key__startswith=f"case_opens:{task.pk}:").values_list("user_id", flat=True)
        assert set(news) <= set(learners)


def read_mails(folder: Path, *, pattern: str = r"Mail \d+") -> Counter[str]:
    """Return how often each mail lies in the mail folder; the titles of their cases tell them apart."""
    found: Counter[str] = Counter()
    for path in (folder / "mail").glob("*.log"):
        for text in path.read_bytes().split(b"-" * 79):
            subject = str(make_header(decode_header(message_from_bytes(text.strip()).get("Subject", ""))))
            found.update(re.findall(pattern, subject))
    return found
