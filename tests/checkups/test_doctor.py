"""The command: its table, its document, its exit codes, and that nothing stops it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from people import api
from people.data import FindingState, Reach, SeenData
from people.models import AuditEntry
from people.upkeep import services

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


def well() -> Iterator[SeenData]:
    yield SeenData.ok("All is well.")


def doubtful() -> Iterator[SeenData]:
    yield SeenData.warning("Something is odd.", "Have a look.")


def ill() -> Iterator[SeenData]:
    yield SeenData.failure("Something is broken.", "Mend it.")


def raising() -> Iterator[SeenData]:
    yield SeenData.ok("So far so good.")
    raise LookupError("the name of a person")


def ask(*arguments: str) -> tuple[int, str]:
    """Return the command's exit code and what it wrote."""
    out = StringIO()
    try:
        call_command("community_doctor", *arguments, stdout=out, no_color=True)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize(
    ("checks", "arguments", "code"),
    [
        ([well], [], 0),
        ([well, doubtful], [], 0),
        ([well, doubtful], ["--strict"], 1),
        ([well, doubtful, ill], [], 1),
        ([well, ill], ["--area", "a"], 0),
        ([well, ill], ["--area", "b"], 1),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_exit_code(checkups: Any, checks: list[Any], arguments: list[str], code: int, form: list[str]) -> None:
    for area, check in zip("abc", checks, strict=False):
        api.register_checkup(check, area=area, name=check.__name__)
    assert ask(*arguments, *form)[0] == code


@pytest.mark.parametrize("arguments", [["--area", "nowhere"], ["--seconds", "0"], ["--seconds", "-1"]])
def test_wrong_arguments(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("community_doctor", *arguments)
    assert refused.value.returncode == 2
    assert arguments[0] in str(refused.value)


def test_table(checkups: Any) -> None:
    for area, check in (("b", ill), ("a", well), ("b", doubtful)):
        api.register_checkup(check, area=area, name=check.__name__)
    assert ask()[1] == textwrap.dedent(
        """
        a
          ok       well: All is well.

        b
          FAILURE  ill: Something is broken.
                   -> Mend it.
          WARNING  doubtful: Something is odd.
                   -> Have a look.

        1 ok, 1 warning, 1 failure, 0 skipped
        """
    )


def test_document(checkups: Any) -> None:
    api.register_checkup(well, area="a", name="well")
    api.register_checkup(ill, area="b", name="ill")
    api.register_checkup(well, area="b", name="elsewhere", service="cms")
    document = json.loads(ask("--json")[1])
    assert document.pop("version")
    assert document == {
        "format": 1,
        "service": "lms",
        "state": "failure",
        "counts": {"ok": 1, "warning": 0, "failure": 1, "skipped": 1},
        "findings": [
            {"area": "a", "name": "well", "state": "ok", "said": "All is well.", "remedy": ""},
            {"area": "b", "name": "ill", "state": "failure", "said": "Something is broken.", "remedy": "Mend it."},
            {
                "area": "b",
                "name": "elsewhere",
                "state": "skipped",
                "said": "Only Studio can tell: run community_doctor there too.",
                "remedy": "",
            },
        ],
    }


def test_a_check_that_raises_is_a_finding_without_its_words(checkups: Any) -> None:
    api.register_checkup(raising, area="a", name="raising")
    api.register_checkup(well, area="a", name="well")
    code, said = ask()
    assert code == 1
    assert "LookupError" in said
    assert "name of a person" not in said
    assert "Traceback" not in said
    assert "All is well." in said


def test_a_statement_that_fails_ends_no_transaction(checkups: Any) -> None:
    def broken() -> Iterator[SeenData]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM a_table_that_is_not_there")
        yield SeenData.ok("never")

    api.register_checkup(broken, area="a", name="broken")
    list(api.run_checkups())
    assert AuditEntry.objects.count() == 0


def test_without_a_database_the_rest_is_looked_at(checkups: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("password of the database")

    api.register_checkup(well, area="a", name="process", reach=Reach.PROCESS)
    api.register_checkup(well, area="a", name="rows", reach=Reach.DATABASE)
    monkeypatch.setattr(connection, "ensure_connection", refuse)
    found = {finding.name: finding for finding in api.run_checkups()}
    assert found["answers"].state is FindingState.FAILURE
    assert "password" not in found["answers"].said
    assert found["process"].state is FindingState.OK
    assert found["rows"].state is FindingState.SKIPPED


def test_no_check_begins_when_the_time_is_over(checkups: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 61.0])
    monkeypatch.setattr("people.upkeep.checkups.time.monotonic", lambda: next(moments))
    api.register_checkup(well, area="a", name="first")
    api.register_checkup(well, area="a", name="second")
    first, second = api.run_checkups(seconds=60)
    assert first.state is FindingState.OK
    assert (second.state, "time" in second.said) == (FindingState.FAILURE, True)


def test_two_checks_of_one_name_are_refused(checkups: Any) -> None:
    api.register_checkup(well, area="a", name="same")
    api.register_checkup(well, area="a", name="same")
    with pytest.raises(ValueError, match="a/same"):
        api.register_checkup(ill, area="a", name="same")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_check_that_never_comes_back(tmp_path: Path, form: list[str]) -> None:
    script = """
        import sys, threading
        sys.path[:0] = ["conf/host/shims", "conf/host", "."]
        import django
        django.setup()
        from django.core.management import call_command
        from people import api
        from people.data import Reach, SeenData
        from people.management.commands import community_doctor
        from people.upkeep import checkups
        community_doctor._GRACE_SECONDS = 0.5
        checkups._checkups.clear()
        api.register_checkup(lambda: [SeenData.ok("Seen before.")], area="a", name="first", reach=Reach.PROCESS)
        api.register_checkup(lambda: threading.Event().wait(), area="b", name="stuck", reach=Reach.PROCESS)
        call_command("community_doctor", "--seconds", "0.5", *sys.argv[1:])
    """
    environment = {"DJANGO_SETTINGS_MODULE": "embedded_host.settings.test_lms", "COMMUNITY_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *form],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert "Seen before." in result.stdout
    assert "did not come back" in result.stdout
    if form:
        assert json.loads(result.stdout)["counts"] == {"ok": 1, "warning": 0, "failure": 1, "skipped": 0}


def test_it_needs_no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """With none of our tables there the report is whole, and every failure has a remedy."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("people_", "gamification_", "discussion_ext_", "waffle_")):
                cursor.execute(f"DROP TABLE {table}")
    code, said = ask("--json")
    document = json.loads(said)
    assert code == 1
    assert {finding["area"] for finding in document["findings"]} == set(api.list_checkup_areas())
    assert all(finding["remedy"] for finding in document["findings"] if finding["state"] in {"failure", "warning"})


def test_django_makes_the_checks_of_the_process(checkups: Any) -> None:
    api.register_checkup(ill, area="settings", name="ranges", reach=Reach.PROCESS)
    api.register_checkup(doubtful, area="files", name="blocks", reach=Reach.PROCESS)
    api.register_checkup(ill, area="database", name="tables")
    messages = run_checks(tags=["community"], include_deployment_checks=True)
    assert [(message.id, message.is_serious(), message.hint) for message in messages] == [
        ("community.files.blocks", False, "Have a look."),
        ("community.settings.ranges", True, "Mend it."),
    ]
    assert run_checks(tags=["community"], include_deployment_checks=False) == []


def test_a_process_says_once_what_it_runs(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PEOPLE_REPORT_SERVICE = True
    monkeypatch.setattr("people.upkeep.services._first_report", services._FirstReport())
    services.report_with_first_request()
    assert services.find_service("lms") is None
    client.get("/login")
    first = services.find_service("lms")
    assert first is not None
    assert first.version
    assert set(first.apps) >= {"people", "gamification", "discussion_ext", "chapters"}
    client.get("/login")
    assert services.find_service("lms") == first


def test_trouble_with_saying_it_costs_no_page(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    settings.PEOPLE_REPORT_SERVICE = True
    monkeypatch.setattr("people.upkeep.services._PAUSE_SECONDS", 0)
    monkeypatch.setattr("people.upkeep.services._first_report", services._FirstReport())
    services.report_with_first_request()
    with monkeypatch.context() as patch:
        patch.setattr("people.upkeep.services.report_service", refuse)
        assert client.get("/login").status_code == 200
    assert services.find_service("lms") is None
    assert client.get("/login").status_code == 200
    assert services.find_service("lms") is not None
