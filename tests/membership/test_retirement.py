"""Somebody leaves the site: everything of theirs is freed and erased, and what is counted is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chapters.api import membership as api
from chapters.data import Audience, ChapterData, MembershipState
from chapters.models import Ban, Chapter, Greeting, Invitation, JoinAnswer, Membership, MemberWord, Standing, Term
from chapters.retirement import retire_person
from people import api as people
from people.models import AuditEntry
from tests.chapters.factories import make_chapter, make_member, make_organizer, make_rule
from tests.membership.conftest import ME, TEAMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(chapter: ChapterData, amina: int, school: Any) -> int:
    """Return somebody who is everywhere: a member and organizer, an applicant, banned, greeted and invited."""
    lead = make_organizer(chapter)
    school.finish(amina)
    api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
    other = make_member(chapter).user_id
    api.say_hello(chapter_id=chapter.id, user_id=amina, to_user_id=other)
    api.say_hello(chapter_id=chapter.id, user_id=other, to_user_id=amina)
    api.remove_member(chapter_id=chapter.id, user_id=other, actor_id=lead, reason="Because of another")
    second = make_chapter()
    make_organizer(second, amina)
    third = make_chapter()
    made = api.ban(chapter_id=third.id, user_id=amina, actor_id=lead, reason="Words about Amina")
    api.appeal(ban_id=made.id, user_id=amina, text="Words of Amina")
    fourth = make_chapter()
    row = make_member(fourth, amina, state=MembershipState.REQUESTED)
    JoinAnswer.objects.create(membership_id=row.id, question="Why?", answer="Because")
    make_rule(make_chapter(), Audience.ALUMNI, str(TEAMS))
    api.place_person(amina)
    assert Invitation.objects.filter(user_id=amina).exists()
    return amina


def test_everything_is_freed_and_counted_right(known: int, chapter: ChapterData) -> None:
    greeted = Greeting.objects.get(user_id=known).membership_id
    for _ in range(2):  # the pipeline may come again
        retire_person(known)
    assert not Membership.objects.filter(user_id=known, state__in=("member", "requested")).exists()
    for row in Chapter.objects.all():
        there = Membership.objects.filter(chapter=row, state=MembershipState.MEMBER).count()
        assert row.members == there
    assert not Term.objects.filter(user_id=known, ended_at__isnull=True).exists()
    assert not Standing.objects.filter(membership__user_id=known, ended_at__isnull=True).exists()
    for model in (MemberWord, JoinAnswer):
        assert not model.objects.filter(membership__user_id=known).exists()
    assert not Invitation.objects.filter(user_id=known).exists()
    assert not Greeting.objects.filter(user_id=known).exists()
    assert Membership.objects.get(pk=greeted).hellos == 0
    row = Membership.objects.get(user_id=known, chapter_id=chapter.id)
    assert {row.position, row.place, row.skills, row.why, row.hobbies, row.leave_note, row.decision_note} == {""}
    ban = Ban.objects.get(user_id=known)
    assert (ban.reason, ban.appeal) == ("", "")
    assert not AuditEntry.objects.filter(reason="Words about Amina").exists()
    assert AuditEntry.objects.filter(reason="Because of another").exists()


def test_nobody_calls_them_back(known: int, school: Any) -> None:
    from django.contrib.auth.models import User

    retire_person(known)
    User.objects.filter(pk=known).update(username="retired__user_9")
    people.run_job("chapters.reconcile_memberships")
    assert not Invitation.objects.filter(user_id=known).exists()
    assert not Standing.objects.filter(membership__user_id=known, ended_at__isnull=True).exists()


def test_the_export_tells_everything(known: int) -> None:
    found = json.loads("".join(people.export_person(known, actor_id=None)))
    sections = {each["name"]: each["rows"] for each in found["sections"]}
    for name in ("memberships", "member_words", "standings", "join_answers", "invitations", "greetings", "bans"):
        assert sections[f"chapters.{name}"], name
    assert sections["chapters.bans"][0]["appeal"] == "Words of Amina"
    assert "Because of another" not in json.dumps(found)
