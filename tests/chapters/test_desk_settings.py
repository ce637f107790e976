"""Join questions, profile, course rules, roles, life and records of a chapter, as its organizers change them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.data import Audience, ChapterRole, ChapterState, EndReason, LeaveReason, Match, MembershipState, RuleData
from chapters.models import Chapter, ChapterRule, JoinQuestion, Term
from chapters.views.desk_settings import weigh_change
from people.models import AuditEntry

from . import factories
from .desk_town import COURSE, Desk, read

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk() -> Desk:
    """Return a chapter with its team."""
    return Desk()


def _row(place: int, text: str, *, number: int = 0, kind: str = "text", **more: str) -> dict[str, str]:
    sent = {"id": str(number), "text": text, "kind": kind, **more}
    return {f"{name}-{place}": value for name, value in sent.items()}


# -- join questions ----------------------------------------------------------------------------------------------------


def _asked(desk: Desk) -> list[str]:
    rows = JoinQuestion.objects.filter(chapter_id=desk.chapter.id, retired_at__isnull=True).order_by("position")
    return [row.text for row in rows]


def test_questions_are_added_moved_and_saved_without_script(desk: Desk) -> None:
    """Buttons that arrange rows save nothing; the button that saves keeps their order."""
    page = desk.post(desk.second, "desk_questions", act="add")
    assert "Not saved yet" in read(page)
    assert 'name="text-0"' in page.content.decode()
    two = {**_row(0, "First?"), **_row(1, "Second?")}
    moved = desk.post(desk.second, "desk_questions", **two, act="up-1").content.decode()
    assert moved.index('value="Second?"') < moved.index('value="First?"')
    assert _asked(desk) == []
    assert desk.post(desk.second, "desk_questions", **two, act="save").status_code == 302
    assert _asked(desk) == ["First?", "Second?"]
    assert Chapter.objects.get(pk=desk.chapter.id).has_questions


def test_a_question_is_asked_no_more(desk: Desk) -> None:
    """What is left is saved; without any, whoever joins is a member at once."""
    desk.post(desk.lead, "desk_questions", **_row(0, "First?"), act="save")
    page = desk.post(desk.lead, "desk_questions", **_row(0, "First?"), act="retire-0")
    assert 'value="First?"' not in page.content.decode()
    assert _asked(desk) == ["First?"]
    assert desk.post(desk.lead, "desk_questions", act="save").status_code == 302
    assert _asked(desk) == []
    assert not Chapter.objects.get(pk=desk.chapter.id).has_questions


def test_a_suggestion_becomes_a_row(desk: Desk) -> None:
    """And can be changed before it is saved."""
    page = desk.post(desk.lead, "desk_questions", act="use-1")
    assert 'value="What could you share with others here?"' in page.content.decode()
    assert _asked(desk) == []


def test_a_question_without_words_is_refused_at_its_row(desk: Desk) -> None:
    """Nothing is saved, and what was typed elsewhere stays."""
    response = desk.post(desk.lead, "desk_questions", **_row(0, "Good?"), **_row(1, " "), act="save")
    assert response.status_code == 400
    content = response.content.decode()
    assert 'id="text-1-error"' in content
    assert 'value="Good?"' in content
    assert _asked(desk) == []


@pytest.mark.parametrize("act", ["up-99", "down-0", "retire-77", "up-x", "use-99", "", "save-all", "up-" + "9" * 40])
def test_odd_acts_of_the_editor_break_nothing(desk: Desk, act: str) -> None:
    """They leave the rows as they are, or are taken as the wish to save."""
    response = desk.post(desk.lead, "desk_questions", **_row(0, "First?"), act=act)
    assert response.status_code in {200, 302}


def test_more_rows_than_there_may_be_are_not_read(desk: Desk) -> None:
    """A hundred rows are eight."""
    sent: dict[str, str] = {}
    for place in range(100):
        sent |= _row(place, f"Question {place}?")
    assert desk.post(desk.lead, "desk_questions", **sent, act="save").status_code == 302
    assert len(_asked(desk)) == 8


def test_the_preview_shows_words_as_words(desk: Desk) -> None:
    """A script in a question, its hint or its answers is text."""
    sent = _row(0, SCRIPT, kind="choice", hint=SCRIPT, choices=f"{SCRIPT}\nTwo")
    content = desk.post(desk.lead, "desk_questions", **sent, act="add").content.decode()
    assert SCRIPT not in content
    assert content.count("&lt;script&gt;") >= 6


# -- profile -----------------------------------------------------------------------------------------------------------


def _profile(**changed: Any) -> dict[str, Any]:
    sent = {
        "name": "Nairobi evening chapter",
        "audience": "people who lead",
        "core_value": "practice",
        "tone": "after work",
        "lead": "For people who lead others for the first time.",
        "unique_value": "Practice with people who know the work",
        "lost": "The evenings",
        "type": "knowledge",
        "scope": "city",
        "city": "Nairobi",
        "country": "KE",
        "zone": "Africa/Nairobi",
        "language": "en",
        "contact": "nairobi@example.org",
        "cover": "2",
        "entry": "everyone",
        "name_format": "name",
    }
    return {**sent, **changed}


def test_the_profile_is_changed(desk: Desk) -> None:
    """The chapter says it, and its log says who changed what."""
    response = desk.post(desk.second, "desk_profile", **_profile(name="Nairobi practice", goals="Ten evenings"))
    assert response.status_code == 302
    row = Chapter.objects.get(pk=desk.chapter.id)
    assert (row.name, row.goals, row.cover) == ("Nairobi practice", "Ten evenings", 2)
    assert AuditEntry.objects.get(verb="chapter.change").actor_id == desk.second
    assert "Changed what the chapter says of itself" in read(desk.get(desk.lead, "desk_audit"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "x" * 10_000}, "name"),
        ({"contact": "javascript:alert(1)"}, "contact"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"country": "ZZ"}, "country"),
        ({"cover": "99"}, "cover"),
        ({"lead": ""}, "lead"),
        ({"entry": "nobody"}, "entry"),
    ],
)
def test_a_wrong_profile_is_refused_at_its_field(desk: Desk, changed: dict[str, str], field: str) -> None:
    """And nothing of it is kept."""
    response = desk.post(desk.lead, "desk_profile", **_profile(name=changed.pop("name", "Changed"), **changed))
    assert response.status_code in {400, 422}
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Chapter.objects.get(pk=desk.chapter.id).name == "Nairobi evening chapter"


# -- course rules ------------------------------------------------------------------------------------------------------


def _rules(*, act: str = "look", **changed: str) -> dict[str, str]:
    sent = {
        "learners-courses": "",
        "learners-organizations": "",
        "learners-match": "any",
        "learners-follows": "invite",
        "alumni-courses": COURSE,
        "alumni-organizations": "",
        "alumni-match": "any",
        "alumni-follows": "invite",
    }
    return {**sent, **changed, "act": act}


def test_a_rule_says_what_it_does_before_it_does_it(desk: Desk) -> None:
    """Looking changes nothing; confirming does."""
    changed = {"learners-courses": f"{COURSE}\ncourse-v1:Meridian+LT2+2026", "learners-match": "all"}
    page = read(desk.post(desk.lead, "desk_rules", **_rules(**changed)))
    assert "What this changes" in page
    assert "The chapter gets this board." in page
    assert "All of them are needed." in page
    assert not ChapterRule.objects.filter(audience=Audience.LEARNERS).exists()
    assert desk.post(desk.lead, "desk_rules", **_rules(act="confirm", **changed)).status_code == 302
    rule = ChapterRule.objects.get(chapter_id=desk.chapter.id, audience=Audience.LEARNERS)
    assert (rule.match, rule.courses.count()) == (Match.ALL, 2)


@pytest.mark.parametrize(
    ("before", "after", "gains", "loses"),
    [
        (("any", "A"), ("any", "AB"), True, False),
        (("any", "AB"), ("any", "A"), False, True),
        (("any", "AB"), ("all", "AB"), False, True),
        (("all", "AB"), ("any", "AB"), True, False),
        (("all", "AB"), ("all", "ABC"), False, True),
        (("all", "AB"), ("all", "A"), True, False),
        (("any", "A"), ("any", "B"), True, True),
        (("all", "A"), ("all", "B"), True, True),
        (("any", ""), ("any", "A"), True, False),
        (("any", ""), ("all", "AB"), False, False),
        (("any", "AB"), ("any", "AB"), False, False),
    ],
)
def test_whom_a_change_of_a_rule_lets_in_and_puts_out(
    before: tuple[str, str], after: tuple[str, str], gains: bool, loses: bool
) -> None:
    """Any or all decides what one course more or less means; a rule that is new puts nobody out."""
    rules = (
        RuleData(audience=Audience.ALUMNI, match=Match(match), courses=tuple(courses))
        for match, courses in (before, after)
    )
    assert weigh_change(*rules) == (gains, loses)


def test_an_empty_rule_closes_the_board_and_says_so(desk: Desk) -> None:
    """Whom somebody added by hand keeps it: that is said too."""
    page = read(desk.post(desk.lead, "desk_rules", **_rules(**{"alumni-courses": ""})))
    assert "the board closes" in page
    assert desk.post(desk.lead, "desk_rules", **_rules(act="confirm", **{"alumni-courses": ""})).status_code == 302
    assert not ChapterRule.objects.filter(chapter_id=desk.chapter.id, audience=Audience.ALUMNI).exists()


def test_only_the_community_team_lets_a_rule_add_members(desk: Desk) -> None:
    """The lead is refused, a manager is not."""
    sent = _rules(act="confirm", **{"alumni-follows": "add"})
    assert desk.post(desk.lead, "desk_rules", **sent).status_code == 400
    assert not ChapterRule.objects.get(chapter_id=desk.chapter.id).adds_members
    assert desk.post(desk.manager, "desk_rules", **sent).status_code == 302
    assert ChapterRule.objects.get(chapter_id=desk.chapter.id).adds_members


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"alumni-courses": "not a key"}, "id_alumni-courses"),
        ({"alumni-courses": "\n".join(f"course-v1:A+B{n}+C" for n in range(60))}, "id_alumni-courses"),
        ({"learners-organizations": "x" * 101}, "id_learners-organizations"),
        ({"learners-match": "some"}, "id_learners-match"),
        ({"learners-courses": SCRIPT}, "id_learners-courses"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(desk: Desk, changed: dict[str, str], field: str) -> None:
    """Also where it was to be confirmed at once; what was typed comes back as text."""
    response = desk.post(desk.lead, "desk_rules", **_rules(act="confirm", **changed))
    assert response.status_code == 422
    content = response.content.decode()
    assert f'id="{field}_error"' in content
    assert SCRIPT not in content
    assert ChapterRule.objects.get(chapter_id=desk.chapter.id).audience == Audience.ALUMNI


# -- roles and life ----------------------------------------------------------------------------------------------------


def test_a_role_is_ended_with_a_reason(desk: Desk) -> None:
    """By those who may; the roles page lists it among those that ended."""
    term = Term.objects.get(user_id=desk.moderator)
    assert desk.post(desk.second, "desk_roles", act="end", term=term.pk).status_code == 422
    assert desk.post(desk.second, "desk_roles", act="end", term=term.pk, reason="Moved away").status_code == 302
    term.refresh_from_db()
    assert term.end_reason == EndReason.REMOVED
    assert "Ended by somebody else" in read(desk.get(desk.lead, "desk_roles"))
    late = desk.post(desk.lead, "desk_roles", act="end", term=term.pk, reason="Again")
    assert late.status_code == 404


def test_a_co_organizer_does_not_end_the_leads_role(desk: Desk) -> None:
    """The decision says whom to ask."""
    term = Term.objects.get(user_id=desk.lead)
    assert desk.post(desk.second, "desk_roles", act="end", term=term.pk, reason="x").status_code == 403
    term.refresh_from_db()
    assert term.ended_at is None


def test_one_of_two_steps_down_with_one_press(desk: Desk) -> None:
    """And has no desk any more."""
    assert desk.post(desk.second, "desk_roles", act="step_down").status_code == 302
    assert Term.objects.get(user_id=desk.second).end_reason == EndReason.STEPPED_DOWN
    assert desk.get(desk.second, "desk").status_code == 403


def test_the_last_organizer_hands_back_instead_of_stepping_down(desk: Desk) -> None:
    """Stepping down is refused with the way out; handing back needs a line, and the chapter then needs somebody."""
    desk.post(desk.second, "desk_roles", act="step_down")
    assert desk.post(desk.lead, "desk_roles", act="step_down").status_code == 403
    assert "You are the last organizer" in read(desk.get(desk.lead, "desk_roles"))
    assert desk.post(desk.lead, "desk_roles", act="hand_back").status_code == 422
    assert desk.post(desk.lead, "desk_roles", act="hand_back", reason="I move to Lima").status_code == 302
    assert Term.objects.get(user_id=desk.lead).end_reason == EndReason.HANDED_BACK
    assert Chapter.objects.get(pk=desk.chapter.id).needs_organizer


def test_a_name_is_shown_in_public_by_its_owner_alone(desk: Desk) -> None:
    """Nobody shows somebody else's."""
    term = Term.objects.get(user_id=desk.lead)
    assert desk.post(desk.second, "desk_roles", act="public", term=term.pk, is_on="1").status_code == 404
    assert desk.post(desk.lead, "desk_roles", act="public", term=term.pk, is_on="1").status_code == 302
    term.refresh_from_db()
    assert term.is_named_in_public


def test_a_chapter_pauses_until_a_day_and_resumes(desk: Desk) -> None:
    """The page says until when; the step back is offered."""
    day = timezone.now().date() + timedelta(days=20)
    sent = {"act": "move", "to": "paused", "seen": "active", "until": day.isoformat(), "reason": "Exams"}
    assert desk.post(desk.second, "desk_life", **{**sent, "until": ""}).status_code == 422
    assert desk.post(desk.second, "desk_life", **sent).status_code == 302
    row = Chapter.objects.get(pk=desk.chapter.id)
    assert (row.state, row.paused_until, row.state_reason) == (ChapterState.PAUSED, day, "Exams")
    assert "Paused until" in read(desk.get(desk.lead, "desk_life"))
    assert desk.post(desk.lead, "desk_life", act="move", to="active", seen="paused").status_code == 302
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


@pytest.mark.parametrize("until", ["2020-01-01", "2099-01-01", "soon", "0"])
def test_a_pause_ends_within_its_limits(desk: Desk, until: str) -> None:
    """Neither before today nor years ahead."""
    response = desk.post(desk.lead, "desk_life", act="move", to="paused", seen="active", until=until, reason="x")
    assert response.status_code in {400, 422}
    assert 'id="paused_until_error"' in response.content.decode()
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


@pytest.mark.parametrize("to", ["archived", "dormant", "declined", "forming", "nonsense", ""])
def test_organizers_take_only_their_own_steps(desk: Desk, to: str) -> None:
    """Archiving and the like are the community team's."""
    assert desk.post(desk.lead, "desk_life", act="move", to=to, reason="x").status_code == 400
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


def test_a_step_from_a_state_that_has_passed_is_refused(desk: Desk) -> None:
    """Two organizers pause: the second sees that it is done."""
    day = (timezone.now().date() + timedelta(days=20)).isoformat()
    sent = {"act": "move", "to": "paused", "seen": "forming", "until": day, "reason": "x"}
    assert desk.post(desk.lead, "desk_life", **sent).status_code == 409
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


def test_a_forming_chapter_asks_to_become_active(desk: Desk, settings: Any) -> None:
    """As soon as enough members are there; before that the page says what is missing."""
    Chapter.objects.filter(pk=desk.chapter.id).update(state=ChapterState.FORMING)
    settings.CHAPTERS_FORMING_MEMBERS = 50
    assert "of 50 members needed" in read(desk.get(desk.lead, "desk_life"))
    sent = {"act": "move", "to": "active", "seen": "forming"}
    assert desk.post(desk.lead, "desk_life", **sent).status_code == 409
    settings.CHAPTERS_FORMING_MEMBERS = 3
    assert desk.post(desk.lead, "desk_life", **sent).status_code == 302
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


# -- records -----------------------------------------------------------------------------------------------------------


def test_reasons_of_few_are_not_shown(desk: Desk) -> None:
    """Three who say the same are a bar and a thing to try; one who says something else is a number."""
    gone = {"state": MembershipState.LEFT, "left_at": timezone.now()}
    for _ in range(3):
        desk.join("Gone", leave_reason=LeaveReason.TOO_QUIET, **gone)
    desk.join("Gone", leave_reason=LeaveReason.UNPLEASANT, leave_note="Because of one person", **gone)
    text = read(desk.get(desk.lead, "desk_leaving"))
    assert "Too little happens 3" in text
    assert "Start one topic a week" in text
    assert "I did not feel at ease" not in text
    assert "Because of one person" not in text
    assert "1 person gave another reason" in text
    assert desk.get(desk.lead, "desk_leaving", days="99999999999").status_code == 200


def test_the_members_file_is_logged_with_reason_and_number(desk: Desk) -> None:
    """Without a reason there is none; a formula in a text is disarmed; nobody's address is in it."""
    desk.join("Eve Formula", position="=HYPERLINK(1)")
    assert desk.post(desk.second, "desk_export").status_code == 422
    response = desk.post(desk.second, "desk_export", reason="Name badges")
    assert response["Content-Type"].startswith("text/csv")
    assert "attachment" in response["Content-Disposition"]
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    response.close()
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 1 + Chapter.objects.get(pk=desk.chapter.id).members
    assert "example.org" not in content
    assert not any(cell.startswith("=") for row in rows for cell in row)
    entry = AuditEntry.objects.get(verb="chapter.members_exported")
    assert (entry.actor_id, entry.reason, entry.data) == (desk.second, "Name badges", {"people": len(rows) - 1})
    assert f"Took a list of {len(rows) - 1} members" in read(desk.get(desk.lead, "desk_audit"))


def test_the_export_keeps_its_pace(desk: Desk, settings: Any) -> None:
    """Too often in a short time is a page that says how long to wait."""
    settings.CHAPTERS_ACT_LIMITS = {"export": "1/h"}
    first = desk.post(desk.lead, "desk_export", reason="x")
    first.close()
    assert first.status_code == 200
    late = desk.post(desk.lead, "desk_export", reason="x")
    assert late.status_code == 429
    assert late["Retry-After"]


def test_every_change_keeps_its_pace(desk: Desk, settings: Any) -> None:
    """A form that is sent over and over is stopped before the api is asked."""
    settings.CHAPTERS_ACT_LIMITS = {"organize": "1/h"}
    term = Term.objects.get(user_id=desk.lead)
    assert desk.post(desk.lead, "desk_roles", act="public", term=term.pk, is_on="1").status_code == 302
    assert desk.post(desk.lead, "desk_roles", act="public", term=term.pk, is_on="0").status_code == 429
    term.refresh_from_db()
    assert term.is_named_in_public


def test_the_log_names_who_did_what_to_whom(desk: Desk) -> None:
    """In sentences, with the reason; no act shows as a word of the machine."""
    desk.post(desk.lead, "desk_member", desk.member, act="role", role="host")
    desk.post(desk.lead, "desk_member", desk.member, act="grant", audience="alumni", reason="Paper course")
    factories.make_organizer(desk.chapter, role=ChapterRole.HOST)
    text = read(desk.get(desk.second, "desk_audit"))
    assert "Gave a role: Event host · Amina Yusuf" in text
    assert "Opened a board by hand: Alumni · Amina Yusuf Paper course Wanjiru Kamau" in text
    assert "chapter." not in text
