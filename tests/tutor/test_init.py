"""The init task: where it runs, and that it may run again."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import REPOSITORY, Deployment

pytestmark = pytest.mark.tutor

SCHEME = (REPOSITORY / "gamification/schemes/default.yaml").read_text(encoding="utf-8")


def test_it_comes_last_and_can_run_alone(plain: Deployment, without: Deployment) -> None:
    tasks = plain.init_tasks()
    assert tasks[:-1] == without.init_tasks()
    service, script = tasks[-1]
    assert service == "lms-job"
    assert "community_doctor" in script
    assert plain.init_tasks("--limit=community") == [(service, script)]
    assert any("initialize_forum_indices" in script for _service, script in tasks[:-1])


@pytest.fixture(scope="session")
def script(plain: Deployment) -> str:
    """Return the plugin's init task as it is run."""
    ((_service, script),) = plain.init_tasks("--limit=community")
    return script


def test_it_is_shell_that_parses(script: str) -> None:
    for shell in ("bash", "sh"):
        subprocess.run([shell, "-n", "-c", script], check=True, capture_output=True)


def test_the_forums_flag_belongs_to_ulmo(script: str, release: int) -> None:
    assert ("forum_v2.enable_mysql_backend" in script) is (release == 21)


def test_the_documented_crontab_line_reaches_the_lms(plain: Deployment) -> None:
    readme = (REPOSITORY / "conf/tutor/README.md").read_text(encoding="utf-8")
    (line,) = [line for line in readme.splitlines() if line.startswith("*/5 * * * * tutor ")]
    words = line.split()[6:]
    assert plain.docker_calls(*words)[-1][-len(words) + 2 :] == words[2:]


@dataclass
class Host:
    """The embedded host where ./manage.py is the platform's, with a database of its own."""

    folder: Path

    def run(self, script: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a script as Tutor's jobs do."""
        manage = self.folder / "manage.py"
        manage.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{REPOSITORY}/conf/host/manage.py" "$@"\n')
        manage.chmod(0o755)
        foreign = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        environment = {name: value for name, value in os.environ.items() if name not in foreign}
        environment["COMMUNITY_HOME"] = str(self.folder / "home")
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=self.folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert not check or done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    @property
    def database(self) -> Path:
        """Return the database's file."""
        return self.folder / "home" / "community.sqlite3"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement and return what it finds."""
        with closing(sqlite3.connect(self.database)) as database, database:
            return database.execute(statement).fetchall()

    def content(self) -> list[str]:
        """Return the whole database as statements."""
        with closing(sqlite3.connect(self.database)) as database:
            return list(database.iterdump())


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """Return a host whose platform is migrated, as Tutor's own init task leaves it."""
    host = Host(tmp_path_factory.mktemp("migrated"))
    host.run("./manage.py lms migrate --verbosity 0")
    return host


@pytest.fixture
def host(migrated: Host, tmp_path: Path) -> Host:
    """Return a copy of it."""
    copy = Host(tmp_path)
    copy.database.parent.mkdir()
    with closing(sqlite3.connect(migrated.database)) as source, closing(sqlite3.connect(copy.database)) as target:
        source.backup(target)
    return copy


def test_a_second_run_changes_nothing(release: int, deploy: Callable[..., Deployment], host: Host) -> None:
    deployment = deploy(release, COMMUNITY_POINTS_SCHEME=SCHEME)
    ((_service, script),) = deployment.init_tasks("--limit=community")
    host.query("DELETE FROM waffle_switch")
    host.query("DELETE FROM waffle_flag")
    empty = host.content()
    host.run(script)
    first = host.content()
    host.run(script)
    assert host.content() == first
    made = "\n".join(line for line in first if line not in empty)
    assert "completion.enable_completion_tracking" in made
    assert release == 22 or "forum_v2.enable_mysql_backend" in made
    assert made.count('INSERT INTO "gamification_schemeversion"') == 1
    assert made.count("'Community managers'") == 1
    assert "'Europe'" in made


def test_an_operators_choice_is_not_overruled(deploy: Callable[..., Deployment], host: Host) -> None:
    ((_service, script),) = deploy(21).init_tasks("--limit=community")  # the release that has both
    host.query("UPDATE waffle_switch SET active = 0 WHERE name = 'completion.enable_completion_tracking'")
    host.query("UPDATE waffle_flag SET everyone = NULL WHERE name = 'forum_v2.enable_mysql_backend'")
    host.query("INSERT INTO auth_group (name) VALUES ('Community managers')")
    host.query("INSERT INTO chapters_region (slug, name, position) VALUES ('benelux', 'Benelux', 1)")
    host.query(
        "INSERT INTO gamification_pointscourse (course_key, is_on, changed_at)"
        " VALUES ('course-v1:community+chapters+points', 1, '2026-11-22 09:30:00')"
    )
    before = host.content()
    host.run(script)
    assert host.content() == before


def test_a_failing_migration_stops_the_launch_and_a_failing_doctor_does_not(script: str, tmp_path: Path) -> None:
    manage = tmp_path / "manage.py"
    for failing, code in (("shell", 1), ("community_doctor", 0)):
        manage.write_text(f'#!/bin/sh\n[ "$2" != {failing} ]\n')
        manage.chmod(0o755)
        done = subprocess.run(["sh", "-e", "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True)
        assert done.returncode == code
        assert ("needs attention" in done.stdout) is (failing == "community_doctor")
