"""What chapters plan before the walk of events begins: evenings that are full, moved, tonight, called off and over.

Each act is the real call, but for time, which passes at once. Called by stage.py, inside the LMS's code.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

LEAD, SECOND = "zawadi", "omondi"
FIRST, OTHER, THIRD, FOURTH, NEW = "akinyi", "baraka", "chebet", "dalmas", "esther"
NAIROBI, UTRECHT, SHANGHAI = "nairobi-open-evenings", "utrecht-na-vijven", "shanghai-wanshang"
LEADS = {NAIROBI: LEAD, UTRECHT: "joke", SHANGHAI: "meiling"}
#: Chapters of the demo whose texts are borrowed, and the names under which they stand here.
FOUNDED = {
    NAIROBI: ("nairobi-evening", "Nairobi open evenings"),
    UTRECHT: ("leerkring-utrecht", "Utrecht na vijven"),
    SHANGHAI: ("shanghai-xuexiquan", "上海晚间学习会"),
}
ROOM = "Kenya National Library, Room 3.02, Ngong Road, 00202 Nairobi"
READING = "block-v1:Harbour+LTB1+open+type@vertical+block@silence_read"


def plan_evenings(*, accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Found three chapters with their members and events; return the numbers of events by name.

    ``ticket`` is the address that the ticket of FIRST to the event of tonight says.
    """
    from embedded_host.seed.chapter_doors import ChapterDoors
    from embedded_host.seed.roster import Person
    from people import api as platform_people

    people = {
        name: Person(name, about["name"], about.get("city", ""), about["zone"], about.get("language", "en"))
        for name, about in accounts.items()
    }
    _found_chapters(ChapterDoors(), people)
    planned = _plan_in_nairobi() | _plan_abroad()
    platform_people.run_errands()
    return planned | {"ticket": _say_ticket(planned["tonight"], FIRST)}


def pass_evening(*, event_id: int) -> dict[str, int]:
    """Let an event of today be over for three days."""
    from django.utils import timezone

    from chapters.api import events
    from people import api as platform_people
    from tests.events.factories import put_start

    put_start(events.get_event(event_id), timezone.now() - timedelta(days=3))
    platform_people.run_errands()
    return {"event": event_id}


def _found_chapters(doors: Any, people: dict[str, Any]) -> None:
    from chapters.data import ChapterRole, ChapterState
    from tests.e2e.chapters_stage import read_texts

    texts = read_texts()
    doors.make_regions(texts["regions"])
    doors.make_manager(people["imani"])
    said = texts["introductions"]
    for slug, (borrowed, name) in FOUNDED.items():
        told = texts["chapters"][borrowed] | {"slug": slug, "name": name}
        lead = people[LEADS[slug]]
        doors.propose(lead, told)
        doors.approve(people["imani"], told)
        doors.give_role(people["imani"], slug, lead, ChapterRole.LEAD)
        doors.introduce(lead, slug, said[told["languages"][0]][0])
        doors.move(people["imani"], slug, ChapterState.ACTIVE)
    for number, name in enumerate((SECOND, FIRST, OTHER, THIRD, FOURTH, NEW), start=1):
        doors.join(people[name], NAIROBI, said["en"][number])
    doors.give_role(people[LEAD], NAIROBI, people[SECOND], ChapterRole.CO_ORGANIZER)


def _plan_in_nairobi() -> dict[str, Any]:
    """Plan the evenings of Nairobi: each is in a state of its own, and somebody is there to see it."""
    from chapters.api import events, rsvps
    from chapters.data import AccessFact, EventOpenTo, EventQuestionData, EventUnitData, RsvpState
    from discussion_ext.data import MeetingMode

    series = _plan_series(
        "Evening of hard talks",
        mode=MeetingMode.HYBRID,
        room_capacity=24,
        online_capacity=40,
        link="https://meet.example.org/hard-talks",
        guests_most=1,
        summary="Say the sentence aloud before you have to say it for real, and hear how it lands.",
        description="Bring **one** talk.\n\n* You need not name anybody.\n* Work clothes are fine.",
        agenda="18:30, arrive. Tea, name tags.\n18:45, three cases, twenty minutes each.\n20:15, what we take with us.",
        place_hint="Opposite the bus stop; the gate asks for your name.",
        access_facts=frozenset({AccessFact.STEP_FREE, AccessFact.LIFT, AccessFact.CAPTIONS}),
        questions=(EventQuestionData(text="Which talk are you putting off?"),),
        units=(EventUnitData(usage_key=READING, title="Reading a silence", minutes=10),),
    )
    full = _plan("Saying no upwards", days=11, mode=MeetingMode.HYBRID, room_capacity=2, online_capacity=20)
    for name in (THIRD, FOURTH, FIRST, OTHER):
        _answer(full, name)
    moved = _plan("The pay talk", days=13)
    for name in (FIRST, OTHER):
        _answer(moved, name)
    tonight = _plan("Leading friends", minutes=20, room_capacity=30, guests_most=1)
    for name, guests in ((FIRST, 1), (OTHER, 0), (THIRD, 0), (FOURTH, 0)):
        _answer(tonight, name, guests=guests)
    off = _plan("A walk in Karura forest", days=15)
    _answer(off, FIRST)
    events.cancel_event(event_id=off, actor_id=_id(LEAD), reason="The forest is closed until the rains are over.")
    asked = _plan("Six at one table", days=17, needs_approval=True, room_capacity=6)
    for name in (FIRST, OTHER, THIRD):
        _answer(asked, name)
    refused = rsvps.find_rsvp(asked, _id(OTHER))
    rsvps.refuse(rsvp_id=refused.id, actor_id=_id(LEAD), note="Come to the next one: this table is for first timers.")
    assert rsvps.count_rsvps(full)[RsvpState.WAITLISTED] == 2
    return {
        "series": series,
        "full": full,
        "moved": moved,
        "tonight": tonight,
        "off": off,
        "asked": asked,
        "refused": refused.id,
        "open": _plan("Open house: come and listen", days=19, open_to=EventOpenTo.ANYONE, is_place_hidden=True),
        "later": _plan("A year of evenings", days=60, opens_days=14),
        "draft": _make("A talk with nobody's name in it yet", days=21),
    }


def _plan_abroad() -> dict[str, Any]:
    """Plan an evening in Dutch and one in Chinese."""
    dutch = _plan(
        "Het gesprek dat je uitstelt",
        slug=UTRECHT,
        zone="Europe/Amsterdam",
        days=12,
        place="Bibliotheek Neude, Neude 11, Utrecht",
        summary="Zeg de zin hardop voordat het menens is.",
        languages=("nl",),
        room_capacity=16,
    )
    chinese = _plan(
        "怎么拒绝一个好心的上司",
        slug=SHANGHAI,
        zone="Asia/Shanghai",
        days=12,
        place="上海图书馆东馆 三楼 研讨室",
        summary="把那句话先在这里说一遍。",
        languages=("zh-hans",),
        room_capacity=16,
    )
    for event_id, name in ((dutch, LEADS[UTRECHT]), (chinese, LEADS[SHANGHAI])):
        _answer(event_id, name)
    return {"nl": dutch, "zh": chinese}


def _plan(title: str, **fields: Any) -> int:
    """Publish an event and return its number."""
    from chapters.api import events

    event_id = _make(title, **fields)
    events.publish_event(event_id=event_id, actor_id=_id(LEADS[fields.get("slug", NAIROBI)]))
    return event_id


def _make(title: str, *, slug: str = NAIROBI, days: int = 0, minutes: int = 0, **fields: Any) -> int:
    """Make a draft so many days from today, at half past six, or so many minutes from now."""
    from chapters.api import events

    actor_id = _id(LEADS[slug])
    plan = _draw_plan(title, days=days, minutes=minutes, hosts=(actor_id,), **fields)
    return events.create_event(chapter_id=_chapter_id(slug), actor_id=actor_id, plan=plan).id


def _plan_series(title: str, **fields: Any) -> list[int]:
    """Publish a series of four weeks and return the numbers of its dates."""
    from chapters.api import series
    from chapters.data import SeriesFrequency, SeriesRuleData

    actor_id = _id(LEAD)
    plan = _draw_plan(title, days=9, hosts=(actor_id, _id(SECOND)), **fields)
    first = plan.starts_local
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=first.date(), at=first.time(), count=4)
    made = series.create_series(chapter_id=_chapter_id(NAIROBI), actor_id=actor_id, plan=plan, rule=rule)
    series.publish_series(series_id=made.id, actor_id=actor_id)
    return [card.event.id for card in series.get_series(made.id).dates]


def _draw_plan(
    title: str, *, days: int = 0, minutes: int = 0, hosts: tuple[int, ...], zone: str = "Africa/Nairobi", **fields: Any
) -> Any:
    from zoneinfo import ZoneInfo

    from chapters.data import EventPlanData

    now = datetime.now(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    at = now + timedelta(minutes=minutes) if minutes else (now + timedelta(days=days)).replace(hour=18, minute=30)
    return EventPlanData(title=title, starts_local=at, zone=zone, host_ids=hosts, **{"place": ROOM, **fields})


def _say_ticket(event_id: int, username: str) -> str:
    from django.urls import reverse

    from chapters.api import events
    from discussion_ext.api import attendance
    from people import api as platform_people

    meeting = attendance.get_meeting(events.get_event(event_id).meeting_id)
    token = attendance.make_ticket(meeting.id, _id(username))
    return str(platform_people.absolute_url(reverse("discussion_ext:ticket_check_in", args=[meeting.uid, token])))


def _answer(event_id: int, username: str, guests: int = 0) -> None:
    from chapters.api import rsvps
    from chapters.data import RsvpDraftData

    rsvps.answer(event_id=event_id, user_id=_id(username), draft=RsvpDraftData(guests=guests))


def _chapter_id(slug: str) -> int:
    from chapters.models import Chapter

    return Chapter.objects.only("pk").get(slug=slug).pk


def _id(username: str) -> int:
    from django.contrib.auth.models import User

    return User.objects.get(username=username).pk
