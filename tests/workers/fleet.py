"""Real worker and beat processes beside a real broker, started, killed and waited for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import redis
from celery import Celery
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "celery"
PATIENCE = 40
LINES = 60
#: After so many seconds Redis takes a message for lost that nobody acknowledged, unless a site says otherwise.
VISIBILITY = 3600


class Fleet:
    """The processes of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        broker = urlsplit(os.environ["REDIS_URL"])
        self.broker, cache = (broker._replace(path=path).geturl() for path in ("/9", "/8"))
        self.redis = redis.Redis.from_url(self.broker)
        self.redis.flushdb()
        with redis.Redis.from_url(cache) as cached:
            cached.flushdb()
        self.sender = Celery("sender", broker=self.broker, set_as_current=False)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.workers.worker_settings",
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "conf/host", ROOT / "conf/host/shims"))),
            "COMMUNITY_HOME": str(folder),
            "DATABASE_URL": _database_url(),
            "REDIS_URL": cache,
            "WORKER_BROKER": self.broker,
            "WORKER_FOLDER": str(folder),
        }

    # -- processes

    def start_worker(
        self,
        *,
        pauses: Mapping[str, Sequence[Any]] | None = None,
        processes: int = 1,
        imports: str = "tests.workers.pauses",
    ) -> subprocess.Popen[bytes]:
        """Start a worker and return it once it takes messages."""
        log = self.folder / f"worker{len(self._processes)}.log"
        worker = self._start(
            [
                "-A",
                "embedded_host",
                "worker",
                "-c",
                str(processes),
                "-Q",
                QUEUE,
                "-l",
                "INFO",
                "-I",
                imports,
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ],
            log,
            {"WORKER_PAUSES": json.dumps(pauses or {})},
        )
        self.wait_for(lambda: b" ready." in log.read_bytes() or _ended(worker, log), "the worker's start")
        return worker

    def start_beat(self) -> subprocess.Popen[bytes]:
        """Start a beat that keeps its times in the test's folder."""
        log = self.folder / f"beat{len(self._processes)}.log"
        schedule = str(self.folder / "beat-schedule")
        return self._start(["-A", "embedded_host", "beat", "-l", "DEBUG", "-s", schedule, "--pidfile="], log, {})

    def run_python(self, code: str, **environment: str) -> str:
        """Run code in the LMS's process environment to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=ROOT,
            env=self._environment | environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 3,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_command(self, *arguments: str, pauses: Mapping[str, Sequence[Any]]) -> subprocess.Popen[bytes]:
        """Start a management command that waits at the place named "command"."""
        log = self.folder / f"command{len(self._processes)}.log"
        code = (
            "import django; django.setup()\n"
            "from django.core.management import call_command\n"
            "from tests.workers.pauses import pause_at\n"
            f"pause_at('command'); call_command(*{list(arguments)!r})"
        )
        with log.open("wb") as out:
            environment = self._environment | {"WORKER_PAUSES": json.dumps(pauses)}
            process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        self._processes.append(process)
        return process

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker and all its processes with -9, as the kernel does when memory runs out."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def terminate(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a process to end, and wait until it has."""
        process.terminate()
        process.wait(timeout=PATIENCE)

    def kill_child(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill only the process that works on a task; its parent lives and starts another."""
        for child in psutil.Process(worker.pid).children():
            child.kill()

    def stop_all(self) -> None:
        """End everything that was started here."""
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)
        self.sender.close()
        self.redis.close()

    # -- messages

    def send(self, task: str, *args: Any) -> None:
        """Put a message into the queue, as a web process does."""
        self.sender.send_task(task, args=list(args), queue=QUEUE)

    def let_visibility_pass(self) -> None:
        """Make what was taken and never acknowledged look so old that the next worker takes it when it starts.

        A worker looks for such messages when it starts and then every hundred seconds, not when they become due.
        """
        taken = self.redis.zrange("unacked_index", 0, -1, withscores=True)
        self.redis.zadd("unacked_index", {tag: since - 2 * VISIBILITY for tag, since in taken})

    def wait_for(self, is_true: Callable[[], Any], what: str) -> Any:
        """Return what becomes true, or fail with the name of what did not."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := is_true():
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what} did not happen within {PATIENCE} s")

    def wait_paused(self, name: str) -> None:
        """Wait until a process stops at a place."""
        marker = self.folder / name.replace(":", "_")
        self.wait_for(marker.exists, f"the pause of {name}")

    def wait_idle(self) -> None:
        """Wait until no message is left, neither waiting nor being worked on.

        A message is for a moment in neither place while a worker takes it: so the quiet has to last.
        """
        quiet_since: list[float] = []

        def is_quiet() -> bool:
            if self.redis.llen(QUEUE) or self.redis.hlen("unacked"):
                quiet_since.clear()
                return False
            quiet_since.append(time.monotonic())
            return quiet_since[-1] - quiet_since[0] > 0.5

        self.wait_for(is_quiet, "the end of all messages")

    # -- for whoever reads why a test failed

    def describe(self) -> str:
        """Return what the broker holds, who is busy on the database, which processes live, and what they said last."""
        now = time.time()
        said = [f"broker: {_contents(self.redis)}"]
        taken = self.redis.zrange("unacked_index", 0, -1, withscores=True)
        said += [f"taken and not acknowledged, seconds ago: {[round(now - since) for _tag, since in taken]}"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, time, command, state, LEFT(info, 300) FROM information_schema.processlist")
            said += [f"database: {row}" for row in cursor.fetchall() if row[2] != "Sleep"]
            cursor.execute(
                "SELECT trx_mysql_thread_id, trx_state, trx_started, LEFT(trx_query, 300)"
                " FROM information_schema.innodb_trx"
            )
            said += [f"transaction: {row}" for row in cursor.fetchall()]
        said += [f"process {each.pid}: {each.poll()} {each.args[5:6]}" for each in self._processes]
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LINES:]
            said += [f"-- {log.name}", *(line[:400] for line in lines)]
        return "\n".join(said)

    def _start(self, arguments: list[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", *arguments],
                cwd=ROOT,
                env=self._environment | environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def _contents(broker: redis.Redis) -> dict[str, Any]:
    sizes = {b"list": broker.llen, b"hash": broker.hlen, b"set": broker.scard, b"zset": broker.zcard}
    found = {}
    for key in sorted(broker.keys()):
        size = sizes.get(broker.type(key))
        found[key.decode()] = size(key) if size else f"goes in {broker.ttl(key)} s"
    return found


def _ended(process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    return False


def _database_url() -> str:
    """Return the address of the database of the tests."""
    parts = connection.settings_dict
    return f"mysql://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
