"""A chapter with everybody in it who comes to its doors, and one thing of each kind that a door can be about."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chapters import api, discussion, visits
from chapters.data import (
    Audience,
    ChapterRole,
    ChapterState,
    ConcernKind,
    MembershipState,
    QuestionKind,
)
from chapters.models import Invitation, JoinQuestion
from common.djangoapps.student.models import UserProfile
from discussion_ext.data import TopicDraftData, TopicKind
from tests.chapters import factories as make
from tests.doors.event_world import hold_events

if TYPE_CHECKING:
    from tests.doors.world import World

#: The people who come to the doors of chapters, beside those of the courses; in the columns' order.
PEOPLE = (
    "member", "alumni", "banned", "requested", "lead", "co-organizer", "board moderator", "host", "check-in helper",
    "event host", "organizer elsewhere", "proposer", "manager",
)  # fmt: skip
#: People whom the doors are about.
SUBJECTS = ("newcomer", "kept out", "decider", "heir")
TERMS = {
    "lead": ChapterRole.LEAD,
    "co-organizer": ChapterRole.CO_ORGANIZER,
    "board moderator": ChapterRole.MODERATOR,
    "host": ChapterRole.HOST,
    "check-in helper": ChapterRole.CHECK_IN,
}
TEXTS = {
    "topic": "How do you open the first talk with somebody who was passed over for your post?",
    "reply": "I name it in the first minute, because both of us think of nothing else.",
    "reported": "Buy my course and you will never have to ask again.",
    "removed": "His name is on the door of room twelve, go and look.",
    "alumni": "What do you still use of the second module, a year after the certificate?",
    "foreign": "We meet at the harbour on the last Thursday, come early for a chair.",
}
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
SECRET = "He reads my letters aloud at the committee and laughs."
REASON = "Somebody should look at it."


def hold_chapter(world: World) -> None:
    """Make a chapter with people in every role, talk on two boards, requests, bans and confidential reports."""
    _make_people(world)
    ids, people = world.ids, {name: user.pk for name, user in world.people.items()}
    region = make.make_region()
    chapter = make.make_chapter(
        "Nairobi evenings", slug="nairobi-evenings", region=region, has_questions=True, proposed_by=people["proposer"]
    )
    make.make_rule(chapter, Audience.ALUMNI, "course-v1:Meridian+DOORS+2026")
    other = make.make_chapter("Mombasa mornings", slug="mombasa-mornings", region=region)
    proposed = make.make_chapter(
        "Kisumu lunches", slug="kisumu-lunches", state=ChapterState.PROPOSED, proposed_by=people["member"]
    )
    ids |= {"chapter": chapter.id, "other chapter": other.id, "proposed chapter": proposed.id}
    for name in ("member", "event host", "newcomer", "heir", *TERMS):
        make.make_member(chapter, people[name])
    make.make_member(chapter, people["alumni"], audiences=(Audience.ALUMNI,))
    for name, role in TERMS.items():
        ids[f"term {name}"] = make.give_role(chapter, people[name], role).pk
    make.make_organizer(other, people["organizer elsewhere"])
    _let_in(world, people)
    _talk(world, people)
    _report(world, people)
    hold_events(world)


def _make_people(world: World) -> None:
    for name in (*PEOPLE, *SUBJECTS):
        username = f"chapter_{name.replace(' ', '_').replace('-', '_')}"
        joined = timezone.now() - timedelta(days=100)
        user = User.objects.create_user(username, f"{username}@secret.example.com", date_joined=joined)
        UserProfile.objects.update_or_create(user=user, defaults={"name": name.title(), "year_of_birth": 1980})
        world.people[name] = user
    manages = Permission.objects.get(content_type__app_label="chapters", codename="manage_chapters")
    world.people["manager"].user_permissions.add(manages)


def _let_in(world: World, people: dict[str, int]) -> None:
    """Let somebody ask to come in, keep two people out, and invite a stranger."""
    chapter = api.get_chapter(world.ids["chapter"])
    question = JoinQuestion.objects.create(chapter_id=chapter.id, text="Whom do you lead?", kind=QuestionKind.TEXT)
    world.ids["question"] = question.pk
    now = timezone.now()
    asked = make.make_member(
        chapter,
        people["requested"],
        state=MembershipState.REQUESTED,
        joined_at=None,
        asked_at=now,
        due_at=now + timedelta(days=5),
    )
    world.ids["request"] = asked.id
    for name in ("banned", "kept out"):
        ban = make.make_ban(chapter, people[name], banned_by=people["decider"])
        world.ids[f"ban {name}"] = ban.pk
    ban.appeal, ban.appealed_at = "It was my brother who wrote that.", now
    ban.save()
    invited = Invitation.objects.create(chapter_id=chapter.id, user_id=people["stranger"], audience=Audience.ALUMNI)
    world.ids["invitation"] = invited.pk


def _talk(world: World, people: dict[str, int]) -> None:
    """Let members talk on both boards; one post is reported, one removed."""
    ids = world.ids

    def visit(name: str, audience: Audience = Audience.EVERYONE, *, place: str = "chapter") -> visits.Visit:
        chapter = api.get_chapter(ids[place])
        return visits.open_board(chapter, api.find_access(chapter, people[name]), audience)

    def at_topic(name: str, topic_id: int) -> visits.Visit:
        chapter = api.get_chapter(ids["chapter"])
        return visits.open_topic(chapter, api.find_access(chapter, people[name]), topic_id)

    def at_post(name: str, post_id: int) -> visits.Visit:
        chapter = api.get_chapter(ids["chapter"])
        return visits.open_post(chapter, api.find_access(chapter, people[name]), post_id)

    def draft(name: str) -> TopicDraftData:
        return TopicDraftData(kind=TopicKind.PROBLEM, title=TEXTS[name][:40], body=TEXTS[name])

    ids["topic"] = discussion.start_topic(visit("member"), draft("topic"))
    world.picture = _show_a_picture(visit("member"))
    ids["topic post"] = at_topic("member", ids["topic"]).post_id
    for name, author in (("reply", "member"), ("reported", "newcomer"), ("removed", "newcomer")):
        ids[f"board {name}"] = discussion.reply(at_topic(author, ids["topic"]), body=TEXTS[name])
    discussion.report_post(at_post("alumni", ids["board reported"]), reason="An advertisement.")
    discussion.remove_post(at_post("board moderator", ids["board removed"]), reason="It names somebody.")
    ids["alumni topic"] = discussion.start_topic(visit("alumni", Audience.ALUMNI), draft("alumni"))
    ids["alumni post"] = at_topic("alumni", ids["alumni topic"]).post_id
    foreign = visit("organizer elsewhere", place="other chapter")
    ids["foreign topic"] = discussion.start_topic(foreign, draft("foreign"))


def _report(world: World, people: dict[str, int]) -> None:
    """Let a member report the lead organizer in confidence."""
    from chapters.api import concerns

    made = concerns.create_concern(
        chapter_id=world.ids["chapter"],
        reporter_id=people["member"],
        kind=ConcernKind.CONDUCT,
        text=SECRET,
        about=(people["lead"],),
        is_anonymous=False,
        request_key="",
    )
    world.ids["concern"] = made.id


def _show_a_picture(visit: visits.Visit) -> str:
    """Let somebody upload a picture and write a topic with it, and return its name."""
    picture = discussion.add_picture(visit, file=io.BytesIO(PIXEL), alt="A door")
    draft = TopicDraftData(kind=TopicKind.LIGHT, title="A door", body=TEXTS["reply"], picture_uids=(picture.uid,))
    discussion.start_topic(visit, draft)
    return picture.uid
