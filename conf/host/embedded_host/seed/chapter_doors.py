"""The doors of chapters: proposing, joining, giving roles, writing on boards, reporting. Each is the real call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from opaque_keys.edx.keys import CourseKey

from chapters import api as chapters
from chapters.api import concerns, courses, membership, organizers
from chapters.boards import board_key
from chapters.data import (
    Action,
    Audience,
    ChapterPlanData,
    ChapterRole,
    ChapterScope,
    ChapterState,
    ChapterType,
    ConcernKind,
    IntroductionData,
    JoinQuestionData,
    PositioningData,
    QuestionKind,
    RuleData,
)
from chapters.models import Region
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind

from .roster import Person

_PERMISSION: Final = "manage_chapters"


class ChapterDoors:
    """Acts of people in chapters, which are named by their slugs."""

    def __init__(self) -> None:
        """Serve all chapters."""
        self._ids: dict[str, int] = {}
        self._chapters: dict[str, int] = {}

    # -- what the site sets up -------------------------------------------------------------------------------------

    def make_regions(self, regions: Sequence[Mapping[str, str]]) -> None:
        """Divide the world."""
        for place, region in enumerate(regions):
            Region.objects.get_or_create(slug=region["slug"], defaults={"name": region["name"], "position": place})

    def make_manager(self, person: Person) -> None:
        """Give somebody the permission of a community manager."""
        permission = Permission.objects.get(content_type__app_label="chapters", codename=_PERMISSION)
        get_user_model().objects.get(pk=self.user_id(person)).user_permissions.add(permission)

    def hold_course(self, course_key: CourseKey, name: str) -> None:
        """Make a course of before, of which only the name and the people are of interest."""
        from embedded_host.courses.store import CourseStore
        from embedded_host.models import Branch

        store = CourseStore(Branch.DRAFT)
        course = store.create_course(course_key, {"display_name": name, "start": "2025-01-06T09:00:00Z"})
        store.publish(course.location)

    def complete(self, person: Person, course_key: CourseKey) -> None:
        """Take a course of before and complete it."""
        from common.djangoapps.student.models import CourseEnrollment
        from lms.djangoapps.certificates.data import CertificateStatuses
        from lms.djangoapps.certificates.models import GeneratedCertificate

        user = get_user_model().objects.get(pk=self.user_id(person))
        CourseEnrollment.enroll(user, course_key)
        GeneratedCertificate.objects.get_or_create(
            user=user, course_id=course_key, defaults={"status": CertificateStatuses.downloadable, "name": person.name}
        )

    def show_in_course(self, person: Person, course_key: CourseKey) -> None:
        """Turn chapters on in a course, as its team does in Studio."""
        courses.set_on(course_key, True, actor_id=self.user_id(person))

    # -- the life of a chapter -------------------------------------------------------------------------------------

    def propose(self, person: Person, told: Mapping[str, Any]) -> None:
        """Propose a chapter."""
        chapter = chapters.propose(actor_id=self.user_id(person), plan=_plan(told))
        self._chapters[told["slug"]] = chapter.id

    def approve(self, manager: Person, told: Mapping[str, Any]) -> None:
        """Approve what was proposed, in a region and at an address."""
        region = Region.objects.get(slug=told["region"])
        self.move(manager, told["slug"], ChapterState.FORMING, slug=told["slug"], region_id=region.pk)

    def move(self, person: Person, chapter: str, to: ChapterState, **also: Any) -> None:
        """Take a step in a chapter's life."""
        chapters.move_chapter(chapter_id=self._chapters[chapter], actor_id=self.user_id(person), to=to, **also)

    def set_rules(self, manager: Person, slug: str, rules: Sequence[RuleData]) -> None:
        """Say which courses belong to a chapter."""
        chapters.set_rules(chapter_id=self._chapters[slug], actor_id=self.user_id(manager), rules=rules)

    def give_role(self, giver: Person, slug: str, person: Person, role: ChapterRole) -> None:
        """Give a role."""
        organizers.give_role(
            chapter_id=self._chapters[slug], actor_id=self.user_id(giver), user_id=self.user_id(person), role=role
        )

    def ask_questions(self, organizer: Person, slug: str, questions: Sequence[Mapping[str, Any]]) -> None:
        """Ask whoever wants to join."""
        asked = [
            JoinQuestionData(
                id=0,
                text=each["text"],
                kind=QuestionKind(each["kind"]),
                hint=each.get("hint", ""),
                choices=tuple(each.get("choices", ())),
            )
            for each in questions
        ]
        membership.set_questions(chapter_id=self._chapters[slug], actor_id=self.user_id(organizer), questions=asked)

    # -- people ----------------------------------------------------------------------------------------------------

    def join(self, person: Person, slug: str, said: Mapping[str, str], answers: Sequence[str] = ()) -> None:
        """Join, or ask to, with an introduction."""
        chapter_id = self._chapters[slug]
        questions = membership.list_questions(chapter_id)
        membership.join(
            chapter_id=chapter_id,
            user_id=self.user_id(person),
            introduction=_introduction(person, said),
            answers={question.id: text for question, text in zip(questions, answers, strict=False)},
        )

    def introduce(self, person: Person, slug: str, said: Mapping[str, str]) -> None:
        """Say who one is, for members who were let in by somebody."""
        membership.introduce(
            chapter_id=self._chapters[slug],
            user_id=self.user_id(person),
            introduction=_introduction(person, said),
        )

    def leave(self, person: Person, slug: str, *, reason: str, note: str) -> None:
        """Leave, with a reason."""
        membership.leave(chapter_id=self._chapters[slug], user_id=self.user_id(person), reason=reason, note=note)

    def say_hello(self, person: Person, slug: str, other: Person) -> None:
        """Say hello to another member."""
        chapter_id = self._chapters[slug]
        membership.say_hello(chapter_id=chapter_id, user_id=self.user_id(person), to_user_id=self.user_id(other))

    def ban(self, organizer: Person, slug: str, person: Person, *, reason: str, until: datetime) -> None:
        """Keep somebody out for a time."""
        membership.ban(
            chapter_id=self._chapters[slug],
            user_id=self.user_id(person),
            actor_id=self.user_id(organizer),
            reason=reason,
            expires_at=until,
        )

    def appeal(self, person: Person, slug: str, text: str) -> None:
        """Say why a ban is wrong."""
        ban = membership.find_ban(chapter_id=self._chapters[slug], user_id=self.user_id(person))
        if ban is not None:
            membership.appeal(ban_id=ban.id, user_id=self.user_id(person), text=text)

    def report_in_confidence(self, person: Person, slug: str, told: Mapping[str, Any], about: Person) -> None:
        """Report something past the chapter."""
        concerns.create_concern(
            chapter_id=self._chapters[slug],
            reporter_id=self.user_id(person),
            kind=ConcernKind(told["kind"]),
            text=told["text"].strip(),
            about=(self.user_id(about),),
            is_anonymous=told["is_anonymous"],
        )

    # -- boards ----------------------------------------------------------------------------------------------------

    def may_write(self, person: Person, slug: str, audience: str) -> bool:
        """Ask whether somebody may write on a board."""
        chapter = chapters.get_chapter(self._chapters[slug])
        access = chapters.find_access(chapter, self.user_id(person))
        return access.is_member and access.can(Action.START_TOPIC, audience=Audience(audience))

    def start_topic(self, person: Person, slug: str, told: Mapping[str, Any]) -> int:
        """Begin a topic and return its id."""
        return boards.start_topic(
            board_key=board_key(self._chapters[slug], Audience(told["board"])),
            author_id=self.user_id(person),
            draft=TopicDraftData(kind=TopicKind(told["kind"]), title=told["title"], body=told["body"].strip()),
        )

    def reply(self, person: Person, topic_id: int, body: str) -> int:
        """Answer a topic and return the post's id."""
        return boards.reply(topic_id=topic_id, author_id=self.user_id(person), body=body)

    def find_helpful(self, person: Person, post_id: int) -> None:
        """Mark a post as helpful."""
        boards.set_helpful(post_id=post_id, user_id=self.user_id(person), is_helpful=True)

    def report_post(self, person: Person, post_id: int, reason: str) -> None:
        """Report a post to the chapter's moderators."""
        boards.report_post(post_id=post_id, user_id=self.user_id(person), reason=reason)

    # -- who and where ---------------------------------------------------------------------------------------------

    def user_id(self, person: Person) -> int:
        """Return the id of somebody's account."""
        if person.username not in self._ids:
            self._ids[person.username] = get_user_model().objects.get(username=person.username).pk
        return self._ids[person.username]

    def chapter_id(self, slug: str) -> int:
        """Return the id of a chapter that was proposed before."""
        return self._chapters[slug]


def _introduction(person: Person, said: Mapping[str, str]) -> IntroductionData:
    return IntroductionData(
        position=said["position"], place=person.city, skills=said["skills"], why=said["why"], hobbies=said["hobbies"]
    )


def _plan(told: Mapping[str, Any]) -> ChapterPlanData:
    plain = ("name", "lead", "city", "country", "topic", "zone", "welcome", "contact", "cover")
    return ChapterPlanData(
        **{name: told[name] for name in plain if name in told},
        scope=ChapterScope(told["scope"]),
        type=ChapterType(told["type"]),
        languages=tuple(told["languages"]),
        positioning=PositioningData(**told["positioning"]),
        entry=Audience(told["entry"]),
    )
