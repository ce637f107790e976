"""All data on one person: complete, readable, and only theirs."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models.query import QuerySet

from discussion_ext.models import Participation
from people import api as people
from people.models import AuditEntry, Delivery
from tests.rights.test_retirement import our_models
from tests.rights.town import STAYING_ID, WORDS, Town, text

#: Tables with personal data that no export shows.
LEFT_OUT = {
    "people.Errand": "ids of work that is not done yet; gone within minutes",
    "discussion_ext.PendingEvaluation": "an id, until the evaluation is done",
    "discussion_ext.BoardWord": "the words of posts one by one, to search them; the posts themselves are in it",
    "discussion_ext.ReviewLoad": "whose report it is, as the report itself says, and how many were asked to review it",
}


def export(user_id: int) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads("".join(people.export_person(user_id, actor_id=None)))
    return parsed


def rows(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return next(section["rows"] for section in document["sections"] if section["name"] == name)


def test_every_table_with_personal_data_is_in_it() -> None:
    with_personal_data = {model._meta.label for model in our_models() if ".. pii:" in (model.__doc__ or "")}
    shown = {section.model for section in people.list_export_sections() if section.model}
    assert with_personal_data - shown == set(LEFT_OUT)
    assert not shown & set(LEFT_OUT)


def test_every_column_has_a_title_and_a_value(lived: Town) -> None:
    document = export(lived.leaving.pk)
    for section in document["sections"]:
        assert section["title"]
        assert all(section["columns"].values())
        for row in section["rows"]:
            assert list(row) == list(section["columns"])


def test_it_says_everything_that_the_person_did(lived: Town) -> None:
    document = export(lived.leaving.pk)
    assert (document["format"], document["version"], document["user_id"]) == (
        "org.openedx.community.person",
        1,
        lived.leaving.pk,
    )
    empty = {section["name"] for section in document["sections"] if not section["rows"]}
    # A learner installs no scheme, closes no case and turns nothing on; nobody answered after the mail was asked for.
    # What is said on boards is shown in tests/boards.
    of_boards = {f"discussion_ext.{name}" for name in ("topics", "topic_readers", "board_readers", "pictures")}
    switches = {"discussion_ext.switches", "chapters.switches"}
    assert empty <= {"gamification.schemes", "discussion_ext.syntheses"} | switches | of_boards
    bodies = [row["body"] for row in rows(document, "discussion_ext.contributions")]
    assert len(bodies) == 6
    assert all(WORDS in body for body in bodies)
    assert rows(document, "discussion_ext.drafts")[0]["text"].endswith(WORDS)
    assert rows(document, "people.preferences")[0]["zone"] == "Africa/Nairobi"
    assert {row["kind"] for row in rows(document, "gamification.entries")} >= {"manual", "comment", "answer"}
    assert rows(document, "discussion_ext.participations")[0]["override_reason"].endswith(WORDS)


def test_moments_are_iso_in_utc(lived: Town) -> None:
    document = export(lived.leaving.pk)
    moments = [row["created_at"] for row in rows(document, "discussion_ext.contributions")]
    assert all(moment.endswith("Z") and moment[10] == "T" for moment in [*moments, document["exported_at"]])


def test_others_are_not_in_it(lived: Town) -> None:
    written = "".join(people.export_person(lived.leaving.pk, actor_id=None))
    assert str(STAYING_ID) not in written
    reports = rows(json.loads(written), "discussion_ext.reports")
    assert [(report["is_yours"], bool(report["reason"])) for report in reports] == [(False, False), (True, True)]


def test_every_act_about_the_person_is_in_it_and_no_other(lived: Town, at_once: Any) -> None:
    from discussion_ext import api
    from gamification import api as gamification

    leaving, staff, common = lived.leaving.pk, lived.staff.pk, {"usage_key": lived.case, "actor_id": lived.staff.pk}
    theirs = api.post_answer(
        usage_key=lived.case, contribution_id=lived.posts["position"], user_id=STAYING_ID, body=text(seed=40)
    ).contribution.id
    with at_once():
        api.restore_contribution(**common, contribution_id=lived.posts["removed"], reason="restored")
        api.clear_override(**common, user_id=leaving)
        api.reset_learner(**common, user_id=leaving)
        # The same, to somebody else.
        api.remove_contribution(**common, contribution_id=theirs, reason="not yours")
        api.override_grade(**common, user_id=STAYING_ID, score=1, reason="not yours")
        api.close_case(**common)
        gamification.adjust_points(
            actor_id=staff,
            user_id=STAYING_ID,
            course_key=lived.course_key,
            points=1,
            reason="not yours",
            request_key="of-another",
        )
    delivery = Delivery.objects.filter(user_id=leaving).values_list("pk", flat=True)[0]
    record = {"verb": "delivery.resend", "context_key": "", "reason": "admin"}
    people.record_audit(actor_id=staff, target=f"delivery:{delivery}", **record)
    people.record_audit(actor_id=staff, target=f"delivery:{delivery}0", **record)

    document = export(leaving)
    about_case = [(row["verb"], row["target"]) for row in rows(document, "discussion_ext.audit")]
    removed, attempt = f"contribution:{lived.posts['removed']}", f"case:{case_id(lived)}:user:{leaving}"
    assert sorted(about_case) == [
        ("case.reset", attempt),
        ("contribution.remove", removed),
        ("contribution.restore", removed),
        ("grade.override", attempt),
        ("grade.override_cleared", attempt),
    ]
    about_person = [(row["verb"], row["target"], row["is_yours"]) for row in rows(document, "people.audit")]
    cancelled = next(row[1] for row in about_person if row[0] == "meeting.cancel")
    proposed = next(row[1] for row in about_person if row[0] == "chapter.propose")
    own_event = {verb for verb, _target, is_own in about_person if verb.startswith("chapter.event") and is_own}
    assert own_event == {"chapter.event.create", "chapter.event.publish", "chapter.event_template.save"}
    others = [row for row in about_person if row[0] not in {*own_event, "meeting.create"}]
    assert sorted(others) == [
        ("chapter.propose", proposed, True),
        ("delivery.resend", f"delivery:{delivery}", False),
        ("meeting.cancel", cancelled, True),
        ("person.export", f"user:{leaving}", False),
        ("points_given", f"user:{leaving}", False),
    ]
    about_role = [(row["verb"], row["reason"]) for row in rows(document, "chapters.audit")]
    assert about_role == [("chapter.event.remove", WORDS), ("role.give", ""), ("role.end", WORDS)]
    assert "not yours" not in json.dumps(document)


def case_id(town: Town) -> int:
    return Participation.objects.values_list("task_id", flat=True).get(user_id=town.leaving.pk)


def test_a_member_of_the_team_gets_their_acts_without_the_people_they_were_done_to(lived: Town) -> None:
    AuditEntry.objects.create(actor_id=lived.staff.pk, verb="points_given", target=f"user:{STAYING_ID}", reason="Fine")
    written = "".join(people.export_person(lived.staff.pk, actor_id=None))
    assert str(STAYING_ID) not in written
    acts = {row["verb"] for row in rows(json.loads(written), "people.audit")}
    assert acts >= {"grade.override", "contribution.remove", "points_given"}


def test_after_retirement_it_says_numbers_and_no_words(lived: Town, at_once: Any) -> None:
    with at_once():
        people.retire_person(lived.leaving.pk)
        from chapters import api as chapters
        from discussion_ext import api
        from gamification import api as gamification

        chapters.retire_person(lived.leaving.pk)
        api.retire_person(lived.leaving.pk)
        gamification.retire_person(user_id=lived.leaving.pk)
    written = "".join(people.export_person(lived.leaving.pk, actor_id=None))
    assert WORDS not in written
    assert rows(json.loads(written), "gamification.totals")


def test_it_is_written_while_it_is_read(lived: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    iterate = QuerySet.iterator

    def note(self: QuerySet[models.Model], *args: Any, **kwargs: Any) -> Any:
        read.append(self.model._meta.label)
        return iterate(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "iterator", note)
    pieces = people.export_person(lived.leaving.pk, actor_id=None)
    next(pieces)
    assert read == []
    assert sum(1 for _ in pieces) > 40
    assert "discussion_ext.Contribution" in read


class TestCommand:
    """``export_person`` writes for an operator, and that it did is on record."""

    def test_to_standard_output_by_id(self, lived: Town) -> None:
        out = StringIO()
        call_command("export_person", str(lived.leaving.pk), stdout=out)
        assert json.loads(out.getvalue())["user_id"] == lived.leaving.pk
        entry = AuditEntry.objects.get(verb="person.export")
        assert (entry.actor_id, entry.target) == (None, f"user:{lived.leaving.pk}")

    def test_to_a_file_that_only_the_operator_reads_by_username(self, lived: Town, tmp_path: Path) -> None:
        path = tmp_path / "person.json"
        call_command("export_person", "--username", lived.leaving.username, "--output", str(path), stdout=StringIO())
        assert json.loads(path.read_text(encoding="utf-8"))["user_id"] == lived.leaving.pk
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(CommandError, match="exists already"):
            call_command("export_person", str(lived.leaving.pk), "--output", str(path))

    def test_a_place_that_cannot_be_written_is_named(self, lived: Town, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_person", str(lived.leaving.pk), "--output", str(tmp_path / "nowhere" / "person.json"))

    def test_what_was_interrupted_leaves_no_half_of_a_file(
        self, lived: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def pieces(*_args: object, **_options: object) -> Iterator[str]:
            yield "{"
            raise KeyboardInterrupt

        monkeypatch.setattr("people.api.export_person", pieces)
        path = tmp_path / "person.json"
        with pytest.raises(KeyboardInterrupt):
            call_command("export_person", str(lived.leaving.pk), "--output", str(path))
        assert not path.exists()

    @pytest.mark.parametrize("who", [["4711"], ["--username", "nobody"]])
    def test_nobody(self, db: None, who: list[str]) -> None:
        with pytest.raises(CommandError, match="no such account"):
            call_command("export_person", *who)
        assert not AuditEntry.objects.filter(verb="person.export").exists()


class TestAdmin:
    """Superusers export in the admin; others who may look at the audit log do not."""

    URL = "/admin/people/auditentry/export/"

    def test_a_superuser_downloads_it(self, lived: Town, client: Any) -> None:
        superuser = User.objects.create_superuser("root", "root@example.org")
        client.force_login(superuser)
        assert self.URL in client.get("/admin/people/auditentry/").content.decode()
        assert b"csrfmiddlewaretoken" in client.get(self.URL).content
        answer = client.post(self.URL, {"username": lived.leaving.username})
        assert answer["Content-Disposition"] == f'attachment; filename="person-{lived.leaving.pk}.json"'
        assert "no-store" in answer["Cache-Control"]
        assert json.loads(b"".join(answer.streaming_content))["user_id"] == lived.leaving.pk
        assert AuditEntry.objects.get(verb="person.export").actor_id == superuser.pk

    def test_nobody_by_that_name(self, db: None, client: Any) -> None:
        client.force_login(User.objects.create_superuser("root", "root@example.org"))
        answer = client.post(self.URL, {"username": "<b>nobody"})
        assert answer.status_code == 404
        assert "&lt;b&gt;nobody" in answer.content.decode()
        assert not AuditEntry.objects.exists()

    def test_staff_who_may_read_the_log_may_not(self, lived: Town, client: Any) -> None:
        reader = User.objects.create_user("reader", is_staff=True)
        reader.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
        client.force_login(reader)
        page = client.get("/admin/people/auditentry/")
        assert page.status_code == 200
        assert self.URL not in page.content.decode()
        for answer in (client.get(self.URL), client.post(self.URL, {"username": lived.leaving.username})):
            assert answer.status_code == 403
        assert not AuditEntry.objects.filter(verb="person.export").exists()
