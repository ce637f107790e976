"""Gates: what stands between a rule of the table and a yes. Each returns a refusal, or None to let somebody pass."""

from __future__ import annotations

from django.utils.translation import gettext as _

from . import addresses
from .data import Audience, ChapterRole, ChapterState, DecisionData, MembershipState
from .standpoints import Asked, Facts, no


def can_join(facts: Facts, asked: Asked) -> DecisionData | None:
    """Refuse who is a member already, or has asked."""
    del asked
    here = addresses.chapter_url(facts.chapter.slug)
    if facts.is_member:
        return no("already_member", _("You are a member already."), _("Go to the chapter."), here)
    if facts.membership is not None and facts.membership.state is MembershipState.REQUESTED:
        return no(
            "request_waits",
            _("You have asked to join, and the organizers have not answered yet."),
            _("You hear from them by mail."),
            here,
        )
    return None


def meets_entry(facts: Facts, asked: Asked) -> DecisionData | None:
    """Refuse whom the entry rule does not let in."""
    del asked
    entry = facts.chapter.entry
    if entry is Audience.EVERYONE or entry in facts.entitled or facts.is_manager:
        return None
    if entry is Audience.ALUMNI:
        return no(
            "not_entitled",
            _("This chapter is for people who completed one of its courses."),
            _("Complete one of them first; its name stands on the chapter's page."),
            addresses.chapter_url(facts.chapter.slug),
        )
    return no(
        "not_entitled",
        _("This chapter is for people who take one of its courses."),
        _("Enrol in one of them first; its name stands on the chapter's page."),
        addresses.chapter_url(facts.chapter.slug),
    )


def can_leave(facts: Facts, asked: Asked) -> DecisionData | None:
    """Keep the last organizer of a chapter that goes on."""
    del asked
    if not facts.is_last_organizer or facts.chapter.state is ChapterState.ARCHIVED:
        return None
    return no(
        "last_organizer",
        _("You are the last organizer of this chapter."),
        _("Hand it over to another member, or back to the community team, and then go."),
        addresses.chapter_url(facts.chapter.slug, "desk_life"),
    )


def has_audience(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let those read or write on a board to whom it is open; whoever looks after the boards reads all of them."""
    audience = asked.audience or Audience.EVERYONE
    if audience not in facts.chapter.boards:
        return no(
            "no_board",
            _("This chapter has no such board."),
            _("Choose another board."),
            addresses.chapter_url(facts.chapter.slug),
        )
    looks_after = facts.is_organizer or ChapterRole.MODERATOR in facts.roles or facts.is_manager
    if looks_after or (facts.membership is not None and audience in facts.membership.audiences):
        return None
    if audience is Audience.ALUMNI:
        return no(
            "not_in_audience",
            _("This board is for members who completed one of the chapter's courses."),
            _("It opens by itself once you have."),
            addresses.chapter_url(facts.chapter.slug),
        )
    return no(
        "not_in_audience",
        _("This board is for members who take one of the chapter's courses."),
        _("It opens by itself once you are enrolled."),
        addresses.chapter_url(facts.chapter.slug),
    )


def not_to_oneself(facts: Facts, asked: Asked) -> DecisionData | None:
    """Refuse what one cannot do to oneself."""
    if asked.target_id is None or asked.target_id != facts.user_id:
        return None
    return no(
        "yourself",
        _("You cannot do this to yourself."),
        _("Choose another member."),
        addresses.chapter_url(facts.chapter.slug, "people"),
    )


def not_to_organizers(facts: Facts, asked: Asked) -> DecisionData | None:
    """Keep volunteers from throwing each other out: roles end first, and the community team is there for the rest."""
    target = facts.terms.get(asked.target_id, frozenset()) if asked.target_id is not None else frozenset()
    if not target or facts.is_manager:
        return None
    return no(
        "has_role",
        _("This person has a role in the chapter."),
        _("End the role first, or ask the community team."),
        addresses.chapter_url(facts.chapter.slug, "desk_roles"),
    )


def was_not_mine(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let somebody else answer an appeal than who decided what it is about: ``target_id`` is who decided.

    Who runs a chapter alone answers it nevertheless: nobody else is told of it.
    """
    if facts.is_manager or asked.target_id is None or asked.target_id != facts.user_id or facts.is_last_organizer:
        return None
    return no(
        "own_decision",
        _("You decided this yourself, so somebody else answers the appeal."),
        _("Another organizer or the community team answers it."),
    )


def is_banned(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let those appeal who are kept out, once."""
    del asked
    if facts.ban is not None and not facts.ban.appeal:
        return None
    if facts.ban is not None:
        return no("appealed", _("You have said what you think of this."), _("You hear the answer by mail."))
    here = addresses.chapter_url(facts.chapter.slug)
    return no("not_banned", _("Nothing keeps you out of this chapter."), _("Go to the chapter."), here)


def runs_together(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let a chapter be handed back only by the last one who runs it: others step down, and it goes on."""
    del asked
    if facts.is_last_organizer:
        return None
    return no(
        "not_last",
        _("Others run this chapter with you."),
        _("Step down instead; the chapter goes on with them."),
        addresses.chapter_url(facts.chapter.slug, "desk_roles"),
    )


def has_no_role(facts: Facts, asked: Asked) -> DecisionData | None:
    """Keep who has a role in a chapter from handling reports about it."""
    del asked
    if not facts.roles:
        return None
    return no(
        "own_chapter",
        _("You have a role in this chapter, so reports about it go to others of the community team."),
        _("One of them takes it in hand."),
    )


def is_of_age(facts: Facts, asked: Asked) -> DecisionData | None:
    """Refuse who is too young for it."""
    del asked
    if facts.is_of_age:
        return None
    return no(
        "too_young",
        _("By the year of birth in your profile you are too young for this."),
        _("Boards and online meetings are open to you."),
    )
