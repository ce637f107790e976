"""Measure what must stay fast, print it, and write ``build/bench.json``.

    python tests/bench/run.py            # SQLite, then MariaDB
    python tests/bench/run.py sqlite     # only one of them

The MariaDB part runs on the server of ``DATABASE_URL`` (mysql://user:password@host:port/name; the user may create
databases, and the one that is used is made and dropped here). Without it a private server is started through
``.ci/with_servers`` if Debian's mariadb-server is installed; else that part is left out.

Every figure is a ratio: ours against the plainest work of the same kind through a Django cursor in the same process, on
the same connection and with the same durability; the median over alternating slices. Those of workers are taken with
real processes and need the Redis of ``REDIS_URL``: tasks a second against a task that does nothing.
The limits bind on MariaDB: the exit status is 1 when one is missed.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "build" / "bench.json"
DATABASES = ("sqlite", "mariadb")

#: Figure -> (at least, at most).
LIMITS: dict[str, tuple[float | None, float | None]] = {
    "record_activity_vs_commit": (0.1, None),
    "rank_vs_pk_lookup": (None, 5),
    "case_view_queries": (None, 15),
    "case_view_time_10k_vs_10": (None, 1.5),
    "receiver_share_of_post": (None, 0.25),
    "reconcile_rss_growth_mb": (None, 50),
    "reconcile_seconds_per_1000": (None, None),
    "regrade_queries_per_learner": (None, 0.2),
    "regrade_queries_per_changed_learner": (None, None),
    "regrade_rss_growth_mb": (None, 50),
    "regrade_time_10k_vs_1k": (None, 1.2),
    "directory_queries": (None, None),
    "directory_time_100k_vs_10": (None, 1.5),
    "chapter_page_queries": (None, None),
    "chapter_page_time_100k_vs_10": (None, 1.5),
    "member_list_queries": (None, None),
    "member_list_time_100k_vs_10": (None, 1.5),
    "board_page_queries": (None, None),
    "board_page_time_100k_vs_10": (None, 1.5),
    "event_feed_queries": (None, None),
    "event_feed_time_10k": (None, 1.5),
    "event_feed_of_person_queries": (None, None),
    "event_feed_of_person_time_10k": (None, 1.5),
    "own_calendar_queries": (None, None),
    "own_calendar_time_10k": (None, 1.5),
    "rsvp_vs_conditional_update": (0.1, None),
    "attendee_list_queries": (None, None),
    "attendee_list_time_10k_vs_10": (None, 1.5),
    "event_page_queries": (None, None),
    "event_page_time_10k_vs_10": (None, 1.5),
    "event_page_in_line_queries": (None, None),
    "event_page_in_line_time_10k_vs_10": (None, 1.5),
    "event_page_public_queries": (None, None),
    "event_page_public_time_10k_vs_10": (None, 1.5),
    "worker_complete_vs_empty": (0.015, None),
    "worker_fold_vs_empty": (0.08, None),
}


def main() -> int:
    """Measure on the databases asked for, each in a process of its own."""
    wanted = [name for name in DATABASES if name in sys.argv[1:]] or list(DATABASES)
    figures = {name: values for name in wanted if (values := _measure_apart(name))}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, values in figures.items():
        print(f"{name}: " + ", ".join(f"{figure} {value:.3g}" for figure, value in values.items()))
    missed = [text for figure, value in figures.get("mariadb", {}).items() if (text := _judge(figure, value))]
    for text in missed:
        print(f"LIMIT MISSED on MariaDB: {text}")
    print(f"Written to {RESULT.relative_to(ROOT)}.")
    return 1 if missed else 0


def _judge(figure: str, value: float) -> str:
    least, most = LIMITS[figure]
    if least is not None and value < least:
        return f"{figure} is {value:.3g}, at least {least} is asked"
    if most is not None and value > most:
        return f"{figure} is {value:.3g}, at most {most} is asked"
    return ""


def _measure_apart(name: str) -> dict[str, float]:
    """Run one database's part in a process with its own settings; {} if there is no such server."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", name]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "embedded_host.settings.lms"}
    if name == "sqlite":
        environment.pop("DATABASE_URL", None)
    elif not environment.get("DATABASE_URL"):
        if not shutil.which("mariadbd"):
            print("mariadb: left out; set DATABASE_URL or install mariadb-server")
            return {}
        command = [str(ROOT / ".ci" / "with_servers"), *command]
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "figures.json"
        environment |= {"COMMUNITY_HOME": folder, "BENCH_RESULT": str(result)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        return json.loads(result.read_text(encoding="utf-8"))


def measure(name: str) -> dict[str, float]:
    """Take all figures on the database of the settings, in a database made for this and dropped afterwards."""
    sys.path[:0] = [str(ROOT), str(ROOT / "conf" / "host"), str(ROOT / "conf" / "host" / "shims")]
    import django

    django.setup()
    # Said of every post outside a request, of which there is none here.
    logging.getLogger("edx_toggles").setLevel(logging.ERROR)
    from django.db import connection

    if name == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["COMMUNITY_HOME"]) / "bench.sqlite3")
    else:
        connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return _take_figures(name)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _take_figures(name: str) -> dict[str, float]:
    from tests.bench import (
        blended,
        cases,
        chapter_pages,
        chapters,
        event_calendars,
        event_pages,
        event_seats,
        points,
        receivers,
    )

    print(f"{name}:")
    figures: dict[str, float] = {}
    single: list[Callable[[], float]] = [
        receivers.receiver_share_of_post,
        points.record_activity_vs_commit,
        points.rank_vs_pk_lookup,
    ]
    for take in single:
        print(f"  {take.__name__}")
        figures[take.__name__] = round(take(), 4)
    print("  case_view")
    figures |= {figure: round(value, 4) for figure, value in cases.measure().items()}
    print("  regrade")
    figures |= {figure: round(value, 4) for figure, value in blended.measure().items()}
    print("  reconcile")
    figures |= {figure: round(value, 4) for figure, value in chapters.measure().items()}
    print("  pages of chapters")
    figures |= {figure: round(value, 4) for figure, value in chapter_pages.measure().items()}
    print("  calendars of events")
    figures |= {figure: round(value, 4) for figure, value in event_calendars.measure().items()}
    print("  page of an event")
    figures |= {figure: round(value, 4) for figure, value in event_pages.measure().items()}
    print("  seats of events")
    figures |= {figure: round(value, 4) for figure, value in event_seats.measure().items()}
    if name == "mariadb" and os.environ.get("REDIS_URL"):
        from tests.bench import workers

        print("  workers")
        figures |= {figure: round(value, 4) for figure, value in workers.measure().items()}
    return figures


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        Path(os.environ["BENCH_RESULT"]).write_text(json.dumps(measure(sys.argv[2])), encoding="utf-8")
    else:
        sys.exit(main())
