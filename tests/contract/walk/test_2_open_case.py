"""An open case: one learner writes in the block, the other in the platform's own discussion; both count."""

from __future__ import annotations

import pytest

from tests.contract.walk.case import Case, completion_of, earned_of, entries_of, place_of, points_of
from tests.contract.walk.classroom import TOPICS, Classroom
from tests.contract.walk.person import eventually

pytestmark = pytest.mark.walk

ADAS_POSITION = "I would speak with Dov first, because I am the one who kept asking him to stay."
BRAMS_POSITION = "Neither of them: the printer is checked on Saturday, with the day lead and on paper."
ADA_TO_BRAM = "Checking the printer brings a cause instead of a person."
BRAM_TO_ADA = "You take the blame quickly; is that not naming somebody as well?"
LOOK_BACK = "Taking the blame is still naming somebody, so I bring three rotas instead."
NAME = "An open case"


@pytest.fixture(scope="module")
def case(classroom: Classroom) -> Case:
    """Return a published case whose positions stand in a topic of the course."""
    made, _subsection = classroom.add_case(NAME, is_held=False, topic_id=TOPICS[0])
    assert eventually(lambda: made.open(classroom.ada).status_code == 200)
    assert made.step(classroom.ada) == "read"
    assert made.step(classroom.bram) == "read"
    return made


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """Return what one chapter leaves to the next."""
    return {}


def test_a_thread_of_the_discussion_is_a_position(classroom, case, told):
    thread = classroom.ada.start_thread(case.course_id, TOPICS[0], title="My position", body=ADAS_POSITION)
    told["thread"] = thread["id"]
    assert eventually(lambda: case.step(classroom.ada) == "answer")
    assert eventually(lambda: points_of(classroom.ada, case.course_id) > 0)
    assert eventually(lambda: earned_of(classroom.ada, case.course_id, NAME) == 4)


def test_a_position_in_the_block_is_a_thread_of_the_discussion(classroom, case, told):
    case.do(classroom.bram, "start")
    case.do(classroom.bram, "post_position", text=BRAMS_POSITION)
    assert case.step(classroom.bram) == "answer"
    found = classroom.ada.read("/api/discussion/v1/threads/", params={"course_id": case.course_id})["results"]
    [thread] = [post for post in found if post["raw_body"] == BRAMS_POSITION]
    assert (thread["author"], thread["topic_id"]) == (classroom.bram.name, TOPICS[0])
    told["brams"] = thread["id"]


def test_a_response_in_the_discussion_is_an_answer_and_the_other_way_round(classroom, case, told):
    classroom.ada.respond(told["brams"], ADA_TO_BRAM)
    assert eventually(lambda: case.step(classroom.ada) == "look_back")
    case.do(classroom.bram, "post_answer", post=case.post_of(classroom.bram, ADAS_POSITION), text=BRAM_TO_ADA)
    assert case.step(classroom.bram) == "look_back"
    asked = {"thread_id": told["thread"]}
    replies = classroom.ada.read("/api/discussion/v1/comments/", params=asked)["results"]
    assert [(reply["author"], reply["raw_body"]) for reply in replies] == [(classroom.bram.name, BRAM_TO_ADA)]


def test_the_end_arrives_in_grade_completion_points_and_board(classroom, case):
    before = points_of(classroom.ada, case.course_id)
    assert completion_of(classroom.ada, case.course_id, case.usage_key) == pytest.approx(2 / 3, abs=0.01)
    case.do(classroom.ada, "post_look_back", text=LOOK_BACK)
    assert case.step(classroom.ada) == "finished"
    assert eventually(lambda: earned_of(classroom.ada, case.course_id, NAME) == 10)
    assert eventually(lambda: completion_of(classroom.ada, case.course_id, case.usage_key) == 1.0)
    assert eventually(lambda: points_of(classroom.ada, case.course_id) > before)
    entries = entries_of(classroom.ada, case.course_id)
    assert "case_finished" in {entry["kind"] for entry in entries}
    assert all(entry["reason"] for entry in entries)
    total = sum(entry["points"] for entry in entries)
    assert points_of(classroom.ada, case.course_id) == total
    assert eventually(lambda: (place_of(classroom.ada, case.course_id) or {}).get("points") == total)


def test_the_teacher_finds_the_grade_in_the_gradebook(classroom, case):
    address = f"/api/grades/v1/gradebook/{case.course_id}/"
    asked = {"user_contains": classroom.ada.name}

    def scores() -> list[tuple[float, float]]:
        rows = classroom.teacher.read(address, params=asked)["results"]
        parts = [part for row in rows for part in row["section_breakdown"] if part["subsection_name"] == NAME]
        return [(part["score_earned"], part["score_possible"]) for part in parts]

    assert eventually(lambda: scores() == [(10.0, 10.0)]), scores()


def test_the_outline_ticks_it_off(classroom, case):
    def is_done() -> bool:
        outline = classroom.ada.read(f"/api/course_home/outline/{case.course_id}")["course_blocks"]["blocks"]
        return next(bool(block["complete"]) for block in outline.values() if block["display_name"].startswith(NAME))

    assert eventually(is_done)


def test_an_edit_in_the_discussion_is_evaluated_again(classroom, case, told):
    classroom.ada.change_post("threads", told["thread"], "Too short now.")
    assert eventually(lambda: earned_of(classroom.ada, case.course_id, NAME) == 6)
    classroom.ada.change_post("threads", told["thread"], ADAS_POSITION)
    assert eventually(lambda: earned_of(classroom.ada, case.course_id, NAME) == 10)


def test_an_edit_in_the_block_stands_in_the_discussion(classroom, case, told):
    changed = BRAMS_POSITION + " And only then the rota."
    case.do(classroom.bram, "edit", post=case.post_of(classroom.bram, BRAMS_POSITION), text=changed)
    assert classroom.ada.read(f"/api/discussion/v1/threads/{told['brams']}/")["raw_body"] == changed


def test_the_team_sees_decides_and_closes(classroom, case):
    before = earned_of(classroom.bram, case.course_id, NAME)
    user_id = classroom.id_of(classroom.bram)
    decided = case.decide(classroom.teacher, "override", user=user_id, score=3, reason="Talked it through.")
    assert decided.status_code == 200, decided.text[:300]
    assert eventually(lambda: earned_of(classroom.bram, case.course_id, NAME) == 3)
    assert case.decide(classroom.teacher, "undo_override", user=user_id).status_code == 200
    assert eventually(lambda: earned_of(classroom.bram, case.course_id, NAME) == before)
    table = classroom.teacher.lms("GET", f"/courses/{case.course_id}/xblock/{case.usage_key}/handler/team_csv")
    assert (table.status_code, table.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert case.decide(classroom.teacher, "close", text="Both looked for a cause.").status_code == 200
    assert "Both looked for a cause." in case.words(classroom.ada)
    assert case.act(classroom.bram, "post_look_back", text=LOOK_BACK).status_code == 409
    assert case.decide(classroom.teacher, "reopen").status_code == 200
    assert case.do(classroom.bram, "post_look_back", text=LOOK_BACK)
