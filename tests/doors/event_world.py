"""Events of the chapter, one of each kind that a door can be about, and what must stay with few people of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from chapters import api
from chapters.api import event_mails, event_results, events, rsvps, series
from chapters.data import (
    ChapterData,
    EventData,
    EventMailAudience,
    EventOpenTo,
    EventQuestionData,
    RsvpDraftData,
    RsvpState,
    SeriesFrequency,
    SeriesRuleData,
)
from discussion_ext.api import attendance, sessions
from discussion_ext.data import AttendanceState, MeetingMode
from tests.events.factories import make_draft, make_event, make_plan, make_rsvp, put_start

if TYPE_CHECKING:
    from tests.doors.world import World

#: What stands in an event for some of those who see it; HOST is the name of who hosts them.
HOST = "Event Host"
LINK = "https://video.example.net/room-nine"
PLACE = "Third floor above the bakery, ring at Otieno"
NEEDS = "A chair with arms, since my hip was mended."
ASKED = "Eleven bakers and one who never speaks."
PRESENCE = "I sat behind the pillar the whole evening."
RATED = "The role play about silence went under my skin."
LETTER = "Bring the letter that you never sent."
DRAFT = "Supper with a minister"
NOTES = "Half a sentence that nobody has read yet."
SECRETS = {
    "host": HOST,
    "link": LINK,
    "place": PLACE,
    "needs": NEEDS,
    "asked": ASKED,
    "presence": PRESENCE,
    "rated": RATED,
    "letter": LETTER,
    "draft": DRAFT,
    "notes": NOTES,
}


def hold_events(world: World) -> None:
    """Plan, hold and call off events in the chapter, with people who come, wait, ask, and were there."""
    chapter = api.get_chapter(world.ids["chapter"])
    _plan(world, chapter)
    _answer(world)
    _hold(world, chapter)
    _repeat(world, chapter)


def ticket_of(world: World, name: str, event: str = "event") -> str:
    """Return the token of somebody's ticket to an event."""
    meeting_id = events.get_event(world.ids[event]).meeting_id
    return attendance.make_ticket(meeting_id, world.people[name].pk)


def feed_of(world: World, name: str) -> str:
    """Return the token of somebody's calendar of the chapter."""
    return sessions.make_calendar_token(world.people[name].pk, of=f"chapter:{world.ids['chapter']}")


def _plan(world: World, chapter: ChapterData) -> None:
    """Publish an evening whose place is hidden, one to be changed, an open one, one that is called off; draft one."""
    lead, host = world.people["lead"].pk, world.people["event host"].pk
    evening = make_event(
        chapter,
        actor_id=lead,
        title="Evening of hard talks",
        host_ids=(host,),
        mode=MeetingMode.HYBRID,
        place=PLACE,
        place_hint="Near the market",
        is_place_hidden=True,
        link=LINK,
        guests_most=2,
        questions=(EventQuestionData(text="Whom do you lead?"),),
    )
    later = make_event(chapter, actor_id=lead, title="Morning of plain words", host_ids=(host,))
    public = make_event(
        chapter,
        actor_id=lead,
        title="Open evening",
        open_to=EventOpenTo.ANYONE,
        host_ids=(host,),
        mode=MeetingMode.HYBRID,
        place=PLACE,
        place_hint="Near the market",
        is_place_hidden=True,
        link=LINK,
    )
    off = make_event(chapter, actor_id=lead, title="Evening that is off", host_ids=(host,))
    events.cancel_event(event_id=off.id, actor_id=lead, reason="The hall is flooded.")
    draft = make_draft(chapter, actor_id=lead, title=DRAFT, host_ids=(lead,))
    template = events.save_template(event_id=later.id, actor_id=lead, name="Plain words")
    world.ids |= {
        "event": evening.id,
        "event later": later.id,
        "event open": public.id,
        "event off": off.id,
        "event draft": draft.id,
        "event template": template.id,
        "event question": events.list_questions(evening.id)[0].id or 0,
    }


def _answer(world: World) -> None:
    """Let people come in the room and online, wait, and ask to come; write to them."""
    event_id, people = world.ids["event"], world.people
    draft = RsvpDraftData(needs_note=NEEDS, guests=1, answers=((world.ids["event question"], ASKED),))
    rsvps.answer(event_id=event_id, user_id=people["member"].pk, draft=draft)
    rsvps.answer(event_id=event_id, user_id=people["alumni"].pk, draft=RsvpDraftData(mode=MeetingMode.ONLINE))
    event = events.get_event(event_id)
    make_rsvp(event, people["newcomer"].pk, state=RsvpState.WAITLISTED)
    world.ids["rsvp"] = make_rsvp(event, people["heir"].pk, state=RsvpState.PENDING).pk
    event_mails.send_mail(
        event_id=event_id,
        actor_id=people["event host"].pk,
        audience=EventMailAudience.GOING,
        subject="What to bring",
        body=LETTER,
        request_key="doors",
    )


def _hold(world: World, chapter: ChapterData) -> None:
    """Hold an evening that is over, one whose result nobody has published, and one that begins in a few minutes."""
    people, lead, host = world.people, world.people["lead"].pk, world.people["event host"].pk
    held, unwritten, soon = (
        make_event(chapter, actor_id=lead, title=title, host_ids=(host,), mode=MeetingMode.HYBRID, link=LINK)
        for title in ("Evening that was", "Evening without words", "Evening that begins")
    )
    for event in (held, unwritten):
        for name in ("member", "alumni", "newcomer", "heir"):
            make_rsvp(event, people[name].pk)
        put_start(event, timezone.now() - timedelta(days=3))
    make_rsvp(soon, people["alumni"].pk, mode=MeetingMode.ONLINE)
    make_rsvp(soon, people["member"].pk)
    put_start(soon, timezone.now() + timedelta(minutes=5))
    came = {people[name].pk: AttendanceState.PRESENT for name in ("member", "newcomer")}
    for event in (held, unwritten):
        attendance.import_attendance(meeting_id=event.meeting_id, actor_id=None, states=came)
    _look_back(world, held, unwritten)
    world.ids |= {"event held": held.id, "event unwritten": unwritten.id, "event soon": soon.id}


def _look_back(world: World, held: EventData, unwritten: EventData) -> None:
    """Let somebody say what they thought and somebody that they were there; publish a result, and draft another."""
    people, host = world.people, world.people["event host"].pk
    event_results.save_survey(event_id=held.id, user_id=people["newcomer"].pk, rating=5, useful=RATED)
    event_results.ask_presence(event_id=held.id, user_id=people["heir"].pk, text=PRESENCE)
    event_results.save_result(
        event_id=held.id, actor_id=host, text="We agreed on **three** sentences.", revision=0, publishes=True
    )
    event_results.save_result(event_id=unwritten.id, actor_id=host, text=NOTES, revision=0)


def _repeat(world: World, chapter: ChapterData) -> None:
    """Publish a series of two dates, and an event whose one seat is kept for the member."""
    lead, host = world.people["lead"].pk, world.people["event host"].pk
    offered = make_event(chapter, actor_id=lead, title="Table for one", room_capacity=1, host_ids=(host,))
    make_rsvp(offered, world.people["member"].pk, state=RsvpState.OFFERED)
    plan = make_plan(title="Evenings in a row", host_ids=(host,))
    rule = SeriesRuleData(
        frequency=SeriesFrequency.WEEKLY, starts_on=plan.starts_local.date(), at=plan.starts_local.time(), count=2
    )
    made = series.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=rule)
    dates = series.publish_series(series_id=made.id, actor_id=lead).dates
    world.ids |= {
        "event offered": offered.id,
        "event series": made.id,
        "event of series": dates[0].event.id,
    }
