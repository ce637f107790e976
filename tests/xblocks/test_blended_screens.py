"""The learner's screen of a blended task, state by state, from made-up views."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from discussion_ext.data import (
    AppealData,
    AssignedBy,
    AttendanceData,
    AttendanceSource,
    AttendanceState,
    DecisionKind,
    EvaluationData,
    OverrideData,
    RequirementData,
    RequirementState,
    ReviewTargetData,
    StageDecisionData,
)
from openedx.core.djangoapps.user_api.models import UserPreference
from xblocks import blended_learner, blended_stages
from xblocks.learner import acting_person

from .blended_views import SESSION, STAGES, choice, evening, full, held, lunch, stage, units, view
from .conftest import drawn, text_of

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


@pytest.fixture
def block(make_task, open_as, learner):
    return open_as(make_task(display_name="Giving feedback upwards"), learner)


@pytest.fixture
def draw(block, monkeypatch):
    """Return a function that draws a made-up view as this learner sees it."""
    monkeypatch.setattr(blended_learner, "draw_discussion", lambda *_args: "The discussion.")
    monkeypatch.setattr(blended_learner, "_report", lambda *_args: None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    def run(shown, **person):
        monkeypatch.setattr(blended_learner.blended, "view_task", lambda **_who: shown)
        who = replace(acting_person(block), **person)
        return BeautifulSoup(blended_learner.draw_region(block, who), "html.parser")

    return run


def part(soup, number):
    """Return one stage of the timeline."""
    return soup.select_one(f'[data-stage="s{number}"]')


def know(state, source, **other):
    """Return what is known of the learner's attendance."""
    return AttendanceData(
        meeting_id=1,
        user_id=1,
        state=state,
        source=source,
        arrived_at=at(2026, 12, 3, 15, 57),
        recorded_at=NOW,
        **other,
    )


class TestWithoutScript:
    """What a browser without script is told."""

    @pytest.fixture
    def block(self, make_task, open_as, learner):
        return open_as(make_task(stages=[blended_stages.to_stored(each) for each in STAGES]), learner)

    def test_the_way_to_the_page_that_needs_none(self, block):
        link = drawn(block, "student_view").select_one("noscript a")
        assert link["href"] == f"/discussion_ext/courses/{block.scope_ids.usage_id.course_key}/my_sessions/"

    def test_no_way_for_who_cannot_act(self, block, monkeypatch):
        monkeypatch.setattr(
            "xblocks.blended_task.acting_person", lambda of: replace(acting_person(of), is_masquerade=True)
        )
        assert drawn(block, "student_view").select_one("noscript a") is None


class TestChoosing:
    """Which class session: each sitting on its own clock and the reader's, with its seats."""

    def test_every_sitting_says_when_where_and_how_many_seats(self, draw):
        soup = draw(view(choices=(evening(), lunch())))
        text = text_of(soup)
        assert "Choose a session" in text
        assert "Thu 3 Dec, 19:00–21:00 , Nairobi time 16:00, UTC In the room, Riverside Campus" in text
        assert "Fri 4 Dec, 12:30–14:30 , Amsterdam time 11:30, UTC Video call" in text
        assert "7 of 24 seats left" in text
        assert "You can change until 2 days before it starts." in text
        assert [field["value"] for field in soup.select("input[name=sitting]:not([disabled])")] == ["1", "2"]
        assert "Next:" not in text

    def test_the_readers_own_clock_is_not_said_twice(self, draw, learner):
        UserPreference.objects.create(user=learner, key="time_zone", value="Africa/Nairobi")
        (card,) = draw(view(choices=(evening(),))).select("label.cs-option")
        assert text_of(card) == (
            "Nairobi, evening Thu 3 Dec, 19:00–21:00 , Nairobi time In the room, Riverside Campus · with Wanjiru Kamau "
            "7 of 24 seats left"
        )

    def test_the_readers_day_is_said_where_it_is_another_one(self, draw, learner):
        UserPreference.objects.create(user=learner, key="time_zone", value="Pacific/Auckland")
        assert "Fri 4 Dec, 05:00–07:00, Auckland time" in text_of(draw(view(choices=(evening(),))))

    def test_a_full_one_cannot_be_taken_and_offers_to_tell(self, draw):
        soup = draw(view(choices=(full(),)))
        assert soup.select_one("input[name=sitting][disabled]")
        button = soup.select_one("[data-do=wish]")
        assert text_of(button) == "Tell me when a seat opens in “Utrecht, avond”"
        assert button["aria-pressed"] == "false"
        wished = draw(view(choices=(full(),)), is_masquerade=True)
        assert wished.select_one("[data-do=wish]")["aria-disabled"] == "true"

    def test_a_wish_is_shown_and_can_be_taken_back(self, draw):
        shown = view()
        soup = draw(replace(shown, choices=[choice(full(), is_wished=True)]))
        assert soup.select_one("[data-do=wish]")["aria-pressed"] == "true"

    def test_whoever_has_none_and_cannot_choose_yet_is_told(self, draw):
        assert "There is no class session to choose yet." in text_of(draw(view()))
        assigned = replace(SESSION, assigned_by=AssignedBy.COHORT)
        assert "Your course team puts you into one" in text_of(draw(view(session=assigned)))

    def test_the_own_sitting_stands_on_top_with_its_change_until(self, draw):
        soup = draw(view(sitting=lunch(), choices=(evening(), lunch()), change_until=NOW + timedelta(days=3)))
        card = soup.select_one("[data-session]")
        assert "Your class session: Online, lunch" in text_of(card)
        assert "You can change until" in text_of(card)
        assert card.select_one("a[href='https://meet.example/x']")
        calendar = "/discussion_ext/courses/course-v1:Meridian+LT1+2026/sittings/2/calendar/"
        assert card.select_one(f"a[download][href='{calendar}']")
        assert card.select_one("#" + card.select_one("[data-do=unfold]")["aria-controls"]).has_attr("hidden")

    def test_after_the_cut_off_there_is_no_way_to_change(self, draw):
        soup = draw(view(sitting=evening(), choices=(evening(),), change_until=NOW - timedelta(hours=1)))
        assert not soup.select("[data-do=unfold]")
        assert "It can no longer be changed here. Ask your course team" in text_of(soup)

    def test_a_cancelled_one_can_be_changed_at_once(self, draw):
        gone = evening(is_cancelled=True, cancel_reason="The room is flooded.")
        soup = draw(view(sitting=gone, choices=(lunch(),)))
        assert "This class session was cancelled. The room is flooded. Choose another one." in text_of(soup)
        assert soup.select("[data-do=unfold]")


class TestTimeline:
    """Each phase of a stage says where it stands in words and shape."""

    def test_locked(self, draw):
        dates = {"opens_at": at(2026, 12, 17, 16), "due_at": at(2026, 12, 21, 16)}
        shown = part(draw(view(stage(4, "locked", dates=dates), sitting=evening())), 4)
        assert shown["class"] == ["is-locked"]
        assert "Opens Thu 17 Dec, 19:00 (16:00, UTC) · due Mon 21 Dec, 19:00 (16:00, UTC)" in text_of(shown)
        assert "Opens later" in text_of(shown)

    def test_dates_that_wait_for_a_sitting(self, draw):
        shown = part(draw(view(stage(4, "locked", dates={"is_unknown": True, "is_locked": True}))), 4)
        assert "The dates follow your class session." in text_of(shown)

    def test_next_is_told_on_top_and_stands_out(self, draw):
        due = NOW + timedelta(days=3, hours=1)
        soup = draw(view(stage(1, "open", is_next=True, dates={"due_at": due}, units=units(is_done=False))))
        assert part(soup, 1)["class"] == ["is-now"]
        assert "Next: Prepare · Due" in text_of(soup)
        assert "3 days left" in text_of(part(soup, 1))
        assert [link["href"] for link in part(soup, 1).select(".cs-checks a")] == ["/one", "/two"]
        assert "To do" in text_of(part(soup, 1))

    def test_late_says_what_it_costs_and_until_when(self, draw):
        dates = {"due_at": NOW - timedelta(hours=3), "closes_at": NOW + timedelta(days=2)}
        shown = part(draw(view(stage(4, "late", dates=dates))), 4)
        assert shown["class"] == ["is-missed"]
        assert "Late, still open" in text_of(shown)
        assert "it still counts, 20 % less for each day begun." in text_of(shown)

    def test_done_folds_what_was_asked_and_says_what_counted(self, draw):
        result = {"met_at": at(2026, 11, 20, 9), "title": "Units", "detail": "2 of 2 units", "why": "Both were done."}
        shown = part(draw(view(stage(1, "done", share=1, result=result, units=units(is_done=True), points=3))), 1)
        assert shown["class"] == ["is-done"]
        panels = [text_of(panel) for panel in shown.select("details.cs-why")]
        assert panels[0].startswith("What counted Units 2 of 2 units Both were done.")
        assert "100 % of this stage counts. It is 10 % of the grade." in panels[0]
        assert panels[1].startswith("What was asked Read both.")
        assert panels[2] == "+3 Why +3? You prepared for your class session."
        assert not shown.select(".cs-rail__body > .cs-checks")

    def test_done_too_late_counts_in_part(self, draw):
        result = {"met_at": at(2026, 12, 17, 18, 4), "late_by": timedelta(hours=2), "why": "It came 2 hours late."}
        dates = {"due_at": at(2026, 12, 17, 16), "closes_at": at(2026, 12, 19, 16)}
        done = stage(4, "done", share=0.6, result=result, dates=dates)
        shown = part(draw(view(done, sitting=evening(), may_appeal_until=at(2027, 1, 4, 16))), 4)
        assert shown["class"] == ["is-missed"]
        assert "Done Thu 17 Dec, 21:04 (18:04, UTC), due Thu 17 Dec, 19:00 (16:00, UTC)" in text_of(shown)
        assert "Counts in part" in text_of(shown)
        assert shown.select_one("details.cs-why").has_attr("open")
        assert "Why 60 %? It came 2 hours late. Ask for another look Until Mon 4 Jan, 19:00." in text_of(shown)

    def test_missed_in_whole(self, draw):
        shown = part(draw(view(stage(2, "closed", dates={"closes_at": at(2026, 12, 2, 16)}))), 2)
        assert "Missed" in text_of(shown)
        assert "Closed Wed 2 Dec, 16:00" in text_of(shown)

    def test_excused_is_left_out(self, draw):
        decision = StageDecisionData(
            id=1, stage_id="s2", kind=DecisionKind.EXCUSE, reason="Ill.", actor_name="Ann Vos", at=at(2026, 11, 1)
        )
        shown = part(draw(view(stage(2, "void", code="excused", decisions=[decision]))), 2)
        assert "Excused" in text_of(shown)
        assert "You are excused. This stage is left out of your grade. Reason: Ill. · Ann Vos, Sun 1 Nov" in text_of(
            shown
        )
        assert "The discussion." not in text_of(shown)

    def test_not_possible_is_told_apart_from_excused(self, draw):
        assert "Not possible for you" in text_of(part(draw(view(stage(5, "void", code="nobody"))), 5))

    def test_more_time_and_a_set_result_are_told_with_their_reason(self, draw):
        until = at(2027, 1, 5, 12)
        extend = StageDecisionData(id=1, stage_id="s4", kind=DecisionKind.EXTEND, until=until, reason="Move.")
        mark = StageDecisionData(id=2, stage_id="s4", kind=DecisionKind.MARK, share=0.8, reason="Said it aloud.")
        text = text_of(part(draw(view(stage(4, "open", decisions=[extend, mark]))), 4))
        assert "You have until Tue 5 Jan, 12:00. The course team gave you more time. Reason: Move." in text
        assert "The course team set this stage to 80 %. Reason: Said it aloud." in text

    def test_what_moved_the_dates_is_told(self, draw):
        text = text_of(part(draw(view(stage(4, "open", dates={"moved_by": ("shift",)}))), 4))
        assert "The due date moved with the individual due date." in text

    def test_the_discussion_stands_open_while_it_can_be_done_and_folded_afterwards(self, draw):
        live = part(draw(view(stage(2, "open"))), 2)
        assert text_of(live.select_one(".cs-rail__body > [data-discussion]")) == "The discussion."
        done = part(draw(view(stage(2, "done", share=1))), 2)
        assert text_of(done.select_one("details > [data-discussion]")) == "The discussion."
        assert not part(draw(view(stage(2, "locked"))), 2).select("[data-discussion]")

    def test_a_discussions_verdict_is_told_post_by_post(self, draw):
        requirements = [
            RequirementData(kind="position", state=RequirementState.MET, code="c", title="Your own position"),
            RequirementData(kind="answers", state=RequirementState.NOT, code="c", title="Answers", why="Too short."),
        ]
        verdict = EvaluationData(
            requirements=requirements, earned=1, possible=2, is_finished=False, completion=0.5, config_version=1,
            evaluated_at=NOW,
        )  # fmt: skip
        counted = part(draw(view(stage(2, "closed", share=0.5, evaluation=verdict))), 2).select_one("details.cs-why")
        assert "Your own position" in text_of(counted)
        assert "Answers Too short." in text_of(counted)


class TestAttending:
    """Checking in: not yet, now, too late, done, corrected."""

    def test_not_yet_says_when(self, draw):
        soon = evening(check_in_from=NOW + timedelta(days=11, hours=1))
        shown = part(draw(view(stage(3, "open", is_next=True), sitting=soon)), 3)
        button = shown.select_one("[data-do=reason]")
        assert button["aria-disabled"] == "true"
        assert "Opens in 11 days, at" in text_of(shown.select_one(f'[id="{button["aria-describedby"]}"]'))
        assert "· check-in opens" in text_of(shown)

    def test_now_there_is_a_form_for_the_code(self, draw):
        now = evening(check_in_from=NOW - timedelta(minutes=5), check_in_until=NOW + timedelta(minutes=5))
        soup = draw(view(stage(3, "open", is_next=True), sitting=now))
        assert "Check-in is open" in text_of(soup)
        field = part(soup, 3).select_one("input[name=code]")
        assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
        assert part(soup, 3).select_one(f'label[for="{field["id"]}"]')
        assert part(soup, 3).select_one("a[href='/discussion_ext/check_in/meeting-1/']")
        assert "Now: Thu 3 Dec, 19:00–21:00, Nairobi time" in text_of(soup)

    def test_too_late_says_the_way_out(self, draw):
        over = evening(
            check_in_from=NOW - timedelta(hours=1),
            check_in_until=NOW - timedelta(minutes=1),
            correct_until=NOW + timedelta(days=1),
        )
        text = text_of(part(draw(view(stage(3, "open"), sitting=over)), 3))
        assert "If you were there, ask your host, who can add you until" in text

    def test_a_recording_is_the_other_way(self, draw):
        over = evening(
            check_in_from=NOW - timedelta(days=4),
            check_in_until=NOW - timedelta(days=3),
            correct_until=NOW - timedelta(days=1),
        )
        shown = view(stage(3, "open"), sitting=over)
        recorded = replace(shown.sitting, sitting=held(over, replay_url="https://video.example/1"))
        soup = part(draw(replace(shown, sitting=recorded)), 3)
        assert "ask your course team to correct it." in text_of(soup)
        assert soup.select_one("a[href='https://video.example/1']")
        assert "Watch 80 % of it, and it counts as if you had been there." in text_of(soup)

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            (AttendanceSource.CODE, "You checked in at 18:57 by code."),
            (AttendanceSource.SCAN, "You checked in at 18:57 with the picture."),
            (AttendanceSource.REPLAY, "You watched the recording."),
            (AttendanceSource.ROLL, "Your host recorded that you were there."),
        ],
    )
    def test_being_there_says_how_it_is_known(self, draw, source, said):
        known = know(AttendanceState.PRESENT, source)
        assert said in text_of(part(draw(view(stage(3, "done", share=1), sitting=evening(), attendance=known)), 3))

    def test_a_correction_says_who_and_why(self, draw, course_team):
        known = know(
            AttendanceState.PRESENT,
            AttendanceSource.CORRECTION,
            recorded_by=course_team.id,
            reason="was in the room",
            corrected_from=AttendanceState.ABSENT,
        )
        text = text_of(part(draw(view(stage(3, "done", share=1), sitting=evening(), attendance=known)), 3))
        assert "Marked absent at first, corrected by" in text
        assert "“was in the room”" in text

    def test_without_a_sitting_one_is_chosen_first(self, draw):
        assert "Choose a class session first." in text_of(part(draw(view(stage(3, "locked"), choices=(lunch(),))), 3))


class TestReviewing:
    """Reports one after the other, with the author's questions."""

    FIRST = ReviewTargetData(contribution_id=11, author_name="Priya N.", body_html="<p>I said it.</p>")
    SECOND = ReviewTargetData(
        contribution_id=12, author_name="Tomás R.", body_html="<p>I waited.</p>", review_id=5, review_html="<p>Try.</p>"
    )

    def test_nothing_drawn_yet_offers_the_first(self, draw):
        shown = part(draw(view(stage(5, "open"))), 5)
        assert shown.select_one("button[data-act=draw]")
        assert "You review 2 reports by classmates." in text_of(shown)

    def test_the_first_without_a_review_is_open(self, draw):
        shown = part(draw(view(stage(5, "open", reviews=[self.SECOND, self.FIRST]))), 5)
        assert "Report 2 of 2, by Priya N." in text_of(shown)
        assert "What is missing?" in text_of(shown)
        form = shown.select_one("[data-answer-form]:not([hidden]) form[data-act=review]")
        assert (form["data-post-id"], form["data-draft-name"]) == ("11", "review:11")
        assert "Your review of Tomás R. I waited. Try." in text_of(shown.select_one("details"))

    def test_afterwards_they_can_be_read_and_no_more_be_asked_for(self, draw):
        closed = {"closes_at": NOW - timedelta(days=1)}
        shown = part(draw(view(stage(5, "done", share=1, dates=closed, reviews=[self.SECOND]))), 5)
        assert not shown.select("form, [data-act=draw]")
        assert "Your review of Tomás R." in text_of(shown)


class TestFinished:
    """The grade by stage, why, and asking for another look."""

    def finished(self, *stages, **other):
        told = {"is_finished": True, "earned": 8.8, "may_appeal_until": at(2027, 1, 4, 16)}
        return view(*(stages or (stage(1, "done", share=1), stage(4, "closed", share=0.6))), **{**told, **other})

    def test_the_grade_stands_on_top_with_every_stage(self, draw):
        soup = draw(self.finished())
        assert "Grade 88 % 1 stage counts in full. 1 counts in part." in text_of(soup)
        rows = [text_of(row) for row in soup.select("tbody tr")]
        assert rows[0].startswith("Prepare")
        assert rows[0].endswith("10 % 100 %")
        assert rows[1].endswith("30 % 60 %")

    def test_what_does_not_count_in_full_can_be_asked_about(self, draw):
        soup = draw(self.finished())
        assert not part(soup, 1).select("form[data-form=appeal]")
        assert part(soup, 4).select_one("form[data-form=appeal] textarea")

    def test_after_the_time_for_it_nothing_is_offered(self, draw):
        assert not draw(self.finished(may_appeal_until=None)).select("form[data-form=appeal]")

    def test_a_question_and_its_answer_are_shown(self, draw):
        asked = AppealData(id=1, stage_id="s4", user_id=1, text="It was <b>in time</b>.", asked_at=at(2026, 12, 20))
        text = text_of(draw(self.finished(stage(4, "closed", share=0.6, appeal=asked))))
        assert "You asked for another look" in text
        assert "It was <b>in time</b>." in text
        assert "has not answered yet" in text
        answered = replace(asked, answer="You are right.", answered_at=at(2026, 12, 21))
        soup = draw(self.finished(stage(4, "closed", share=0.6, appeal=answered)))
        assert "You are right." in text_of(soup)
        assert not soup.select("form[data-form=appeal]")

    def test_a_grade_that_the_team_decided_says_who_and_why(self, draw):
        override = OverrideData(score=9, reason="Great talk.", actor_id=1, actor_name="Ann Vos", at=NOW)
        assert "Decided by Ann Vos: Great talk." in text_of(draw(self.finished(override=override)))

    def test_an_ungraded_task_shows_no_grade(self, draw):
        text = text_of(draw(self.finished(possible=0.0, earned=0.0)))
        assert "You finished this task" in text
        assert "Grade" not in text

    def test_before_the_end_the_grade_so_far_is_folded(self, draw):
        soup = draw(view(stage(1, "done", share=1), stage(2, "open"), earned=1.0))
        assert text_of(soup.select_one("details.cs-panel:not([data-holds]) summary")) == "Grade so far: 1 of 10"


class TestPolicy:
    """What every state keeps to."""

    def test_no_inline_style_script_or_shared_id(self, draw):
        for shown in (
            view(choices=(evening(), lunch(), full())),
            view(*(stage(number, "open") for number in range(1, 6)), sitting=evening(), choices=(lunch(),)),
            view(*(stage(number, "closed", share=0.5) for number in range(1, 6)), may_appeal_until=NOW),
        ):
            soup = draw(shown)
            ids = [element["id"] for element in soup.select("[id]")]
            assert len(ids) == len(set(ids))
            assert not soup.select("[style], [onclick], style")
            for named in soup.select("[aria-describedby], [aria-controls]"):
                wanted = named.get("aria-describedby", "").split() + named.get("aria-controls", "").split()
                assert set(wanted) <= set(ids), named

    def test_viewing_as_a_learner_turns_acting_off(self, draw):
        soup = draw(view(stage(5, "open"), choices=(lunch(),)), is_masquerade=True)
        assert "You are viewing the course as a learner." in text_of(soup)
        assert {button.get("aria-disabled") for button in soup.select("[type=submit], [data-act=draw]")} == {"true"}

    def test_authors_words_are_escaped(self, draw):
        named = replace(STAGES[0], title="<script>x</script>")
        shown = replace(stage(1, "open"), config=named)
        assert "<script>x" in text_of(draw(view(shown)))
        assert not draw(view(shown)).select("script:not([type])")
