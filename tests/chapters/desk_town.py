"""A chapter with the people who run it, and short ways to open and post the pages of its desk as one of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chapters.boards import ensure_boards
from chapters.data import Audience, ChapterRole, MembershipState
from chapters.models import JoinAnswer, JoinQuestion, Membership

from . import factories

COURSE = "course-v1:Meridian+LT1+2026"


class Desk:
    """One chapter in Nairobi, one in Utrecht, and people by what they are to the first."""

    def __init__(self) -> None:
        chapter = factories.make_chapter("Nairobi evening chapter", welcome="Karibu", unique_value="Practice")
        self.chapter = factories.make_rule(chapter, Audience.ALUMNI, COURSE)
        self.elsewhere = factories.make_chapter("Utrecht")
        for each in (self.chapter, self.elsewhere):
            ensure_boards(each)
        self.lead = self.run("Wanjiru Kamau", ChapterRole.LEAD)
        self.second = self.run("Daniel Oduor", ChapterRole.CO_ORGANIZER)
        self.moderator = self.run("Moses Mutua", ChapterRole.MODERATOR)
        self.member = self.join("Amina Yusuf")
        self.other_lead = factories.make_organizer(self.elsewhere, factories.make_account("Lotte Vermeer"))
        self.manager = factories.make_manager("Mina Manager")
        self.outsider = factories.make_account("Oscar Outside")

    def join(self, name: str, **fields: Any) -> int:
        """Return a new member."""
        return factories.make_member(self.chapter, factories.make_account(name), **fields).user_id

    def run(self, name: str, role: ChapterRole, **fields: Any) -> int:
        """Return a new member with a role."""
        return factories.make_organizer(self.chapter, factories.make_account(name), role=role, **fields)

    def ask(self, name: str, *, answer: str = "I lead a team", due_in_days: float = 3, **fields: Any) -> Membership:
        """Return the request of somebody who wants to join."""
        now = timezone.now()
        if not JoinQuestion.objects.filter(chapter_id=self.chapter.id).exists():
            JoinQuestion.objects.create(chapter_id=self.chapter.id, text="What do you work on?")
        made = factories.make_member(
            self.chapter,
            factories.make_account(name),
            state=MembershipState.REQUESTED,
            asked_at=now - timedelta(days=1),
            due_at=now + timedelta(days=due_in_days),
            **fields,
        )
        JoinAnswer.objects.create(membership_id=made.id, question="What do you work on?", answer=answer)
        return Membership.objects.get(pk=made.id)

    def sign_in(self, user_id: int | None) -> Client:
        """Return a browser in which somebody is signed in."""
        client = Client()
        if user_id is not None:
            client.force_login(User.objects.get(pk=user_id))
        return client

    def url(self, name: str, *args: object) -> str:
        """Return the address of a page: of the desk with the chapter's slug, of a manager without."""
        slug = () if name.startswith("manage") else (self.chapter.slug,)
        return reverse(f"chapters:{name}", args=[*slug, *args])

    def get(self, user_id: int | None, name: str, /, *args: object, **query: Any) -> Any:
        """Open a page as somebody."""
        return self.sign_in(user_id).get(self.url(name, *args), query)

    def post(self, user_id: int | None, name: str, /, *args: object, **data: Any) -> Any:
        """Send a form as somebody."""
        return self.sign_in(user_id).post(self.url(name, *args), data)


def read(response: Any) -> str:
    """Return what a page says between its head and its foot, without the tags."""
    content = response.content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
