"""A person who leaves: nothing of what they wrote, or of what others wrote about them, is left in any table of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from tests.rights.columns import COLUMNS, OTHERWISE
from tests.rights.town import COURSE, TRACES, WORDS, Town, talk_on_a_board

APPS = ("people", "gamification", "discussion_ext", "chapters")
TEXTS = (models.CharField, models.TextField, models.JSONField)
SIGNALS = ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")


def our_models() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def send(signal: str, user: Any) -> None:
    from openedx.core.djangoapps.user_api.accounts import signals

    getattr(signals, signal).send(sender=None, user=user)


def find_traces(traces: tuple[str, ...] = TRACES) -> set[str]:
    """Return the columns of our tables in which one of these texts stands, whatever their type."""
    found = set()
    for model in our_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                found.update(
                    f"{model._meta.label}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if any(trace.casefold() in str(value).casefold() for trace in traces)
                )
    return found


def declared(word: str) -> Iterator[tuple[type[models.Model], str, Any]]:
    for label, columns in COLUMNS.items():
        for column, fate in columns.items():
            if fate.word == word and fate.whose is not None:
                yield apps.get_model(label), column, fate.whose


class TestDeclarations:
    """What is declared is complete, and says the same as the models."""

    def test_every_text_and_json_column_is_declared(self) -> None:
        there = {
            f"{model._meta.label}.{column.name}"
            for model in our_models()
            for column in model._meta.concrete_fields
            if isinstance(column, TEXTS)
        }
        said = {f"{label}.{column}" for label, columns in COLUMNS.items() for column in columns}
        assert there == said

    def test_whatever_stays_has_a_reason(self) -> None:
        assert [
            f"{label}.{column}"
            for label, columns in COLUMNS.items()
            for column, fate in columns.items()
            if fate.word != "erased" and not fate.why
        ] == []

    def test_the_models_say_the_same(self) -> None:
        wrong = []
        for model in our_models():
            label, text = model._meta.label, model.__doc__ or ""
            fates = {fate.word for fate in COLUMNS.get(label, {}).values()}
            if ".. pii_retirement: local_api" in text:
                is_right = "erased" in fates or label in OTHERWISE
            else:
                is_right = "erased" not in fates and label not in OTHERWISE
            if ".. no_pii:" in text:
                is_right = is_right and fates <= {"never"}
            if not is_right:
                wrong.append(label)
        assert wrong == []


class TestErasure:
    """What is declared is what happens."""

    def test_accounts_leave_no_name_or_address_even_while_they_are_here(self, lived: Town) -> None:
        """User ids are what tables hold: so a changed username has nothing to follow."""
        assert find_traces(TRACES[1:]) == set()

    def test_words_stand_only_where_that_is_declared(self, lived: Town) -> None:
        allowed = {
            f"{label}.{column}"
            for label, columns in COLUMNS.items()
            for column, fate in columns.items()
            if fate.word != "never"
        }
        found = find_traces()
        assert found <= allowed
        assert {"discussion_ext.Contribution.body", "gamification.Entry.note", "people.AuditEntry.reason"} <= found

    @pytest.mark.parametrize("signals", [SIGNALS[:1], SIGNALS[1:], SIGNALS, SIGNALS * 2])
    def test_nothing_is_left_of_what_was_lived(
        self, lived: Town, at_once: Callable[[], Any], signals: tuple[str, ...]
    ) -> None:
        talk_on_a_board(lived, at_once)
        assert find_forum_traces(held=True)
        for signal in signals:
            with at_once():
                send(signal, lived.leaving)
        assert find_traces() == set()
        assert find_forum_traces(held=True) == set()
        assert WORDS not in drafts_of(lived)

    def test_every_declared_place_is_emptied(self, lived: Town, at_once: Callable[[], Any]) -> None:
        """The mark is put into every column that is declared to be erased, also where no story put it."""
        make_rows(lived, at_once)
        filled = set()
        for model, column, whose in declared("erased"):
            rows = model._default_manager.filter(whose(lived.leaving.pk))
            pks = list(rows.values_list("pk", flat=True))
            assert pks, f"{model._meta.label}: no row about the person, so nothing would be shown"
            if column not in {"evaluation", "surface", "context_key", "choice", "kind", "word", "uid"}:
                value: Any = {"x": WORDS} if isinstance(model._meta.get_field(column), models.JSONField) else WORDS
                model._default_manager.filter(pk__in=pks).update(**{column: value})
                filled.add(f"{model._meta.label}.{column}")
        assert filled <= find_traces()
        with at_once():
            send("USER_RETIRE_LMS_MISC", lived.leaving)
        assert find_traces() == set()
        for label in ("people.ShownName", "people.Unsubscription", "people.Pseudonym"):
            assert not apps.get_model(label)._default_manager.filter(user_id=lived.leaving.pk).exists()

    def test_what_is_erased_otherwise(self, lived: Town, at_once: Callable[[], Any]) -> None:
        from discussion_ext.models import PendingEvaluation, Task
        from gamification.models import Listing, Total

        PendingEvaluation.objects.create(task=Task.objects.get(), user_id=lived.leaving.pk)
        assert Total.objects.get(user_id=lived.leaving.pk).listing != Listing.RETIRED
        with at_once():
            send("USER_RETIRE_LMS_MISC", lived.leaving)
        assert Total.objects.get(user_id=lived.leaving.pk).listing == Listing.RETIRED
        assert not PendingEvaluation.objects.filter(user_id=lived.leaving.pk).exists()

    def test_a_row_of_the_board_that_failed_is_taken_off_by_the_sweep(
        self, lived: Town, at_once: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from gamification import statements
        from gamification.models import Listing, Total
        from people import api as people
        from people.models import Errand

        with monkeypatch.context() as patch:
            patch.setattr(statements, "lock_total", _fail)
            with at_once():
                send("USER_RETIRE_LMS_MISC", lived.leaving)
        assert Total.objects.get(user_id=lived.leaving.pk).listing != Listing.RETIRED
        Errand.objects.update(due_at="2026-01-01T00:00:00Z")
        people.run_errands()
        assert Total.objects.get(user_id=lived.leaving.pk).listing == Listing.RETIRED

    def test_others_keep_everything(self, lived: Town, at_once: Callable[[], Any]) -> None:
        from discussion_ext.models import Contribution, Report

        theirs = Contribution.objects.filter(author_id=lived.staying.pk).order_by("pk")
        before = list(theirs.values())
        with at_once():
            send("USER_RETIRE_LMS_MISC", lived.leaving)
        assert list(theirs.values()) == before
        # A report of somebody else's post stays to be decided; its reporter's words are gone.
        open_report = Report.objects.get(contribution_id=lived.posts["theirs"])
        assert (open_report.state, open_report.reason) == (Report.OPEN, "")
        # One of the person's post has nothing left to decide on.
        assert Report.objects.get(contribution_id=lived.posts["position"]).state == Report.DISMISSED

    def test_why_a_member_of_the_team_acted_stays_for_those_it_was_about(
        self, lived: Town, at_once: Callable[[], Any]
    ) -> None:
        from discussion_ext import api
        from discussion_ext.models import Contribution
        from people.models import AuditEntry

        theirs = lived.posts["theirs"]
        with at_once():
            api.remove_contribution(
                usage_key=lived.case, contribution_id=theirs, actor_id=lived.staff.pk, reason="Not about the case."
            )
        with at_once():
            send("USER_RETIRE_LMS_CRITICAL", lived.staff)
        assert Contribution.objects.get(pk=theirs).state_reason == "Not about the case."
        assert AuditEntry.objects.get(target=f"contribution:{theirs}").reason == "Not about the case."

    def test_a_retirement_does_not_succeed_by_half(self, lived: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        """The platform's pipeline sees the failure and comes again."""
        from discussion_ext import edx_platform
        from discussion_ext.models import Contribution

        monkeypatch.setattr(edx_platform, "erase_drafts", _fail)
        with pytest.raises(RuntimeError, match="down"):
            send("USER_RETIRE_LMS_MISC", lived.leaving)
        assert Contribution.objects.get(pk=lived.posts["position"]).body


class TestBefore:
    """Between asking to be retired and the retirement, and when it is called off."""

    def test_nothing_is_sent_and_nothing_is_lost(self, lived: Town, mailoutbox: list[Any], settings: Any) -> None:
        from people import api as people

        settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
        people.subscribe(lived.leaving.pk, "another_kind")
        mailoutbox.clear()
        lived.leaving.email = "retired__user_0f@retired.invalid"  # the platform's first step
        lived.leaving.save()
        people.request_delivery(key="k1", user_id=lived.leaving.pk, kind="case_answered", context={"url": "/a"})
        people.process_deliveries()
        assert mailoutbox == []
        lived.leaving.email = TRACES[3]  # called off
        lived.leaving.save()
        people.request_delivery(key="k2", user_id=lived.leaving.pk, kind="case_answered", context={"url": "/a"})
        people.process_deliveries()
        assert [mail.to for mail in mailoutbox] == [[TRACES[3]]]
        assert "discussion_ext.Contribution.body" in find_traces()


def make_rows(town: Town, at_once: Callable[[], Any]) -> None:
    """Make what the story leaves out, so that there is a row about the person in each table."""
    from people import api as people

    people.request_delivery(key="filled", user_id=town.leaving.pk, kind="case_answered", context={})
    people.pseudonyms([town.leaving.pk], context_key=str(COURSE))
    talk_on_a_board(town, at_once)


def find_forum_traces(*, held: bool) -> set[str]:
    """Return the forum's tables in which a mark stands, of held posts or of the course's discussion."""
    from forum.models import Comment, CommentThread, EditHistory

    from discussion_ext.boards.owners import list_course_ids
    from discussion_ext.contributions import held_course_id

    keys = {held_course_id(), *list_course_ids()} if held else {str(COURSE)}
    found = set()
    for model in (CommentThread, Comment):
        posts = model.objects.filter(course_id__in=keys)
        rows = list(posts.values())
        ids = list(posts.values_list("pk", flat=True))
        history = EditHistory.objects.filter(content_type__model=model._meta.model_name, content_object_id__in=ids)
        rows += list(history.values())
        if any(trace in str(row) for row in rows for trace in TRACES):
            found.add(model._meta.label)
    return found


def drafts_of(town: Town) -> str:
    from lms.djangoapps.courseware.models import StudentModule

    state = StudentModule.objects.get(student=town.leaving).state or ""
    assert "has_read" in state  # the rest of the learner state is the platform's
    return state


def _fail(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("down")
