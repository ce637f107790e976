"""A whole house for the browser tests: a fresh database, an LMS and a Studio process on ports of their own."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
MANAGE = ROOT / "conf/host/manage.py"
START_SECONDS = 60


def free_ports() -> list[int]:
    """Return two ports at which nobody listens, and that no system gives to a process that calls: use comes later."""
    found: list[int] = []
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == 2:
            break
    return found


@dataclass
class House:
    """An LMS and a Studio over one data folder. Use as a context manager."""

    home: Path
    ports: list[int] = field(default_factory=free_ports)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def lms(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def studio(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def logs(self) -> dict[str, str]:
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(self.home.glob("*.log"))}

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "COMMUNITY_"))}
        return kept | {
            "COMMUNITY_HOME": str(self.home),
            "LMS_ROOT_URL": self.lms,
            "CMS_ROOT_URL": self.studio,
            "PYTHONUNBUFFERED": "1",
            # Every walk is one under a strict policy, but for a course of other authors, who may write scripts into it.
            "COMMUNITY_STRICT_POLICY": "0" if "COURSE_EXPORT" in os.environ else "1",
        }

    def manage(self, *arguments: str, service: str = "lms") -> str:
        """Run a management command and return what it prints."""
        done = subprocess.run(
            [sys.executable, str(MANAGE), service, *arguments],
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {service} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def stage(self, act: str, **arguments: object) -> dict[str, str]:
        """Run one of the acts of stage.py inside the LMS's code and return what it answers."""
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("stage.py")), act, json.dumps(arguments)],
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"stage.py {act}\n{done.stdout}\n{done.stderr}"
        answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def _start(self, service: str, port: int) -> None:
        log = (self.home / f"{service}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, str(MANAGE), service, "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"],
                env=self._environment(),
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert process.poll() is None, self.logs[service]
            assert time.monotonic() < deadline, f"{service} did not answer in time\n{self.logs[service]}"
            time.sleep(0.2)

    def __enter__(self) -> House:
        try:
            for service, port in zip(("lms", "cms"), self.ports, strict=True):
                self._start(service, port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
