"""A held case: nobody reads a classmate's position before their own, by no address of the platform."""

from __future__ import annotations

import pytest

from tests.contract.walk.case import Case, completion_of, earned_of
from tests.contract.walk.classroom import TOPICS, Classroom
from tests.contract.walk.hidden import Hidden, spell
from tests.contract.walk.person import Person, eventually

pytestmark = pytest.mark.walk

ADAS_POSITION = "Quinoa first: I would ask the day lead, since her notes hold what the log leaves out."
BRAMS_POSITION = "Barley before all else, because the label printer was wrong at four in the morning."
ADA_TO_BRAM = "A printer has no notes, so whose memory do you trust there?"
BRAM_TO_ADA = "Her notes were written by one tired person too, as I see it."
ADAS_LOOK_BACK = "Both of us trusted one source; next time I ask for two of them."
BRAMS_LOOK_BACK = "Four in the morning explains less than I thought when nobody wrote it down."
NAME = "A held case"
SECRETS = ("Quinoa", "Barley", "A printer has no notes", "Her notes were written")
HELD_COURSE = "course-v1:community+discussion_ext+held"


@pytest.fixture(scope="module")
def case(classroom: Classroom) -> Case:
    """Return a published case in which nothing was written yet."""
    made, _subsection = classroom.add_case(NAME)
    assert eventually(lambda: made.open(classroom.ada).status_code == 200)
    return made


@pytest.fixture(scope="module")
def before(classroom: Classroom, case: Case) -> int:
    """Return the number of a thread that anybody may read; ada took her position right after it."""
    number = int(classroom.cleo.start_thread(case.course_id, TOPICS[2], title="Before", body="An open one.")["id"])
    case.do(classroom.ada, "start")
    case.do(classroom.ada, "post_position", text=ADAS_POSITION)
    return number


@pytest.fixture(scope="module")
def threads(classroom: Classroom, case: Case, before: int) -> list[str]:
    """Return the numbers of the held threads: they lie between those of two threads that anybody may read."""
    case.do(classroom.bram, "start")
    case.do(classroom.bram, "post_position", text=BRAMS_POSITION)
    after = int(classroom.cleo.start_thread(case.course_id, TOPICS[2], title="After", body="An open one.")["id"])
    between = [str(number) for number in range(before + 1, after)]
    assert len(between) >= 2, "the positions are not in the forum"
    return between


@pytest.fixture(scope="module")
def answers(classroom: Classroom, case: Case, before: int, threads: list[str]) -> list[str]:
    """Return the numbers of the held answers, found in the same way."""
    first = int(classroom.cleo.respond(str(before), "An open answer.")["id"])
    assert BRAMS_POSITION in case.words(classroom.ada)
    case.do(classroom.ada, "post_answer", post=case.post_of(classroom.ada, BRAMS_POSITION), text=ADA_TO_BRAM)
    case.do(classroom.bram, "post_answer", post=case.post_of(classroom.bram, ADAS_POSITION), text=BRAM_TO_ADA)
    last = int(classroom.cleo.respond(str(before), "Another open answer.")["id"])
    between = [str(number) for number in range(first + 1, last)]
    assert len(between) >= 2, "the answers are not in the forum"
    return between


@pytest.fixture(scope="module", params=["Quinoa", "Barley"])
def hidden(request: pytest.FixtureRequest, classroom: Classroom, threads: list[str], answers: list[str]) -> Hidden:
    """Return where the two positions would be looked for, one word at a time."""
    authors = [(author.name, classroom.id_of(author)) for author in (classroom.ada, classroom.bram)]
    return Hidden(HELD_COURSE, request.param, threads, answers, authors, classroom.course_id, TOPICS)


def test_the_second_sees_the_first_only_after_their_own(classroom, case, before):
    assert case.step(classroom.ada) == "answer"
    assert ADAS_POSITION not in case.words(classroom.bram)
    assert ADAS_POSITION in case.words(classroom.ada)


def test_two_learners_go_through_the_block(classroom, case, answers):
    assert not any(secret in case.words(classroom.cleo) for secret in SECRETS)
    for learner, words in ((classroom.ada, ADAS_LOOK_BACK), (classroom.bram, BRAMS_LOOK_BACK)):
        case.do(learner, "post_look_back", text=words)
        assert case.step(learner) == "finished"
    assert eventually(lambda: earned_of(classroom.ada, case.course_id, NAME) == 10)
    assert eventually(lambda: completion_of(classroom.ada, case.course_id, case.usage_key) == 1.0)


@pytest.mark.parametrize("who", ["cleo", "bram", "moderator", "teacher", "stranger"])
def test_no_address_of_the_discussion_gives_a_held_post(classroom, case, hidden, who):
    """By its number, its answers, in lists, by search, topic and author, in the pages of before the REST API."""
    person = classroom.people[who]
    control = classroom.cleo.read("/api/discussion/v1/threads/", params={"course_id": case.course_id})["results"]
    assert {"Before", "After"} <= {thread["title"] for thread in control}
    for address in hidden.by_number():
        assert person.lms("GET", address).status_code in {403, 404}, f"{who} {address}"
    seen = [(address, _ask(person, address)) for address in hidden.in_discussion()]
    assert not [address for address, text in seen if any(secret in text for secret in SECRETS)]


def _ask(person: Person, address: str) -> str:
    """Return what is answered; some releases say 500 where a number or a course does not exist."""
    return person.lms("GET", address, headers={"X-Requested-With": "XMLHttpRequest"}).text


@pytest.mark.parametrize("who", ["cleo", "moderator", "teacher"])
def test_nobody_writes_to_a_held_post_there(classroom, case, threads, answers, who):
    person = classroom.people[who]
    rest = "/api/discussion/v1"
    tried = [
        person.lms("POST", f"{rest}/comments/", json={"thread_id": number, "raw_body": "Let me in."})
        for number in threads
    ]
    for kind, numbers in (("threads", threads), ("comments", answers)):
        for number in numbers:
            tried.append(person.patch(f"{rest}/{kind}/{number}/", raw_body="Not yours any more."))
            tried.append(person.lms("DELETE", f"{rest}/{kind}/{number}/"))
    assert {answer.status_code for answer in tried} <= {400, 403, 404}
    assert ADAS_POSITION in case.words(classroom.bram)
    shown = case.do(classroom.bram, "answers", post=case.post_of(classroom.bram, BRAMS_POSITION), page=1)
    assert ADA_TO_BRAM in shown["html"]


@pytest.mark.parametrize("who", ["nobody", "cleo", "bram", "moderator", "teacher", "stranger"])
def test_the_forums_own_api_gives_no_held_post(classroom, passer_by, before, hidden, who):
    """Older releases of openedx-forum open ``/forum/api/`` to everybody; newer ones have no such address."""
    person = passer_by if who == "nobody" else classroom.people[who]
    for version in ("v1", "v2"):
        api = f"/forum/api/{version}"
        given = {address: person.lms("GET", f"{api}/{address}") for address in hidden.named_in_forum()}
        assert not {address: answer.status_code for address, answer in given.items() if answer.ok}
        listed = [person.lms("GET", f"{api}/{address}") for address in hidden.lists_of_forum()]
        assert not [answer.url for answer in listed if any(secret in answer.text for secret in SECRETS)]
        # The walk saw something: what anybody may read is there, wherever this address is open at all.
        control = person.lms("GET", f"{api}/threads/{before}")
        assert (control.ok and "An open one." in control.text) or control.status_code in {401, 403, 404}


@pytest.mark.parametrize("who", ["nobody", "cleo", "moderator", "teacher"])
def test_nobody_writes_to_a_held_post_in_the_forums_own_api(classroom, passer_by, case, threads, answers, who):
    person = passer_by if who == "nobody" else classroom.people[who]
    words = {
        "body": "Not yours any more.",
        "user_id": str(classroom.id_of(classroom.cleo)),
        "course_id": case.course_id,
    }
    vote = {"user_id": words["user_id"], "value": "up", "action": "upvote"}
    for api in ("/forum/api/v1", "/forum/api/v2"):
        tried = []
        for number in spell(threads):
            at = f"{api}/threads/{number}"
            tried += [person.lms("PUT", at, json=words), person.lms("POST", f"{at}/comments", json=words)]
            tried += [person.lms("PUT", f"{at}/{act}", json=vote) for act in ("votes", "abuse_flag", "pin")]
            tried += [person.lms("DELETE", f"{at}/votes", params=vote), person.lms("DELETE", at)]
        for number in spell(answers):
            at = f"{api}/comments/{number}"
            tried += [person.lms("PUT", at, json=words), person.lms("POST", at, json=words)]
            tried += [person.lms("PUT", f"{at}/{act}", json=vote) for act in ("votes", "abuse_flag")]
            tried += [person.lms("DELETE", f"{at}/votes", params=vote), person.lms("DELETE", at)]
        assert {answer.status_code for answer in tried} <= {401, 403, 404}
    assert ADAS_POSITION in case.words(classroom.bram)
    shown = case.do(classroom.bram, "answers", post=case.post_of(classroom.bram, BRAMS_POSITION), page=1)
    assert ADA_TO_BRAM in shown["html"]
