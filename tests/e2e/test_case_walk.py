"""From the author's form to the board and back: one case, the way people live through it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.looks import look
from tests.e2e.pages import CaseForm, LearnerCase, TeamCase

pytestmark = pytest.mark.e2e

TITLE = "A name by Tuesday"
CASE = """On Thursday night two of nine bakers call in sick. Mirjam, shift lead for four months, asks Dov to stay.

On Friday the quality log shows a **wrong allergen label** on 240 loaves. The manager wants a name by Tuesday."""
QUESTION = "You are Mirjam. What do you do before Tuesday, and whom do you speak to first?"

ADAS_POSITION = (
    "I would speak to Dov first and ask what the last three weeks were like for him. He has said yes to every extra "
    "hour, and I am the one who kept asking, so his name alone hides my own part."
)
BRAMS_POSITION = (
    "Neither of them. First I check the label printer with the day lead, on paper, on Saturday. If the system let a "
    "wrong label through at four in the morning, a tired person is the last link and never the cause."
)
ADA_TO_BRAM = (
    "Checking the printer changes what I bring: a cause instead of a person. Where I hesitate is the rota, because "
    "nobody looks at paper before the weekend ends."
)
BRAM_TO_ADA = (
    "You take blame on yourself quickly. Is that not the same move as giving a name, only kinder? The plan for next "
    "week stays missing."
)
ADA_LOOKS_BACK = (
    "Taking the blame is still naming somebody. I keep the talk with him, but on Tuesday I bring the printer, three "
    "rotas and one measure we can test."
)
BRAM_LOOKS_BACK = (
    "I left people out of it altogether. Asking how those weeks went costs nothing and tells me more about the night "
    "shift than any printer log does."
)


@pytest.fixture(scope="module")
def case_key(town):
    """Return the key of the case that the author adds in the first chapter."""
    page = town.page_of("ruben")
    page.goto(town.studio(f"container/{town.units['case']}"))
    page.get_by_role("button", name="Case discussion").click()
    page.wait_for_url(re.compile("/xblock/.*/edit"))
    found = re.search(r"block-v1:[^/]+", page.url)
    page.context.close()
    return found[0]


def test_the_author_is_told_what_is_wrong_and_nothing_is_saved(town, case_key):
    page = town.page_of("ruben")
    form = CaseForm(page).open(town.studio(f"xblock/{case_key}/edit"))
    form.fill(Title=TITLE, Case_text=CASE, Question=QUESTION)
    form.form.get_by_label("Position, at least").fill("30")
    form.form.get_by_label("Position, at most").fill("20")
    form.form.get_by_label("Opens").fill("2026-11-23T09:00")
    form.form.get_by_label("Closes").fill("2026-11-22T23:59")
    form.save()
    summary = form.form.get_by_role("alert").first
    expect(summary).to_contain_text("Not saved yet. 2 fields need you")
    expect(summary).to_be_focused()
    look(page, "case_discussion_studio-errors")
    summary.get_by_role("link").first.click()
    expect(form.form.get_by_label("Position, at most")).to_be_focused()
    expect(form.form.get_by_label("Position, at most")).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(form.form.get_by_label("Title", exact=True)).not_to_have_value(TITLE)
    page.context.close()


def test_the_author_writes_edits_and_publishes(town, case_key):
    page = town.page_of("ruben")
    form = CaseForm(page).open(town.studio(f"xblock/{case_key}/edit"))
    form.fill(Title=TITLE, Case_text=CASE, Question=QUESTION)
    for label, number in {
        "Position, at least": 30,
        "Answers to different classmates": 1,
        "Each answer, at least": 12,
        "Look back, at least": 15,
    }.items():
        form.form.get_by_label(label).fill(str(number))
    preview = form.form.locator("[data-preview-body]")
    expect(preview.get_by_text("wrong allergen label")).to_be_visible()
    expect(preview).to_contain_text("30 words or more")
    sizes = "element => [document.documentElement, element].map(seen => getComputedStyle(seen).fontSize)"
    assert preview.evaluate(sizes) == ["10px", "16px"], "Studio's root is small; the block is not"
    form.form.get_by_role("button", name="Course team").click()
    look(page, "case_discussion_studio-filled")
    form.save()
    page.wait_for_url(re.compile("/container/"))
    expect(page.get_by_text(f"{TITLE}: new")).to_be_visible()
    look(page, "case_discussion_studio-unit")

    page.get_by_role("link", name=f"Edit “{TITLE}”").click()
    form.wait()
    expect(form.form.get_by_label("Position, at least")).to_have_value("30")
    form.form.get_by_label("Position, at least").fill("25")
    form.save()
    page.wait_for_url(re.compile("/container/"))
    page.get_by_role("button", name="Publish unit").click()
    expect(page.get_by_text("Learners have this version.")).to_be_visible()
    page.context.close()


def test_a_learner_reads_and_thinks_first(town, case_key):
    page = town.page_of("ada")
    case = LearnerCase(page, town.block(case_key)).open()
    case.at("Read")
    case.sees(QUESTION)
    case.sees("25 words or more")
    look(page, "case_discussion_learner-1-reading")
    case.start()
    case.sees(re.compile("Nobody has posted yet"))
    case.write("Your position", f"{QUESTION} I would speak")
    case.sees("3 of 25 words.")
    button = case.block.get_by_role("button", name="Post position")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    case.at("Take a position")
    case.write("Your position", ADAS_POSITION)
    case.sees(re.compile("Draft saved"))
    page.reload()
    expect(case.block.get_by_role("textbox", name="Your position")).to_have_value(ADAS_POSITION)
    case.press("Post position")
    case.at("Answer classmates")
    case.sees("No classmate has posted yet")
    look(page, "case_discussion_learner-3-first_to_post")
    page.context.close()


def test_the_second_sees_nothing_of_the_first_before_his_own(town, case_key):
    page = town.page_of("bram")
    case = LearnerCase(page, town.block(case_key)).open()
    case.start()
    case.sees("1 classmate has posted.")
    case.write("Your position", "Neither of them. First I check the label printer with the day lead.")
    look(page, "case_discussion_learner-2-position_held")
    case.sees_nothing_of("the last three weeks were like", "Ada Lovink")
    case.take_position(BRAMS_POSITION)
    case.sees(re.compile("the last three weeks were like"))
    look(page, "case_discussion_learner-3-classmates")
    page.context.close()


def test_an_answer_that_repeats_oneself_does_not_count_and_a_real_one_does(town, case_key):
    page = town.page_of("bram")
    case = LearnerCase(page, town.block(case_key)).open()
    case.answer("Ada Lovink", BRAMS_POSITION)
    item = case.requirement("Answer to Ada Lovink")
    expect(item).to_contain_text("Does not count")
    expect(item).to_contain_text(re.compile(r"It repeats \d+ of its \d+ words from your own position"))
    assert town.stored("bram")["grades"][case_key][0] == 4
    look(page, "case_discussion_learner-4-does_not_count")
    case.answer("Ada Lovink", BRAM_TO_ADA)
    case.at("Look back")
    page.context.close()


def test_looking_back_finishes_the_case_with_grade_completion_and_points(town, case_key):
    page = town.page_of("ada")
    case = LearnerCase(page, town.block(case_key)).open()
    case.sees("Is that not the same move as giving a name")
    case.answer("Bram de Wit", ADA_TO_BRAM)
    case.at("Look back")
    case.sees("Bram de Wit answered you")
    case.write("Look back", ADA_LOOKS_BACK)
    look(page, "case_discussion_learner-5-look_back")
    case.look_back(ADA_LOOKS_BACK)
    case.sees("You finished this case")
    why = case.block.locator("details.cs-why")
    why.locator("summary").click()
    expect(why).to_contain_text(re.compile("10 points for a finished case|finished"))
    look(page, "case_discussion_learner-6-finished")
    found = town.stored("ada")
    assert found["grades"][case_key] == [10, 10]
    assert found["completions"][case_key] == 1
    given = [(kind, points) for kind, points, _reason in found["entries"]]
    assert sorted(given) == [("answer", 3), ("case_finished", 10), ("comment", 3), ("comment", 3)], found
    assert (found["points"], found["rank"]) == (19, 1)
    assert all(reason for _kind, _points, reason in found["entries"])
    page.context.close()

    page = town.page_of("bram")
    case = LearnerCase(page, town.block(case_key)).open()
    case.look_back(BRAM_LOOKS_BACK)
    assert town.stored("bram")["grades"][case_key] == [10, 10]
    page.context.close()


def test_a_comment_and_a_reading_earn_less(town):
    page = town.page_of("xiaoyu")
    page.goto(town.course(f"units/{town.units['reading']}"))
    for _screen in range(1 + page.evaluate("Math.ceil(document.body.scrollHeight / innerHeight)")):
        page.wait_for_timeout(5500)  # what is in sight counts as read after five seconds
        page.mouse.wheel(0, 800)
    page.context.close()
    found = town.stored("xiaoyu", "html")
    assert [(kind, points) for kind, points, _reason in found["entries"]] == [("unit_finished", 1)]

    page = town.page_of("dora")
    page.goto(town.course("discussion/forum/"))
    look(page, "discussion-first_day")
    page.get_by_role("link", name="Start a discussion").first.click()
    page.get_by_label("Title").fill("What do you do when a call goes quiet?")
    page.get_by_label(re.compile("Your post|Text|Body")).fill(
        "Our calls go quiet after ten minutes, and then the same two people decide. I have begun to ask for one line "
        "in writing before we talk."
    )
    page.get_by_role("button", name="Post to the discussion").click()
    expect(page.get_by_role("heading", name="What do you do when a call goes quiet?")).to_be_visible()
    look(page, "discussion-thread")
    page.context.close()
    assert town.stored("dora")["points"] == 3


def points_on_board(page):
    rows = page.get_by_role("table").first.locator("tbody tr").all_inner_texts()
    return [int(re.findall(r"\d+", row)[-1]) for row in rows]


def test_the_board_shows_case_before_comment_before_view(town):
    page = town.page_of("femke")
    page.goto(town.points("board"))
    by_points = sorted((town.stored(name)["points"] for name in ("ada", "bram")), reverse=True)
    assert points_on_board(page) == [*by_points, 3, 1]
    assert by_points[-1] >= 10
    look(page, "leaderboard")
    page.context.close()


def test_my_points_are_explained_one_by_one(town):
    page = town.page_of("ada")
    page.goto(town.points("points"))
    expect(page.get_by_text("Answered in").first).to_be_visible()
    expect(page.get_by_role("link", name=TITLE)).to_have_count(4)
    look(page, "my_points")
    for path, name in (("how", "points-how"), ("privacy", "points-privacy")):
        page.goto(town.points(path))
        look(page, name)
    page.context.close()


def test_a_learner_reports_a_post_and_the_team_looks_at_it(town, case_key):
    page = town.page_of("ada")
    case = LearnerCase(page, town.block(case_key)).open()
    case.block.get_by_text("1 classmate’s position").click()
    post = case.position_of("Bram de Wit")
    post.get_by_text("More about this post").first.click()
    post.get_by_label("Report this post").fill("Not kind to the day lead.")
    post.get_by_role("button", name="Report post").click()
    expect(post.get_by_role("status").filter(has_text=re.compile("report", re.IGNORECASE)).first).to_be_visible()
    page.context.close()

    page = town.page_of("mira")
    team = TeamCase(page, town.block(case_key)).open()
    team.block.get_by_role("button", name="1 report to look at").click()
    expect(team.block.get_by_text("Not kind to the day lead.")).to_be_visible()
    look(page, "case_discussion_staff-3-reports")
    team.block.get_by_role("button", name="Leave the post").click()
    expect(team.block.get_by_text("No open report.")).to_be_visible()
    page.context.close()
    assert town.stored("bram")["grades"][case_key] == [10, 10]


def test_the_team_sees_who_is_where_and_removes_a_post(town, case_key):
    before = town.stored("bram")
    page = town.page_of("mira")
    team = TeamCase(page, town.block(case_key)).open()
    expect(team.row("Bram de Wit")).to_contain_text("Finished")
    expect(team.row("Dora Mensah")).to_contain_text("Not opened")
    look(page, "case_discussion_staff-1-who_is_where")
    team.report_on("Bram de Wit")
    look(page, "case_discussion_staff-2-one_learner")
    post = team.block.locator("article", has_text="You take blame on yourself").last
    post.get_by_text("Remove", exact=True).click()
    post.get_by_label("Reason, shown to its author").fill("It names a colleague.")
    post.get_by_role("button", name="Remove post").click()
    expect(team.block.get_by_role("status").filter(has_text="emoved")).to_be_visible()
    page.context.close()

    after = town.stored("bram")
    assert (before["grades"][case_key], before["completions"][case_key], before["rank"]) == ([10, 10], 1, 1)
    assert after["grades"][case_key] == [6, 10]
    assert after["completions"][case_key] < 1
    assert (after["points"], after["rank"]) == (before["points"] - 13, 2)
    assert town.stored("ada")["rank"] == 1


def test_the_learner_reads_why_and_what_would_count(town, case_key):
    page = town.page_of("bram")
    case = LearnerCase(page, town.block(case_key)).open()
    case.at("Answer classmates")
    case.sees(re.compile("The course team removed it. Reason: It names a colleague."))
    look(page, "case_discussion_learner-4-removed")
    page.goto(town.points("points"))
    expect(page.get_by_text("−10").first).to_be_visible()
    look(page, "my_points-taken_back")
    page.goto(town.points("board"))
    assert points_on_board(page) == [19, town.stored("bram")["points"], 3, 1]
    page.goto(town.course("progress"))
    expect(page.get_by_text(TITLE).first).to_be_visible()
    look(page, "progress")
    page.context.close()


def test_what_is_restored_counts_again(town, case_key):
    page = town.page_of("mira")
    team = TeamCase(page, town.block(case_key)).open()
    team.report_on("Bram de Wit")
    team.block.get_by_role("button", name="Restore").click()
    expect(team.block.get_by_role("button", name="Restore")).to_have_count(0)
    page.context.close()
    found = town.stored("bram")
    assert (found["grades"][case_key], found["completions"][case_key], found["rank"]) == ([10, 10], 1, 1)


def test_the_team_closes_the_case_with_what_came_out_of_it(town, case_key):
    page = town.page_of("mira")
    team = TeamCase(page, town.block(case_key)).open()
    team.block.get_by_label("What came out of it").fill("One began with Dov, one with the printer. Nobody gave a name.")
    team.block.get_by_role("button", name="Close with this text").click()
    expect(team.block.get_by_role("heading", name="Closed")).to_be_visible()
    page.context.close()

    page = town.page_of("ada")
    case = LearnerCase(page, town.block(case_key)).open()
    case.sees(re.compile("Nobody gave a name"))
    expect(case.block.get_by_role("button", name="Edit")).to_have_count(0)
    look(page, "case_discussion_learner-6-closed")
    page.context.close()

    page = town.page_of("dora")
    case = LearnerCase(page, town.block(case_key)).open()
    expect(case.block.get_by_role("button", name="Take a position")).to_have_count(0)
    look(page, "case_discussion_learner-closed_unread")
    page.context.close()
