"""A blended task around a class session: planned, attended with a code, graded, moved for one, and run again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.parser import parse
from lxml import html

from tests.contract.walk.blended import BlendedTask, add_sitting, add_task, soon
from tests.contract.walk.case import completion_of, earned_of, points_of, text_lines
from tests.contract.walk.classroom import Classroom
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person, eventually

pytestmark = pytest.mark.walk

NAME = "A class on scheduling"
DUE = (datetime.now(UTC) + timedelta(days=30)).replace(second=0, microsecond=0)
LATER = DUE + timedelta(days=5)
ADAS_POSITION = "Millet first: I would look at who was on the rota before I blame any machine."
BRAMS_POSITION = "Sorghum before all else, because nobody checked the scales since the week before."
ADA_TO_BRAM = "Scales drift slowly, so why did it show on that one day?"
BRAM_TO_ADA = "A rota says who was there and not what they saw, I think."
REPORT = "I asked the night shift for the rota and we now check the scales every Monday morning."


@pytest.fixture(scope="module")
def made(classroom: Classroom) -> tuple[BlendedTask, str]:
    """Return a published task and its subsection."""
    task, subsection = add_task(classroom, NAME, due=DUE)
    assert eventually(lambda: task.open(classroom.ada).status_code == 200)
    return task, subsection


@pytest.fixture(scope="module")
def task(made: tuple[BlendedTask, str]) -> BlendedTask:
    """Return the task."""
    return made[0]


@pytest.fixture(scope="module")
def sessions(classroom: Classroom, task: BlendedTask) -> Page:
    """Return the page of class sessions, found from the instructor dashboard; changing closes with the start."""
    page = Page.open(classroom.teacher, f"/courses/{task.course_id}/instructor").follow("discussion_ext")
    assert page.status == 200, page.words[:500]
    assert NAME in page.words
    saved = page.follow("Rules").send("change_until_hours", assigned_by="choice", change_until_hours="0")
    assert saved.status == 200, saved.words[:500]
    return Page.open(classroom.teacher, page.path)


@pytest.fixture(scope="module")
def host_page(classroom: Classroom, sessions: Page) -> Page:
    """Return the page of the host of a sitting that starts soon and has two seats."""
    added = add_sitting(sessions, title="Today, Room 1", starts=soon(), host=classroom.teacher, capacity=2)
    assert added.status == 200, added.words[:500]
    found = Page.open(classroom.teacher, sessions.path).follow("check_in")
    return found if found.path.rstrip("/").endswith("host") else found.follow("/host/")


@pytest.fixture(scope="module")
def seated(classroom: Classroom, task: BlendedTask, host_page: Page) -> int:
    """Return the sitting in which ada and bram have the two seats."""
    (sitting,) = task.list_sittings(classroom.ada)
    for learner in (classroom.ada, classroom.bram):
        task.do(learner, "choose", sitting=sitting)
    return sitting


def code_on(host: Person, page: Page) -> str:
    """Return the code that the host's page shows now."""
    found = Page.open(host, page.path).tree.xpath("//*[@data-code]/text()")
    assert found, "the host's page shows no code"
    return re.sub(r"\s", "", found[0])


def test_the_team_finds_its_sessions_on_the_instructor_dashboard(classroom, sessions):
    dashboard = Page.open(classroom.teacher, f"/courses/{classroom.course_id}/instructor")
    assert dashboard.tree.xpath("//*[@data-section='community_sessions'] | //section[@id='community_sessions']")
    for person in (classroom.ada, classroom.moderator):
        assert Page.open(person, sessions.path).status == 404


def test_the_new_dashboard_has_a_tab(classroom, sessions):
    answer = classroom.teacher.lms("GET", f"/api/instructor/v2/courses/{classroom.course_id}")
    if answer.status_code == 404:
        pytest.skip("this release has no new instructor dashboard")
    tabs = {tab["tab_id"]: tab for tab in answer.json()["tabs"]}
    assert tabs["community_sessions"]["url"].startswith("http")


def test_a_full_sitting_takes_nobody_else(classroom, task, seated):
    refused = task.act(classroom.cleo, "choose", sitting=seated)
    assert refused.status_code == 409, refused.text[:300]
    asked = task.act(classroom.cleo, "wish", sitting=seated, is_wished=True)
    assert asked.status_code == 200, asked.text[:300]


def test_two_learners_check_in_by_code(classroom, task, host_page, seated):
    ada, bram = classroom.ada, classroom.bram
    code = code_on(classroom.teacher, host_page)
    wrong = task.handle(ada, "stage_action/s2/check_in", {"code": f"{(int(code) + 1) % 1_000_000:06}"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_code"), wrong.text[:300]
    assert task.phase(ada, "s2") != "done"
    task.in_stage(ada, "s2", "check_in", code=code_on(classroom.teacher, host_page))
    phone = Page.open(bram, re.sub(r"host/?$", "", host_page.path))
    phone.send("code", code=code_on(classroom.teacher, host_page))
    for learner in (ada, bram):
        assert eventually(lambda learner=learner: task.phase(learner, "s2") == "done")
    assert Page.open(classroom.cleo, phone.path).status in {200, 404}
    roll = Page.open(classroom.teacher, host_page.path).words
    assert "2 of 2 here" in roll or roll.count("by the code") >= 2 or "Ada Lovink" in roll


# -- an individual due date --------------------------------------------------------------------------------------------


def extend(team: Person, learner: Person, task: BlendedTask, subsection: str, due: datetime | None) -> None:
    """Use the extension tool of the instructor dashboard; None takes it back."""
    what = "change_due_date" if due else "reset_due_date"
    data = {"student": learner.name, "url": subsection, "reason": "ill"}
    sent = team.lms(
        "POST",
        f"/courses/{task.course_id}/instructor/api/{what}",
        data=data | ({"due_datetime": f"{due:%m/%d/%Y %H:%M}"} if due else {}),
    )
    assert sent.status_code == 200, sent.text[:300]


def due_dates(task: BlendedTask, learner: Person) -> dict[str, datetime]:
    """Return until when open stages take something from a learner, as the block says it."""
    tree = html.fromstring(task.open(learner).text)
    lines = {
        stage.get("data-stage"): " ".join(stage.text_content().split()) for stage in tree.xpath("//*[@data-stage]")
    }
    found = {stage: re.search(r"Due (.+?) ·", words) for stage, words in lines.items()}
    return {stage: parse(match[1], fuzzy=True) for stage, match in found.items() if match}


def test_an_individual_due_date_moves_every_stage_of_that_learner(classroom, made, admin, seated):
    task, subsection = made
    before, adas = due_dates(task, classroom.bram), due_dates(task, classroom.ada)
    assert {"s1", "s3"} <= set(before)
    extend(admin, classroom.bram, task, subsection, LATER)
    assert eventually(lambda: due_dates(task, classroom.bram) != before)
    moved = due_dates(task, classroom.bram)
    assert {stage: moved[stage] - before[stage] for stage in before} == dict.fromkeys(before, LATER - DUE)
    assert due_dates(task, classroom.ada) == adas
    extend(admin, classroom.bram, task, subsection, None)
    assert eventually(lambda: due_dates(task, classroom.bram) == before)


# -- the whole task ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(classroom: Classroom, task: BlendedTask, host_page: Page, seated: int) -> float:
    """Return ada's grade after all three stages, of which the first needs bram's answer to nobody."""
    ada, bram = classroom.ada, classroom.bram
    for learner, words in ((ada, ADAS_POSITION), (bram, BRAMS_POSITION)):
        task.in_stage(learner, "s1", "post_position", text=words)
    task.in_stage(ada, "s1", "post_answer", post=task.post_of(ada, BRAMS_POSITION), text=ADA_TO_BRAM)
    task.in_stage(bram, "s1", "post_answer", post=task.post_of(bram, ADAS_POSITION), text=BRAM_TO_ADA)
    if task.phase(ada, "s2") != "done":
        task.in_stage(ada, "s2", "check_in", code=code_on(classroom.teacher, host_page))
    task.in_stage(ada, "s3", "hand_in", text=REPORT, link="https://example.com/rota")
    assert eventually(lambda: earned_of(ada, task.course_id, NAME) == 10)
    return 10.0


def test_all_stages_are_the_whole_grade(classroom, task, finished):
    assert [task.phase(classroom.ada, stage) for stage in ("s1", "s2", "s3")] == ["done"] * 3
    assert eventually(lambda: completion_of(classroom.ada, task.course_id, task.usage_key) == 1.0)
    assert points_of(classroom.ada, task.course_id) > 0
    assert earned_of(classroom.bram, task.course_id, NAME) == 7
    listed = classroom.bram.read("/api/discussion/v1/threads/", params={"course_id": task.course_id})["results"]
    assert not [thread for thread in listed if "Millet" in json.dumps(thread)]
    assert "Millet" not in task.words(classroom.cleo)


# -- the platform's own tools for grades -------------------------------------------------------------------------------


def regrade(team: Person, task: BlendedTask, tool: str, learner: Person, **data: str) -> None:
    """Use one of the instructor dashboard's tools on a learner's grade."""
    fields = {"problem_to_reset": task.usage_key, "unique_student_identifier": learner.name, **data}
    sent = team.lms("POST", f"/courses/{task.course_id}/instructor/api/{tool}", data=fields)
    assert sent.status_code == 200, f"{tool}: {sent.status_code} {sent.text[:300]}"


def test_staff_override_and_rescore(classroom, task, admin, finished):
    ada = classroom.ada
    regrade(admin, task, "override_problem_score", ada, score="4")
    assert eventually(lambda: earned_of(ada, task.course_id, NAME) == 4)
    assert "4" in task.words(ada)
    regrade(admin, task, "rescore_problem", ada, only_if_higher="false")
    assert eventually(lambda: earned_of(ada, task.course_id, NAME) == finished)


# -- a new run ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rerun(classroom: Classroom, task: BlendedTask, finished: float, admin: Person) -> str:
    """Return the key of a new run of the course that has begun, with ada and the teacher in it."""
    org, number, _run = task.course_id.removeprefix("course-v1:").split("+")
    fields = {"org": org, "number": number, "run": "r2", "display_name": "Walk again"}
    begun = admin.cms("POST", "/course/", json={**fields, "source_course_key": task.course_id})
    assert begun.status_code == 200, begun.text[:300]
    course_id = f"course-v1:{org}+{number}+r2"
    details = f"/settings/details/{course_id}"
    assert eventually(lambda: admin.cms("GET", details).status_code == 200, seconds=180)
    found = admin.cms("GET", details).json()
    saved = admin.cms("POST", details, json={**found, "start_date": "2020-01-01T00:00:00Z", "end_date": None})
    assert saved.status_code == 200, saved.text[:300]
    for app in ("community_cases", "community_points"):
        assert classroom.studio.switch(course_id, app, is_on=True).status_code == 200
    address = f"/course_team/{course_id}/{classroom.teacher.name}@example.com"
    assert admin.cms("PUT", address, json={"role": "staff"}).status_code in {200, 204}
    classroom.ada.enrol(course_id)
    return course_id


def test_a_new_run_has_sessions_and_evidence_of_its_own(classroom, task, rerun, finished):
    ada, again = classroom.ada, task.in_course(rerun)
    assert eventually(lambda: again.open(ada).status_code == 200 and again.phase(ada, "s1") != "")
    assert again.list_sittings(ada) == []
    assert "Today, Room 1" not in again.words(ada)
    assert "done" not in {again.phase(ada, stage) for stage in ("s1", "s2", "s3")}
    page = Page.open(classroom.teacher, f"/courses/{rerun}/instructor").follow("discussion_ext")
    assert "Today, Room 1" not in page.words
    assert earned_of(ada, task.course_id, NAME) == finished
    assert [task.phase(ada, stage) for stage in ("s1", "s2", "s3")] == ["done"] * 3


def test_a_duplicate_has_sessions_and_evidence_of_its_own(classroom, task, finished):
    studio = classroom.studio
    unit = studio.author.cms("GET", f"/xblock/{task.usage_key}?fields=ancestorInfo").json()
    parent = unit["ancestors"][0]["id"]
    copied = studio.author.cms(
        "POST", "/xblock/", json={"duplicate_source_locator": task.usage_key, "parent_locator": parent}
    )
    assert copied.status_code == 200, copied.text[:300]
    copy = BlendedTask(task.course_id, copied.json()["locator"])
    studio.publish(parent)
    assert eventually(lambda: copy.open(classroom.ada).status_code == 200)
    assert copy.block_id != task.block_id
    assert copy.list_sittings(classroom.ada) == []
    assert "done" not in {copy.phase(classroom.ada, stage) for stage in ("s1", "s2", "s3")}
    assert earned_of(classroom.ada, task.course_id, NAME) == finished


def test_the_team_reads_who_is_where(classroom, task, finished):
    shown = text_lines(task.open(classroom.teacher).text)
    assert "Ada Lovink" in shown
    table = classroom.teacher.lms(
        "GET", f"/courses/{task.course_id}/xblock/{task.usage_key}/handler/team_csv", headers={"Accept": "text/csv"}
    )
    assert table.status_code == 200
    assert "Ada Lovink" in table.text
