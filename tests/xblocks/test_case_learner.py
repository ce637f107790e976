"""The case discussion for a learner: steps, held posts, acts, refusals and what is drawn for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError

from common.djangoapps.student.models import CourseEnrollment
from discussion_ext import api as cases
from lms.djangoapps.courseware.models import StudentModule

from .conftest import ANSWER, CASE, LOOK_BACK, POSITION, drawn, text_of

OTHERS = "Someone should stop guessing and count how often that printer failed since summer began."
SOON = {"opens_at": "2099-01-01T00:00:00"}
PAST = {"closes_at": "2020-01-01T00:00:00"}


@pytest.fixture
def ben(make_learner):
    return make_learner("ben", name="Ben Osei")


@pytest.fixture
def do(act):
    """Return a function that acts as a learner and expects success."""

    def run(block, act_name, **data):
        status, answer = act(block, "learner_action", act_name, data)
        assert status == 200, answer
        return answer

    return run


@pytest.fixture
def both_posted(case_key, open_as, learner, ben, do):
    """Return the blocks of two learners who have taken positions."""
    mine, his = open_as(case_key, learner), open_as(case_key, ben)
    for block, text in ((mine, POSITION), (his, OTHERS)):
        drawn(block)
        do(block, "start")
        do(block, "post_position", text=text, step="position")
    return mine, his


def region_of(answer):
    return BeautifulSoup(answer["region"], "html.parser")


def post_of(block, name):
    """Return the id of the first post on the screen by the person of that name."""
    return int(drawn(block).select_one(f'[data-list] > [data-name="{name}"]')["data-post"])


def step_of(soup):
    return soup.select_one("[data-step]")["data-step"]


class TestWay:
    """From reading to looking back."""

    def test_it_begins_with_reading(self, case_key, open_as, learner):
        soup = drawn(open_as(case_key, learner))
        assert step_of(soup) == "read"
        assert soup.select_one("[aria-current=step]").get_text(strip=True) == "Read"
        assert "An answer to 1 classmate" in text_of(soup)
        assert not soup.select("textarea")

    def test_others_are_held_until_the_own_position(self, case_key, open_as, learner, ben, do):
        his, mine = open_as(case_key, ben), open_as(case_key, learner)
        do(his, "post_position", text=OTHERS, step="position")
        held = region_of(do(mine, "start"))
        assert "1 classmate has posted." in text_of(held)
        assert "printer failed" not in text_of(held)
        shown = region_of(do(mine, "post_position", text=POSITION, step="position"))
        assert step_of(shown) == "answer"
        assert "printer failed" in text_of(shown)
        assert "Your position is posted and counts:" in text_of(shown)

    def test_the_whole_way_gives_grade_and_completion(self, both_posted, do, learner, case_key):
        mine, _his = both_posted
        answered = region_of(do(mine, "post_answer", post=post_of(mine, "Ben Osei"), text=ANSWER, step="answer"))
        assert step_of(answered) == "look_back"
        finished = region_of(do(mine, "post_look_back", text=LOOK_BACK, step="look_back"))
        assert step_of(finished) == "finished"
        assert "Grade 10 / 10 ." in text_of(finished)
        module = StudentModule.objects.get(student=learner, module_state_key=case_key)
        assert (module.grade, module.max_grade) == (10, 10)
        assert (mine.get_score().raw_earned, mine.calculate_score().raw_earned) == (10, 10)

    def test_a_case_that_is_not_graded_says_no_grade(self, make_case, open_as, learner, do):
        ungraded = {"position_points": 0, "answers_points": 0, "look_back_points": 0, "answers_wanted": 0}
        mine = open_as(make_case(**ungraded), learner)
        do(mine, "post_position", text=POSITION, step="position")
        finished = region_of(do(mine, "post_look_back", text=LOOK_BACK, step="look_back"))
        assert step_of(finished) == "finished"
        assert "Grade" not in text_of(finished)

    def test_one_more_answer_changes_the_post_and_the_list_of_what_counts_only(
        self, make_case, open_as, learner, ben, do
    ):
        key = make_case(answers_wanted=2)
        mine, his = open_as(key, learner), open_as(key, ben)
        do(his, "post_position", text=OTHERS)
        do(mine, "post_position", text=POSITION)
        answer = do(mine, "post_answer", post=post_of(mine, "Ben Osei"), text=ANSWER, step="answer")
        assert "region" not in answer
        assert "1 of 2" in text_of(BeautifulSoup(answer["parts"]["stand"], "html.parser"))
        assert answer["summary"] == "1 answer"
        assert answer["status"] == "Your answer is posted and counts: 9 words."

    def test_an_answer_is_news_for_its_receiver_once(self, both_posted, do, open_as, case_key, ben):
        mine, his = both_posted
        drawn(his)
        do(mine, "post_answer", post=post_of(mine, "Ben Osei"), text=ANSWER, step="answer")
        assert "1 classmate answered you" in text_of(drawn(open_as(case_key, ben)))
        assert "answered you since" not in text_of(drawn(open_as(case_key, ben)))

    def test_a_copy_is_told_to_count_not_and_why(self, both_posted, do):
        mine, _his = both_posted
        answer = do(mine, "post_answer", post=post_of(mine, "Ben Osei"), text=POSITION, step="answer")
        assert answer["status"].startswith("Posted, but it does not count yet.")
        assert "your own position" in answer["status"]

    def test_withdrawing_takes_the_step_back(self, both_posted, do, open_as, case_key, ben):
        mine, _his = both_posted
        own = drawn(mine).select_one(".cs-card--me [data-post]")["data-post"]
        shown = region_of(do(mine, "withdraw", post=int(own)))
        assert step_of(shown) in {"read", "position"}
        assert "speak with him first" not in text_of(drawn(open_as(case_key, ben)))

    def test_editing_changes_the_text_and_says_whether_it_counts(self, both_posted, do):
        mine, _his = both_posted
        own = int(drawn(mine).select_one(".cs-card--me [data-post]")["data-post"])
        answer = do(mine, "edit", post=own, text=POSITION + " Really nobody did.", step="answer")
        assert "Really nobody did." in answer["post"]
        assert answer["status"] == "Changed, and it counts: 17 words."

    def test_helpful_and_back(self, both_posted, do):
        mine, _his = both_posted
        post = post_of(mine, "Ben Osei")
        assert do(mine, "helpful", post=post, is_helpful=True) == {"is_helpful": True, "count": 1}
        assert do(mine, "helpful", post=post, is_helpful=False) == {"is_helpful": False, "count": 0}

    def test_reporting_reaches_the_team_with_its_reason(self, both_posted, do, act, open_as, case_key, course_team):
        mine, _his = both_posted
        do(mine, "report", post=post_of(mine, "Ben Osei"), reason="Names a colleague")
        assert "You reported this" in text_of(drawn(mine))
        panel = act(open_as(case_key, course_team), "team_action", "reports")[1]["panel"]
        assert "Names a colleague" in panel


class TestDrafts:
    """What is being written is kept for its writer, and only there."""

    def test_a_draft_comes_back_and_goes_with_the_post(self, case_key, open_as, learner, do):
        block = open_as(case_key, learner)
        do(block, "start")
        do(block, "draft", name="position", text="I would speak")
        again = drawn(open_as(case_key, learner))
        assert again.select_one("textarea").get_text() == "I would speak"
        assert "Draft saved" in text_of(again)
        do(block, "post_position", text=POSITION, step="position")
        assert open_as(case_key, learner).drafts == {}

    def test_only_the_newest_drafts_are_kept(self, case_key, open_as, learner, do):
        block = open_as(case_key, learner)
        for number in range(25):
            do(block, "draft", name=f"answer:{number}", text="half")
        assert len(block.drafts) == 20
        assert "answer:0" not in block.drafts

    def test_a_draft_is_escaped(self, case_key, open_as, learner, do):
        block = open_as(case_key, learner)
        do(block, "start")
        do(block, "draft", name="position", text="</textarea><script>x</script>")
        assert "<script>x" not in str(drawn(block))


class TestRefusals:
    """A clear 4xx with its field, and nothing written; the same call succeeds for whoever may."""

    @pytest.mark.parametrize("body", [b"[1]", b'"x"', b"null", b"7", b"{", b"\xff", b'{"text": NaN}', b"[" * 5000])
    def test_what_is_no_object(self, case_key, open_as, learner, act, body):
        assert act(open_as(case_key, learner), "learner_action", "post_position", body)[0] == 400

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            (None, "text"), ("", "text"), ("   ", "text"), (5, "text"), (["x"], "text"), ({"a": 1}, "text"),
            ("x " * 60_000, "text"), ("🙂🙂🙂", "body"), ("![x](http://e.com/x.png)", "body"), ("Too short.", "body"),
        ],
    )  # fmt: skip
    def test_texts(self, case_key, open_as, learner, act, text, field):
        block = open_as(case_key, learner)
        status, answer = act(block, "learner_action", "post_position", {"text": text})
        assert 400 <= status < 500
        assert answer["error"]["field"] == field
        assert answer["error"]["message"]
        assert not cases.has_taken_part(usage_key=case_key, user_id=learner.id)

    @pytest.mark.parametrize("code", [0x00, 0x01, 0x1B, 0xD83D, 0xDC00, 0xFFFF])
    def test_half_an_emoji_and_control_characters_are_left_out(self, case_key, open_as, learner, ben, act, code):
        block = open_as(case_key, learner)
        text = f"{chr(code)}{POSITION[:20]}{chr(code)}{POSITION[20:]}"
        assert act(block, "learner_action", "draft", {"name": "position", "text": text})[0] == 200
        assert act(block, "learner_action", "start")[0] == 200
        assert drawn(open_as(case_key, learner)).select_one("textarea").get_text() == POSITION
        assert act(block, "learner_action", "preview", {"text": text}) == (200, {"html": f"<p>{POSITION}</p>"})
        status, answer = act(block, "learner_action", "post_position", {"text": text})
        assert status == 200
        assert region_of(answer).select_one(".cs-card--me .cs-post__body").get_text().strip() == POSITION

    def test_a_body_of_a_megabyte(self, case_key, open_as, learner, act):
        body = b'{"text": "' + b"x" * 1_000_000 + b'"}'
        assert act(open_as(case_key, learner), "learner_action", "post_position", body)[0] == 413

    def test_an_unknown_act(self, case_key, open_as, learner, act):
        for handler in ("learner_action", "team_action", "author_action"):
            assert act(open_as(case_key, learner), handler, "__init__")[0] == 404

    @pytest.mark.parametrize(("act_name", "field"), [("post_position", "text"), ("draft", "text"), ("start", "")])
    def test_a_page_of_somebody_elses(self, case_key, open_as, learner, ben, act, act_name, field):
        body = {"name": "position", field: POSITION} if field else {}
        left_open = {"X-Community-Person": str(ben.id)}
        status, answer = act(open_as(case_key, learner), "learner_action", act_name, body, left_open)
        assert (status, answer["error"]["code"]) == (409, "other_person")
        assert not cases.has_taken_part(usage_key=case_key, user_id=learner.id)
        own = {"X-Community-Person": str(learner.id)}
        assert act(open_as(case_key, learner), "learner_action", act_name, body, own)[0] == 200

    @pytest.mark.parametrize("post", [None, "x", -1, 0, 1.5, True, 2**70, [1]])
    def test_ids(self, both_posted, act, post):
        status, answer = act(both_posted[0], "learner_action", "withdraw", {"post": post})
        assert (status, answer["error"]["field"]) == (400, "post")

    def test_posts_of_others_cannot_be_touched(self, both_posted, act):
        mine, _his = both_posted
        post = post_of(mine, "Ben Osei")
        for name, data in (("withdraw", {}), ("edit", {"text": POSITION})):
            assert act(mine, "learner_action", name, {"post": post, **data})[0] == 403

    def test_a_held_post_is_closed_to_every_door(self, both_posted, act, open_as, case_key, make_learner):
        post = post_of(both_posted[0], "Ben Osei")
        newcomer = open_as(case_key, make_learner("carla", name="Carla Pinto"))
        for name, data in (
            ("answers", {"page": 1}), ("post_answer", {"text": ANSWER}), ("helpful", {"is_helpful": True}),
            ("report", {"reason": "x"}),
        ):  # fmt: skip
            status, answer = act(newcomer, "learner_action", name, {"post": post, **data})
            assert status in {403, 404}, name
            assert "printer" not in str(answer)
        more = act(newcomer, "learner_action", "more", {"page": 2})[1]
        assert "printer" not in str(more)

    def test_posts_of_another_case_are_not_found(self, both_posted, act, make_case, open_as, learner, do):
        post = post_of(both_posted[0], "Ben Osei")
        other = open_as(make_case(), learner)
        do(other, "post_position", text=POSITION)
        assert act(other, "learner_action", "post_answer", {"post": post, "text": ANSWER})[0] == 404

    def test_somebody_who_left_the_course(self, case_key, open_as, learner, act, case_course):
        block = open_as(case_key, learner)
        CourseEnrollment.unenroll(learner, case_course)
        status, answer = act(block, "learner_action", "post_position", {"text": POSITION})
        assert (status, answer["error"]["code"]) == (403, "not_enrolled")
        CourseEnrollment.enroll(learner, case_course)
        assert act(block, "learner_action", "post_position", {"text": POSITION})[0] == 200

    def test_staff_who_look_as_a_learner(self, case_key, open_as, learner, course_team, act):
        block = open_as(case_key, course_team, masquerade_as=learner.username)
        drawn(block)
        for name, data in (
            ("start", {}),
            ("post_position", {"text": POSITION}),
            ("draft", {"name": "position", "text": "x"}),
        ):
            status, answer = act(block, "learner_action", name, data)
            assert (status, answer["error"]["code"]) == (403, "masquerade")
        assert not cases.has_taken_part(usage_key=case_key, user_id=learner.id)
        summary = cases.get_team_summary(usage_key=case_key)
        assert summary.opened == 0

    @pytest.mark.parametrize("fields", [SOON, PAST])
    def test_before_opening_and_after_closing(self, make_case, open_as, learner, act, fields):
        block = open_as(make_case(**fields), learner)
        drawn(block)
        status, answer = act(block, "learner_action", "post_position", {"text": POSITION})
        assert (status, answer["error"]["code"]) == (409, "not_open")

    def test_a_course_without_cases(self, case_key, open_as, learner, act, case_course):
        cases.set_on(case_course, False, actor_id=None)
        block = open_as(case_key, learner)
        assert "not turned on" in text_of(drawn(block))
        assert act(block, "learner_action", "post_position", {"text": POSITION})[0] == 403

    def test_the_teams_acts_are_not_a_learners(self, case_key, open_as, learner, act):
        block = open_as(case_key, learner)
        for name in ("overview", "posts", "reports", "close", "reopen", "save_synthesis"):
            assert act(block, "team_action", name, {"text": "x"})[0] == 403


class TestDrawn:
    """Every state looks like one, and never like an empty list."""

    def test_scheduled(self, make_case, open_as, learner):
        text = text_of(drawn(open_as(make_case(**SOON), learner)))
        assert "Not open yet" in text
        assert "Opens Thu 1 Jan 2099, 00:00, UTC" in text
        assert "bakers" not in text

    def test_closed_without_a_post(self, make_case, open_as, learner):
        text = text_of(drawn(open_as(make_case(**PAST), learner)))
        assert "This case is closed. You can still read the case." in text
        assert "Two of nine bakers" in text

    def test_days_left(self, make_case, open_as, learner):
        moment = (datetime.now(UTC) + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%S")
        tag = drawn(open_as(make_case(closes_at=moment), learner)).select_one(".cs-tag--warn")
        assert "left" in tag.get_text()

    def test_not_enrolled(self, case_key, open_as, outsider):
        soup = drawn(open_as(case_key, outsider))
        assert "Enrol in this course to take part." in text_of(soup)
        assert CASE["prompt"] in text_of(soup)

    def test_a_neighbour_out_of_order(self, case_key, open_as, learner, monkeypatch):
        def fail(**_arguments):
            raise DatabaseError("gone away")

        monkeypatch.setattr(cases, "view_case", fail)
        soup = drawn(open_as(case_key, learner))
        assert "cannot be shown right now. Nothing is lost." in text_of(soup)
        assert "Two of nine bakers" in text_of(soup)

    def test_posts_are_escaped(self, case_key, open_as, learner, ben, do):
        his, mine = open_as(case_key, ben), open_as(case_key, learner)
        do(his, "post_position", text=f"<script>alert(1)</script><b onclick='x()'>hi</b> {OTHERS}")
        do(mine, "post_position", text=POSITION)
        html = str(drawn(mine))
        assert "<script>alert" not in html
        assert "onclick" not in html

    def test_all_answers_of_a_closed_case_offer_no_act(self, both_posted, act, do, open_as, case_key, ben, course_team):
        mine, _his = both_posted
        position = post_of(mine, "Ben Osei")
        do(mine, "post_answer", post=position, text=ANSWER, step="answer")

        def offered():
            html = do(open_as(case_key, ben), "answers", post=position, page=1)["html"]
            return BeautifulSoup(html, "html.parser").select("[data-do]")

        assert offered()
        assert act(open_as(case_key, course_team), "team_action", "close", {"text": "It ends here."})[0] == 200
        assert not offered()

    def test_without_script_no_form_takes_a_text(self, both_posted, open_in_studio, open_as, case_key, course_team):
        team, form = drawn(open_as(case_key, course_team)), drawn(open_in_studio(case_key), "studio_view")
        for soup in (drawn(both_posted[0]), team, form):
            forms = soup.select("form")
            assert forms
            assert {form["method"] for form in forms} == {"dialog"}
        assert "writing needs it" in text_of(team.select_one("noscript"))

    def test_two_cases_in_a_document_share_no_id(self, make_case, open_as, learner, do):
        found = []
        for _ in range(2):
            block = open_as(make_case(), learner)
            do(block, "start")
            soup = drawn(block)
            found.append({element["id"] for element in soup.select("[id]")})
            assert not soup.select("use")
            assert len(soup.select("svg.cs-icon > *")) >= 3
        assert found[0]
        assert not found[0] & found[1]

    def test_ids_are_unique_and_labels_meet_their_fields(self, both_posted):
        soup = drawn(both_posted[0])
        ids = [element["id"] for element in soup.select("[id]") if not element.find_parent("template")]
        assert len(ids) == len(set(ids))
        assert all(label["for"] in ids for label in soup.select("label[for]") if not label.find_parent("template"))
        assert not soup.select("[style]")


def test_a_position_that_does_not_count_is_mended_by_editing(case_key, open_as, learner, ben, do):
    his, mine = open_as(case_key, ben), open_as(case_key, learner)
    do(his, "post_position", text=POSITION, step="position")
    shown = region_of(do(mine, "post_position", text=POSITION, step="position"))
    assert step_of(shown) == "position"
    assert "Does not count" in text_of(shown.select_one(".cs-card--me"))
    assert not shown.select('form[data-act="post_position"]')
    own = int(shown.select_one(".cs-card--me [data-post]")["data-post"])
    mended = region_of(do(mine, "edit", post=own, text=OTHERS, step="position"))
    assert step_of(mended) == "answer"
