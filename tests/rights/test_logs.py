"""Logs hold ids, keys, numbers and names of classes; nothing that somebody wrote, whatever goes wrong."""

from __future__ import annotations

import ast
import logging
import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from tests.rights.town import COURSE, TRACES, WORDS, Town, live, text

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("people", "gamification", "discussion_ext", "chapters", "xblocks")
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
#: ``package.event key=%s other=%r``: dashboards count the event, and split the rest at blanks and equal signs.
LINE = re.compile(r"(?:people|gamification|discussion_ext|chapters|xblocks)\.[a-z_]+(?: [a-z_]+=%[rs])*")


@cache
def log_calls() -> list[tuple[str, ast.Call]]:
    """Return every call of a logger in our code, with its place."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and ast.unparse(node.func.value) in {"log", "logger", "logging"}
    ]


def list_events() -> set[str]:
    """Return the first word of every line that we may log."""
    return {call.args[0].value.split()[0] for _place, call in log_calls()}  # type: ignore[attr-defined]


class TestConvention:
    """What is in the code."""

    def test_every_line_is_an_event_with_keys(self) -> None:
        calls = log_calls()
        assert len(calls) > 20
        odd = [
            place
            for place, call in calls
            if not (isinstance(call.args[0], ast.Constant) and LINE.fullmatch(str(call.args[0].value)))
        ]
        assert odd == []

    def test_no_line_brings_a_traceback_or_the_message_of_an_error(self) -> None:
        """A database quotes the value that it refuses, and a traceback ends with the message."""
        odd = []
        for place, call in log_calls():
            values = {ast.unparse(argument) for argument in call.args[1:]}
            if call.func.attr == "exception" or call.keywords or values & {"error", "exc", "failure", "str(error)"}:  # type: ignore[attr-defined]
                odd.append(place)
        assert odd == []

    def test_events_begin_with_their_package(self) -> None:
        assert [
            place
            for place, call in log_calls()
            if not place.startswith(str(call.args[0].value).split(".")[0])  # type: ignore[attr-defined]
        ] == []

    def test_errors_are_named_by_class_and_place(self) -> None:
        from people import api as people

        with pytest.raises(people.InvalidDeliveryError) as caught:
            people.request_delivery(key=WORDS * 100, user_id=1, kind="case_answered", context={})
        assert re.fullmatch(r"InvalidDeliveryError@people/deliveries\.py:\d+", people.name_error(caught.value))
        assert people.name_error(KeyError(WORDS)) == "KeyError"


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Return what our loggers wrote, at any level, with tracebacks as a formatter would add them."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(name) for name in (*PACKAGES, "celery.app.trace", "celery.worker")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield stream.getvalue
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def refuse(*_args: Any, **_kwargs: Any) -> None:
    """Fail as a database does that refuses a value."""
    raise IntegrityError(1062, f"Duplicate entry '{' '.join(TRACES)}' for key 'x'")


#: What fails, and the event that says so.
NEIGHBOURS = {
    "discussion_ext.api.record_post": "people.receiver_failed",
    "gamification.api.record_activity": "discussion_ext.points_left_to_sweep",
    "people.api.add_news": "discussion_ext.news_not_added",
    "discussion_ext.edx_platform.publish_score": "discussion_ext.telling_failed",
    "discussion_ext.edx_platform.publish_completion": "discussion_ext.telling_failed",
    "gamification.statements.lock_total": "people.task_failed",
    "discussion_ext.case_results.compute": "discussion_ext.evaluation_left_to_sweep",
    "discussion_ext.counts.lock_with_above": "people.task_failed",
}


class TestFlows:
    """What is written while people live here and things fail."""

    def test_while_all_is_well(self, town: Town, at_once: Callable[[], Any], logged: Callable[[], str]) -> None:
        live(town, at_once)
        run_commands()
        assert not any(trace in logged() for trace in TRACES)

    @pytest.mark.parametrize("neighbour", NEIGHBOURS)
    def test_while_a_neighbour_fails(
        self,
        town: Town,
        at_once: Callable[[], Any],
        logged: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
        neighbour: str,
    ) -> None:
        from discussion_ext import api

        with at_once():
            theirs = api.post_position(usage_key=town.case, user_id=town.staying.pk, body=text(seed=2)).contribution
        monkeypatch.setattr(neighbour, refuse)
        common: dict[str, Any] = {"usage_key": town.case, "user_id": town.leaving.pk}
        with at_once():
            api.post_position(**common, body=text(seed=1, marked=True))
        with at_once(), suppress(api.CaseError, IntegrityError):  # what our own api is refused, its caller sees
            api.post_answer(**common, contribution_id=theirs.id, body=text(seed=3, marked=True))
        assert NEIGHBOURS[neighbour] in logged()
        assert not any(trace in logged() for trace in TRACES)

    @pytest.mark.parametrize(
        ("neighbour", "event"),
        [
            ("gamification.statements.lock_total", "gamification.fold_failed"),
            ("discussion_ext.counts.lock_with_above", "discussion_ext.count_failed"),
            ("discussion_ext.case_results.compute", "discussion_ext.evaluation_failed"),
            ("discussion_ext.missed.record_post", "people.errand_failed"),
        ],
    )
    def test_while_commands_meet_what_fails(
        self,
        town: Town,
        logged: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
        neighbour: str,
        event: str,
    ) -> None:
        from discussion_ext import api
        from gamification.models import Entry
        from people.models import Errand

        with monkeypatch.context() as patch:
            patch.setattr("discussion_ext.handlers.api.record_post", refuse)
            missed_post(town)
        # Without the callbacks of the commit everything below waits for the commands.
        api.post_position(usage_key=town.case, user_id=town.leaving.pk, body=text(seed=1, marked=True))
        api.evaluate_course(COURSE)
        Entry.objects.update(recorded_at="2026-01-01T00:00:00Z")
        Errand.objects.update(due_at="2026-01-01T00:00:00Z")
        monkeypatch.setattr(neighbour, refuse)
        run_commands()
        assert event in logged()
        assert not any(trace in logged() for trace in TRACES)

    @pytest.mark.parametrize(
        "error",
        [
            smtplib.SMTPRecipientsRefused({TRACES[3]: (550, b"No such user here")}),
            smtplib.SMTPDataError(554, f"Refused: {WORDS}".encode()),
            ConnectionRefusedError(111, WORDS),
            ValueError(WORDS),
        ],
    )
    def test_while_mail_fails(
        self,
        town: Town,
        logged: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
        settings: Any,
        error: Exception,
    ) -> None:
        from people import api as people
        from people.models import Delivery

        def send(*_args: Any, **_kwargs: Any) -> None:
            raise error

        settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
        monkeypatch.setattr("django.core.mail.message.EmailMessage.send", send)
        people.request_delivery(key="k", user_id=town.leaving.pk, kind="case_answered", context={"case_title": WORDS})
        people.process_deliveries()
        delivery = Delivery.objects.get()
        assert delivery.attempts == 1
        assert type(error).__name__ in delivery.detail
        assert not any(trace in delivery.detail + logged() for trace in TRACES)

    @pytest.mark.parametrize(
        ("path", "question", "event"),
        [
            ("points/", "get_my_points", "gamification.page_unavailable"),
            ("board/", "get_board", "gamification.page_unavailable"),
            ("api/me", "get_standing", "gamification.rest_unavailable"),
        ],
    )
    def test_while_pages_fail(
        self,
        points_course: Any,
        learner: Any,
        logged: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
        client: Any,
        path: str,
        question: str,
        event: str,
    ) -> None:
        client.force_login(learner)
        monkeypatch.setattr(f"gamification.api.{question}", refuse)
        url = f"/gamification/courses/{points_course}/{path}"
        if path.startswith("api/"):
            url = f"/gamification/api/v1/courses/{points_course}/{path.removeprefix('api/')}/"
        assert client.get(url).status_code == 503
        assert event in logged()
        assert not any(trace in logged() for trace in TRACES)


def missed_post(town: Town) -> None:
    """Post something whose receiver fails, so that an errand is left."""
    from forum import api as forum_api

    forum_api.create_thread(
        title=f"Talk of {WORDS}",
        body=text(seed=9, marked=True),
        course_id=str(COURSE),
        user_id=str(town.leaving.pk),
        commentable_id="x",
    )


def run_commands() -> None:
    """Run every command of ours that needs nothing but a database."""
    for name in (
        "send_deliveries",
        "run_errands",
        "fold_points",
        "rebuild_boards",
        "sweep_discussions",
        "repair_contributions",
        "repair_meetings",
        "purge_expired",
    ):
        out = StringIO()
        call_command(name, stdout=out, stderr=out)
        assert not any(trace in out.getvalue() for trace in TRACES), name
    out = StringIO()
    call_command("evaluate_cases", str(COURSE), stdout=out)
    assert not any(trace in out.getvalue() for trace in TRACES)


class TestPage:
    """``docs/monitoring.md`` knows every event and every attribute, and nothing else."""

    def test_events(self) -> None:
        assert listed(r"^\| `((?:people|gamification|discussion_ext|chapters|xblocks)\.\w+)`") == sorted(list_events())

    def test_levels(self) -> None:
        levels = {
            str(call.args[0].value).split()[0]: call.func.attr  # type: ignore[attr-defined]
            for _place, call in log_calls()
        }
        page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
        said = {event: level or "error" for event, level in re.findall(r"^\| `(\w+\.\w+)`(?: \((\w+)\))?", page, re.M)}
        assert said == levels

    def test_attributes(self) -> None:
        source = "".join(
            path.read_text(encoding="utf-8") for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
        )
        annotated = re.findall(r"\.\. custom_attribute_name: (\w+)\n\s+# \.\. custom_attribute_description: ", source)
        used = re.findall(r"set_custom_attribute\(\"(\w+)\"", source)
        assert len(annotated) == source.count(".. custom_attribute_name:")
        assert sorted(annotated) == sorted(used) == listed(r"^\| `(community_\w+)`")


def listed(pattern: str) -> list[str]:
    """Return what the page lists."""
    return sorted(re.findall(pattern, (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8"), re.M))
