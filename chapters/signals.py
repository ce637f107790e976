"""What this package tells the outside world. Ids and codes only; docs/facts.md says what a consumer may rely on."""

from datetime import datetime

import attr

from people.signals import PublicFact


@attr.s(frozen=True, kw_only=True)
class MembershipFactData:
    """Somebody came into a chapter, or went.

    Attributes:
        membership_id (int): The membership: one for a person and chapter, whatever comes and goes.
        chapter_id (int): The chapter.
        user_id (int): The person.
        way (str): How: "self", "request", "rule" or "staff" of who came in; "left" or "removed" of who went.
        times (int): How often the person has come in by now, from 1.
        occurred_at (datetime): When it happened.
    """

    membership_id = attr.ib(type=int)
    chapter_id = attr.ib(type=int)
    user_id = attr.ib(type=int)
    way = attr.ib(type=str)
    times = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class ChapterMoveFactData:
    """A step in the life of a chapter.

    Attributes:
        chapter_id (int): The chapter.
        move_id (int): Which step this is; the highest is the newest. Both together are one fact.
        from_state (str): Where it was: proposed, forming, active, paused, dormant, archived or declined.
        to_state (str): Where it is now; a pause whose last day changed is paused twice.
        occurred_at (datetime): When it happened.
    """

    chapter_id = attr.ib(type=int)
    move_id = attr.ib(type=int)
    from_state = attr.ib(type=str)
    to_state = attr.ib(type=str)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class ChapterPostFactData:
    """A post on a discussion board of a chapter appeared, changed, went or came back.

    Attributes:
        chapter_id (int): The chapter.
        audience (str): The board: "everyone", "learners" or "alumni".
        post_id (int): The post; with ``revision`` it makes this fact one.
        topic_id (int): The topic it stands in.
        author_id (int): Who wrote it.
        is_topic (bool): Whether it begins the topic.
        revision (int): Which change of the post this is; the higher one is the later.
        state (str): What has become of it: "live", "withdrawn", "removed" or "gone".
        occurred_at (datetime): When it happened.
    """

    chapter_id = attr.ib(type=int)
    audience = attr.ib(type=str)
    post_id = attr.ib(type=int)
    topic_id = attr.ib(type=int)
    author_id = attr.ib(type=int)
    is_topic = attr.ib(type=bool)
    revision = attr.ib(type=int)
    state = attr.ib(type=str)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class EventFactData:
    """An event of a chapter was published, called off, or takes place after all.

    Attributes:
        event_id (int): The event; with ``revision`` it makes this fact one.
        chapter_id (int): The chapter.
        series_id (int): The series whose date it is; 0 for none.
        revision (int): Which change of the event this is; the higher one is the later.
        open_to (str): Whom it is for: "anyone", "members", "learners" or "alumni".
        starts_at (datetime): When it begins.
        ends_at (datetime): When it ends.
        occurred_at (datetime): When this happened.
    """

    event_id = attr.ib(type=int)
    chapter_id = attr.ib(type=int)
    series_id = attr.ib(type=int)
    revision = attr.ib(type=int)
    open_to = attr.ib(type=str)
    starts_at = attr.ib(type=datetime)
    ends_at = attr.ib(type=datetime)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class RsvpFactData:
    """What somebody's answer to an event has come to.

    Attributes:
        rsvp_id (int): The answer: one for a person and event, whatever they change.
        event_id (int): The event.
        chapter_id (int): The chapter.
        user_id (int): The person.
        state (str): "pending", "waitlisted", "offered", "going", "not_coming", "cancelled", "passed", "lapsed",
            "declined" or "removed".
        mode (str): How they come: "offline" (in the room) or "online".
        guests (int): How many people they bring.
        occurred_at (datetime): Since when it is so. Answer, state and this moment make it one; the later is the newer.
    """

    rsvp_id = attr.ib(type=int)
    event_id = attr.ib(type=int)
    chapter_id = attr.ib(type=int)
    user_id = attr.ib(type=int)
    state = attr.ib(type=str)
    mode = attr.ib(type=str)
    guests = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class EventAttendanceFactData:
    """What is known of whether somebody came to an event.

    Attributes:
        event_id (int): The event.
        chapter_id (int): The chapter.
        user_id (int): The person.
        state (str): "present", "absent" or "excused".
        source (str): How it became known: "code", "scan", "ticket", "roll", "import", "replay" or "correction".
        occurred_at (datetime): When it was recorded. Event, person and this moment make it one; the later is the newer.
    """

    event_id = attr.ib(type=int)
    chapter_id = attr.ib(type=int)
    user_id = attr.ib(type=int)
    state = attr.ib(type=str)
    source = attr.ib(type=str)
    occurred_at = attr.ib(type=datetime)


# .. event_type: org.openedx.community.chapters.membership.started.v1
# .. event_name: MEMBERSHIP_STARTED
# .. event_key_field: membership.membership_id
# .. event_description: Sent when somebody became a member of a chapter, for the first time or again. Membership and
#     times make it one.
# .. event_data: MembershipFactData
MEMBERSHIP_STARTED = PublicFact(
    event_type="org.openedx.community.chapters.membership.started.v1",
    data={"membership": MembershipFactData},
)

# .. event_type: org.openedx.community.chapters.membership.ended.v1
# .. event_name: MEMBERSHIP_ENDED
# .. event_key_field: membership.membership_id
# .. event_description: Sent when a member left a chapter or was removed. Membership and times make it one.
# .. event_data: MembershipFactData
MEMBERSHIP_ENDED = PublicFact(
    event_type="org.openedx.community.chapters.membership.ended.v1",
    data={"membership": MembershipFactData},
)

# .. event_type: org.openedx.community.chapters.post.recorded.v1
# .. event_name: CHAPTER_POST_RECORDED
# .. event_key_field: post.post_id
# .. event_description: Sent when a post on a chapter's discussion board appeared, changed, went or came back. What it
#     says is not told; post and revision make it one.
# .. event_data: ChapterPostFactData
CHAPTER_POST_RECORDED = PublicFact(
    event_type="org.openedx.community.chapters.post.recorded.v1",
    data={"post": ChapterPostFactData},
)

# .. event_type: org.openedx.community.chapters.chapter.moved.v1
# .. event_name: CHAPTER_MOVED
# .. event_key_field: chapter.chapter_id
# .. event_description: Sent when the state of a chapter changes: by its organizers, by the community team, because it
#     published an event, or because its pause is over.
# .. event_data: ChapterMoveFactData
CHAPTER_MOVED = PublicFact(
    event_type="org.openedx.community.chapters.chapter.moved.v1",
    data={"chapter": ChapterMoveFactData},
)

# .. event_type: org.openedx.community.chapters.event.published.v1
# .. event_name: EVENT_PUBLISHED
# .. event_key_field: event.event_id
# .. event_description: Sent when an event of a chapter was published, and when one that was called off takes place
#     after all. Event and revision make it one.
# .. event_data: EventFactData
EVENT_PUBLISHED = PublicFact(
    event_type="org.openedx.community.chapters.event.published.v1",
    data={"event": EventFactData},
)

# .. event_type: org.openedx.community.chapters.event.cancelled.v1
# .. event_name: EVENT_CANCELLED
# .. event_key_field: event.event_id
# .. event_description: Sent when an event of a chapter was called off. Event and revision make it one; the reason is
#     not told.
# .. event_data: EventFactData
EVENT_CANCELLED = PublicFact(
    event_type="org.openedx.community.chapters.event.cancelled.v1",
    data={"event": EventFactData},
)

# .. event_type: org.openedx.community.chapters.rsvp.changed.v1
# .. event_name: RSVP_CHANGED
# .. event_key_field: rsvp.rsvp_id
# .. event_description: Sent when somebody's answer to an event has come to another state: by themselves, by its hosts,
#     or because a seat became free or an offer lapsed. What they need and what they answered is not told.
# .. event_data: RsvpFactData
RSVP_CHANGED = PublicFact(
    event_type="org.openedx.community.chapters.rsvp.changed.v1",
    data={"rsvp": RsvpFactData},
)

# .. event_type: org.openedx.community.chapters.attendance.recorded.v1
# .. event_name: EVENT_ATTENDANCE_RECORDED
# .. event_key_field: attendance.user_id
# .. event_description: Sent when it was recorded, or corrected, whether somebody came to an event of a chapter. Keep
#     the one with the latest occurred_at.
# .. event_data: EventAttendanceFactData
EVENT_ATTENDANCE_RECORDED = PublicFact(
    event_type="org.openedx.community.chapters.attendance.recorded.v1",
    data={"attendance": EventAttendanceFactData},
)
