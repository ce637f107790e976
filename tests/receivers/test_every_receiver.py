"""Every receiver of the suite fails in every way: what happened on the platform stands, and the sweeps catch up.

The receivers are those that the apps' plugin configurations name, so a new one without a story fails here.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet

from discussion_ext.models import Contribution
from people.models import Errand

from .conftest import Request
from .scenes import Scene, picture
from .stories import STORIES, Story, list_wires, only

Fail = Callable[[], None]

LOCK_WAIT_TIMEOUT = 1205


# -- ways to fail ------------------------------------------------------------------------------------------------------


def raise_error() -> None:
    raise ValueError("the words of a learner")


def save_what_is_taken() -> None:
    """Have the database refuse a row, which Django takes for the end of everything up to the last savepoint."""
    ContentType(pk=ContentType.objects.order_by("pk").first().pk, app_label="x", model="x").save(force_insert=True)


def wait_for_a_lock() -> None:
    """Ask for a row that somebody else holds (see ``held_row``)."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")
        cursor.execute("SELECT id FROM django_content_type ORDER BY id LIMIT 1 FOR UPDATE")


@contextmanager
def held_row(rows: QuerySet[Any] | None = None) -> Iterator[None]:
    """Let another connection hold rows until the end: the first content type unless told otherwise."""
    wanted = ContentType.objects.order_by("pk")[:1] if rows is None else rows
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert list(wanted.select_for_update())
                is_held.set()
                is_over.wait(timeout=30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert is_held.wait(timeout=30)
        try:
            yield
        finally:
            is_over.set()
            holder.result()


# -- failing -----------------------------------------------------------------------------------------------------------


@contextmanager
def no_worker() -> Iterator[None]:
    """Let the broker be down, so that errands are left to the sweep."""

    def refuse(*_args: Any) -> None:
        raise ConnectionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("people.handlers.run_errand_task.delay", refuse)
        yield


@contextmanager
def broken(story: Story, fail: Fail) -> Iterator[list[BaseException]]:
    """Make what the receiver calls fail after its work, and the broker be down; give the errors there were."""
    path, _dot, name = story.breaks.rpartition(".")
    owner = resolve_name(path)
    real, errors = getattr(owner, name), []

    def work_and_fail(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        try:
            fail()
        except Exception as error:
            errors.append(error)
            raise

    with no_worker(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, work_and_fail)
        yield errors


def play(
    name: str, fail: Fail, scenes: tuple[Scene, Scene], request_of: Request, sweep: Callable[[], None]
) -> BaseException:
    """Let the act happen twice, once without and once with the failure, compare what we know, return the failure."""
    story = STORIES[name]
    fine, troubled = scenes
    for scene in scenes:
        with request_of():
            story.arrange(scene)
    with only(name, story):
        with request_of():
            story.act(fine)
        with broken(story, fail) as errors:
            if story.passes_on:
                _see_it_refused(story, troubled, request_of)
            else:
                with request_of():
                    story.act(troubled)
        assert errors, "the receiver was not even called"
        assert from_elsewhere(lambda: story.stands(troubled))
        if story.passes_on:
            with request_of():
                story.act(troubled)
    sweep()
    assert picture(troubled) == picture(fine)
    assert not Errand.objects.exists()
    return errors[0]


def _see_it_refused(story: Story, scene: Scene, request_of: Request) -> None:
    before = picture(scene)
    with pytest.raises((ValueError, IntegrityError, OperationalError)), request_of():
        story.act(scene)
    assert picture(scene) == before


def from_elsewhere(look: Callable[[], bool]) -> bool:
    """Look from another connection, which sees only what is committed; within a test's transaction, from this one."""
    if connection.in_atomic_block:
        return look()

    def run() -> bool:
        try:
            return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


# -- the tests ---------------------------------------------------------------------------------------------------------


def test_every_receiver_has_a_story() -> None:
    assert {wire.name for wire in list_wires()} == set(STORIES)


def test_every_receiver_says_what_becomes_of_its_errors() -> None:
    for wire in list_wires():
        guard = wire.receiver.guard
        assert (Exception in guard.passes) is STORIES[wire.name].passes_on, wire.name


@pytest.mark.parametrize("app", ["people", "gamification", "discussion_ext", "chapters"])
def test_receivers_connected_elsewhere_say_so_too(app: str) -> None:
    handlers = resolve_name(f"{app}.handlers")
    named = [function for name, function in inspect.getmembers(handlers, inspect.isfunction) if name.startswith("on_")]
    assert named
    assert [function.__name__ for function in named if not hasattr(function, "guard")] == []


def list_failures(*ways: Fail) -> list[Any]:
    """Return each receiver with each way to fail; one that does not touch the database fails in no way of its own."""
    is_apart = {wire.name for wire in list_wires() if not wire.receiver.guard.in_savepoint}
    is_apart -= {name for name, story in STORIES.items() if story.passes_on}
    return [
        pytest.param(name, way, id=f"{name}, {way.__name__}")
        for name in STORIES
        for way in ways
        if way is raise_error or name not in is_apart
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "fail"), list_failures(raise_error, save_what_is_taken))
def test_it_stands_and_the_sweep_catches_up(
    name: str,
    fail: Fail,
    scene: Callable[[int], Scene],
    request_of: Request,
    sweep: Callable[[], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    play(name, fail, (scene(1), scene(2)), request_of, sweep)
    assert "words of a learner" not in caplog.text or STORIES[name].passes_on


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("repeatable read")
@pytest.mark.parametrize(("name", "fail"), list_failures(save_what_is_taken, wait_for_a_lock))
def test_it_stands_on_a_server(
    name: str, fail: Fail, scene: Callable[[int], Scene], request_of: Request, sweep: Callable[[], None]
) -> None:
    scenes = scene(1), scene(2)
    if fail is not wait_for_a_lock:
        play(name, fail, scenes, request_of, sweep)
        return
    with held_row():
        error = play(name, fail, scenes, request_of, sweep)
    assert error.args[0] == LOCK_WAIT_TIMEOUT


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("repeatable read")
@pytest.mark.parametrize(
    "name",
    [
        "discussion_ext.on_post_deleted on post_delete of CommentThread",
        "discussion_ext.on_post_deleted on post_delete of Comment",
    ],
)
def test_it_does_not_wait_for_rows_that_others_have(
    name: str, scene: Callable[[int], Scene], request_of: Request, sweep: Callable[[], None]
) -> None:
    """Nothing is made to fail here: somebody has the rows of the posts, and the forum's own are locked already."""
    story, fine, troubled = STORIES[name], scene(1), scene(2)
    for each in (fine, troubled):
        with request_of():
            story.arrange(each)
    with request_of():
        story.act(fine)
    theirs = Contribution.objects.filter(author_id__in=[troubled.author.pk, troubled.peer.pk])
    with held_row(theirs), no_worker():
        started = time.monotonic()
        with request_of():
            story.act(troubled)
        assert time.monotonic() - started < 10, "it waited until the server gave up"
        assert from_elsewhere(lambda: story.stands(troubled))
    assert Errand.objects.exists()
    sweep()
    assert picture(troubled) == picture(fine)
