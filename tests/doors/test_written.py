"""Whatever people write, wherever it is drawn: no script, no handler, no address but http, https and mailto."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import markdown
import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import User
from django.test import Client

from common.djangoapps.student.models import CourseEnrollment, UserProfile
from discussion_ext import api as cases
from discussion_ext.models import Contribution
from discussion_ext.rendering import render_markdown
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from tests.doors.calls import call_of
from tests.doors.payloads import PAYLOADS, RUN
from tests.doors.world import COURSE, World, add_block, as_json, handler_url, publish_case
from xblocks.markup import render_author_text

ELEMENTS = {
    "a", "abbr", "b", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
RUNNING = {"style", "srcdoc", "formaction"}
FILLER = "seven more words that make it count here"


def faults(html: str, *, elements: set[str] | None = None) -> list[str]:
    """Return what could run in ``html`` (handlers, scripts, foreign addresses), or is none of ``elements``."""
    return [fault for element in _parse(html).find_all(True) for fault in _faults_of(element, elements)]


def _parse(html: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of the texts look like XML, which is their point
        return BeautifulSoup(html, "html.parser")


def _faults_of(element: Tag, elements: set[str] | None) -> Iterator[str]:
    if elements is not None and element.name not in elements:
        yield f"<{element.name}>"
    if element.name == "script" and RUN in element.text and "json" not in str(element.get("type")):
        yield str(element)
    for name, value in element.attrs.items():
        if name.startswith("on") or name in RUNNING or (elements is not None and name in {"id", "name"}):
            yield f"{name}={value!r}"
        if name in {"href", "src", "action"} and _scheme(str(value)) not in {"", "http", "https", "mailto"}:
            yield f"{name}={value!r}"


def _scheme(address: str) -> str:
    """Return the scheme as a browser reads it: past what it skips before, without what it skips inside."""
    return urlsplit(re.sub(r"[\t\r\n]", "", address.lstrip("".join(map(chr, range(33)))))).scheme


@pytest.mark.parametrize("text", PAYLOADS)
def test_posts(text: str) -> None:
    assert faults(str(render_markdown(text)), elements=ELEMENTS) == []


@pytest.mark.parametrize("text", PAYLOADS)
def test_texts_of_authors(text: str) -> None:
    assert faults(str(render_author_text(text)), elements=(ELEMENTS | {"img"}) - {"abbr", "del", "s"}) == []


def test_the_check_sees_what_it_looks_for() -> None:
    """The twin: unclean, most texts of the table are caught; the others hide behind code, entities or parsing twice."""
    plain = [text for text in PAYLOADS if faults(markdown.markdown(text), elements=ELEMENTS)]
    assert len(plain) > len(PAYLOADS) / 2


def test_links_of_posts_give_nothing_away() -> None:
    link = BeautifulSoup(str(render_markdown("[x](https://example.org)")), "html.parser").a
    assert link is not None
    assert {"nofollow", "noopener", "noreferrer"} <= set(link["rel"])


#: One text that holds all of it, for the places where a whole page is looked at.
EVERYTHING = "\n\n".join(PAYLOADS)[:15_000]
SHORT = f"\"'><img src=x onerror={RUN}></script><script>{RUN}</script>"


class TestEveryPlace:
    """A person who writes such texts everywhere: in posts, reasons, drafts, names and titles."""

    @pytest.fixture
    def mallory(self, world: World) -> User:
        user = User.objects.create_user("mallory", "mallory@example.com")
        UserProfile.objects.update_or_create(user=user, defaults={"name": SHORT})
        CourseEnrollment.enroll(user, COURSE)
        return user

    @pytest.fixture
    def pages(self, world: World, mallory: User) -> list[str]:
        """Return everything that learner, writer and team are shown after it was all written."""
        store = CourseStore(Branch.DRAFT)
        fields = {"display_name": SHORT, "case_text": EVERYTHING, "prompt": SHORT, "position_min": 5}
        case = add_block(COURSE, "case_discussion", fields)
        publish_case(case)
        store.set_fields(world.blocks["panel"], {"display_name": SHORT})
        store.publish(world.blocks["panel"])

        def act(client: Client, door: str, **data: Any) -> Any:
            response = client.post(handler_url(case, door), **as_json(data))
            assert response.status_code == 200, response.content
            return response

        writer = Client()
        writer.force_login(mallory)
        learner, team = world.client("learner"), world.client("team")
        act(writer, "learner_action/draft", name="position", text=EVERYTHING)
        drafted = writer.get(f"/xblock/{case}").content.decode()
        act(writer, "learner_action/post_position", text=f"{FILLER}\n\n{EVERYTHING}")
        act(learner, "learner_action/post_position", text="I would speak with him first because nobody else asked him.")
        posts = cases.view_case(usage_key=case, user_id=world.people["learner"].pk).peers.contributions
        theirs = next(post for post in posts if post.author_id == mallory.pk)
        own = cases.view_case(usage_key=case, user_id=world.people["learner"].pk).position
        assert own is not None
        act(writer, "learner_action/post_answer", post=own.id, text=f"{FILLER} {SHORT}")
        answer = Contribution.objects.filter(author_id=mallory.pk).latest("pk")
        act(writer, "learner_action/report", post=own.id, reason=SHORT)
        act(learner, "learner_action/report", post=theirs.id, reason=SHORT)
        act(team, "team_action/save_synthesis", text=EVERYTHING)
        act(team, "team_action/override", user=mallory.pk, score=1, reason=SHORT)
        act(team, "team_action/remove", post=answer.pk, reason=SHORT)
        writer.post(path=call_of("gamification:privacy POST", world).url, data={"choice": "name"})
        blocks = [f"/xblock/{case}", f"/xblock/{world.blocks['panel']}"]
        shown = [who.get(url).content.decode() for who in (writer, learner, team) for url in blocks]
        panels = [
            act(team, "team_action/posts", show="all"),
            act(team, "team_action/reports"),
            act(team, "team_action/learner", user=mallory.pk),
            act(team, "team_action/overview"),
            act(learner, "learner_action/answers", post=theirs.id, page=1),
            act(learner, "learner_action/more", page=1),
            act(writer, "learner_action/preview", text=EVERYTHING),
        ]
        act(team, "team_action/close", text=EVERYTHING)
        shown += [who.get(blocks[0]).content.decode() for who in (writer, learner, team)]
        for response in panels:
            shown += [value for value in json.loads(response.content).values() if isinstance(value, str)]
        for name in ("my_points", "board", "how", "privacy"):
            shown.append(writer.get(call_of(f"gamification:{name}", world).url).content.decode())
        return [drafted, *shown]

    def test_nothing_of_it_runs(self, pages: list[str]) -> None:
        assert sum(RUN in page for page in pages) > len(pages) / 2  # it is there, as text
        for page in pages:
            assert faults(page) == []

    def test_the_table_runs_nothing_in_a_spreadsheet(self, world: World, mallory: User) -> None:
        for number, name in enumerate(("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", '=HYPERLINK("//x")')):
            user = User.objects.create_user(f"m{number}", f"m{number}@example.com")
            UserProfile.objects.update_or_create(user=user, defaults={"name": name})
            CourseEnrollment.enroll(user, COURSE)
        response = call_of("case_discussion.team_csv", world).send(world.client("team"))
        table = b"".join(response.streaming_content) if response.streaming else response.content
        cells = [cell.strip('"') for line in table.decode().splitlines()[1:] for cell in line.split(",")[1:]]
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and not cell.lstrip("-").isdigit()]
