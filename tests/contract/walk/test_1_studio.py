"""Both blocks added, edited and published in Studio, and drawn in the LMS with all their files."""

from __future__ import annotations

import pytest

from tests.contract.walk import files
from tests.contract.walk.case import Case, text_lines
from tests.contract.walk.classroom import APPS, FORM, Classroom
from tests.contract.walk.person import Person, eventually
from tests.contract.walk.studio import Studio

pytestmark = pytest.mark.walk

LANGUAGES = {
    "en": ("Read", "A name by Tuesday"),
    "nl": ("Lees", "A name by Tuesday"),
    "zh-cn": ("阅读", "A name by Tuesday"),
}


@pytest.fixture(scope="module")
def unit(classroom: Classroom) -> dict[str, str]:
    """Return a unit with both blocks, as an author adds them: not edited, not published."""
    subsection = classroom.studio.add(classroom.section, "sequential", "Both blocks")
    unit = classroom.studio.add(subsection, "vertical", "Both blocks")
    case = classroom.studio.add(unit, "case_discussion", "New case")
    panel = classroom.studio.add(unit, "points_panel", "New panel")
    return {"subsection": subsection, "unit": unit, "case": case, "panel": panel}


@pytest.mark.parametrize("app", APPS)
def test_the_course_team_turns_the_suite_on_and_off(classroom, app):
    """Studio's processes remember for some seconds what was chosen."""
    by_staff = Studio(classroom.teacher)
    assert eventually(lambda: classroom.studio.apps(classroom.course_id)[app] is True)
    assert by_staff.switch(classroom.course_id, app, is_on=False).status_code == 200
    assert eventually(lambda: by_staff.apps(classroom.course_id)[app] is False)
    assert by_staff.switch(classroom.course_id, app, is_on=True).status_code == 200
    assert eventually(lambda: classroom.studio.apps(classroom.course_id)[app] is True)
    assert Studio(classroom.ada).switch(classroom.course_id, app, is_on=False).status_code == 403


@pytest.mark.parametrize("block", ["case", "panel"])
@pytest.mark.parametrize("view", ["author_view", "studio_view"])
def test_a_block_is_drawn_in_studio_with_all_its_files(classroom, unit, block, view):
    drawn = classroom.studio.draw(unit[block], view)
    addresses = files.of_view(drawn)
    assert any(address.partition("?")[0].endswith(".css") for address in addresses), addresses
    assert files.fetch_all(classroom.studio.author, classroom.studio.author.platform.cms, addresses) == {}


def test_a_form_with_a_mistake_saves_nothing(classroom, unit):
    wrong = FORM | {"position_min": "30", "position_max": "20", "display_name": "Not to be kept"}
    refused = classroom.studio.handle(unit["case"], "author_action/submit", wrong)
    assert refused.status_code == 400
    assert [mistake["field"] for mistake in refused.json()["error"]["fields"]] == ["position_max"]
    assert "Not to be kept" not in classroom.studio.draw(unit["case"], "studio_view")["html"]


def test_a_form_is_kept_and_previewed(classroom, unit):
    shown = classroom.studio.handle(unit["case"], "author_action/preview", FORM | {"prompt": "Whom do you ask first?"})
    assert "Whom do you ask first?" in text_lines(shown.json()["html"])
    saved = classroom.studio.handle(unit["case"], "author_action/submit", FORM)
    assert (saved.status_code, saved.json()) == (200, {"saved": True})
    panel = {"display_name": "My points here", "latest_count": 5, "has_board": True}
    assert classroom.studio.handle(unit["panel"], "edit_panel", panel).status_code == 200
    assert "What do you do before Tuesday?" in text_lines(classroom.studio.draw(unit["case"], "author_view")["html"])
    assert "My points here" in classroom.studio.draw(unit["panel"], "studio_view")["html"]


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_only_the_course_team_edits_in_studio(classroom, unit, who):
    """Studio itself lets everybody who is signed in call a block's handler."""
    refused = Studio(classroom.people[who]).handle(unit["case"], "author_action/submit", FORM | {"prompt": "Mine now"})
    assert refused.status_code in {403, 404}
    assert "Mine now" not in classroom.studio.draw(unit["case"], "studio_view")["html"]


def test_a_published_case_is_open_to_a_learner_with_all_its_files(classroom, unit):
    case = Case(classroom.course_id, unit["case"])
    assert case.open(classroom.ada).status_code == 404, "seen before it was published"
    classroom.studio.publish(unit["subsection"])
    assert eventually(lambda: case.open(classroom.ada).status_code == 200)
    assert case.step(classroom.ada) == "read"
    for block in ("unit", "case", "panel"):
        page = Case(classroom.course_id, unit[block]).open(classroom.ada).text
        addresses = files.of_page(page)
        assert addresses, block
        assert files.fetch_all(classroom.ada, classroom.ada.platform.lms, addresses) == {}, block


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_learner_reads_the_blocks_in_their_language(classroom, unit, language):
    ours, authors = LANGUAGES[language]
    classroom.ada.speak(language)
    try:
        words = Case(classroom.course_id, unit["case"]).words(classroom.ada)
        points = Case(classroom.course_id, unit["panel"]).words(classroom.ada)
    finally:
        classroom.ada.speak("en")
    assert ours in words
    assert authors in words
    assert {"en": "points", "nl": "punten", "zh-cn": "积分"}[language] in points, points[:300]


@pytest.mark.parametrize("block", ["unit", "case", "panel"])
def test_others_find_nothing_there(classroom, unit, passer_by, block):
    thing = Case(classroom.course_id, unit[block])
    assert thing.open(classroom.stranger).status_code == 404
    assert thing.open(passer_by).status_code == 404
    assert thing.open(classroom.ada).status_code == 200


def test_the_tab_stands_in_the_course(classroom: Classroom, passer_by: Person):
    def tabs(person: Person) -> list[str]:
        return [tab["url"] for tab in person.read(f"/api/course_home/course_metadata/{classroom.course_id}")["tabs"]]

    address = f"/gamification/courses/{classroom.course_id}/points/"
    assert eventually(lambda: [url for url in tabs(classroom.ada) if url.replace("%2B", "+").endswith(address)])
    page = classroom.ada.lms("GET", address, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert files.fetch_all(classroom.ada, classroom.ada.platform.lms, files.of_page(page.text)) == {}
    assert classroom.stranger.lms("GET", address).status_code == 404
    assert passer_by.lms("GET", address, allow_redirects=False).status_code == 302
