"""``manage.py demo``: prepare the database once, then run LMS and Studio until Ctrl-C.

Runs before Django is set up, so that a wrong Python or a taken port is told in one line instead of a traceback.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

MANAGE = Path(__file__).resolve().parent / "manage.py"
REPOSITORY = MANAGE.parents[2]
SUPPORTED_PYTHONS = ((3, 11), (3, 12))
START_SECONDS = 90
# What the host writes into its data folder; --reset deletes these and nothing else.
WRITTEN = ("community.sqlite3", "community.sqlite3-wal", "community.sqlite3-shm", "uploads", "cache", "mail", "static")


class DemoError(Exception):
    """The demo cannot run; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Run the demo and return the exit code."""
    unknown = set(arguments) - {"--reset", "--prepare-only"}
    if unknown:
        print(f"Unknown option {sorted(unknown)[0]}. Options: --reset, --prepare-only.", file=sys.stderr)
        return 2
    try:
        check_python(sys.version_info[:2])
        ports = read_port("LMS_PORT", 8000), read_port("CMS_PORT", 8001)
        if "--prepare-only" not in arguments:
            for name, port in zip(("LMS_PORT", "CMS_PORT"), ports, strict=True):
                check_port(name, port)
        environment = _environment(*ports)
        if "--reset" in arguments:
            reset(environment)
        prepare(environment)
        if "--prepare-only" in arguments:
            return 0
        return serve(environment, *ports)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. “make demo” goes on from here; “make demo-reset” starts over.")
        return 130


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that the pinned packages do not fit."""
    if tuple(version) not in SUPPORTED_PYTHONS:
        found = ".".join(map(str, version))
        raise DemoError(
            f"Python {found} is not supported: use 3.11 or 3.12, for example “make demo PYTHON=python3.12”."
        )


def read_port(name: str, default: int) -> int:
    """Return the port of an environment variable."""
    text = os.environ.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise DemoError(f"{name}={text} is not a port: use a number from 1 to 65535.")
    return int(text)


def check_port(name: str, port: int) -> None:
    """Refuse a port that something listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"Port {port} is taken: stop what uses it, or run “{name}={port + 100} make demo”."
            ) from error


def reset(environment: dict[str, str]) -> None:
    """Start over: empty the database and delete what the host wrote."""
    folder = Path(environment["COMMUNITY_HOME"])
    if environment.get("DATABASE_URL"):
        _manage(environment, "lms", "migrate", "-v0")
        _manage(environment, "lms", "flush", "--no-input", "-v0")
    for name in WRITTEN:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def prepare(environment: dict[str, str]) -> None:
    """Migrate and fill the database; what is there stays."""
    print("Preparing the database …", flush=True)
    _manage(environment, "lms", "migrate", "-v0")
    print("Preparing the sample course and its people (the first time this takes a minute) …", flush=True)
    _manage(environment, "lms", "seed_demo")


def serve(environment: dict[str, str], lms_port: int, cms_port: int) -> int:
    """Run both services until Ctrl-C, or until one of them ends."""
    services = [_start(environment, "lms", lms_port), _start(environment, "cms", cms_port)]
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for service in services:
            service.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        _wait_until_up(services, environment["LMS_ROOT_URL"], environment["CMS_ROOT_URL"])
        if not stopping:
            print(_welcome(environment), flush=True)
        while all(service.poll() is None for service in services):
            time.sleep(0.3)
    finally:
        stopped_by_user = stopping
        stop()
        for service in services:
            service.wait(timeout=20)
    if stopped_by_user:
        print("\nStopped. “make demo” continues with the same data; “make demo-reset” starts over.")
        return 0
    raise DemoError("One of the services ended; its last lines above say why.")


def _environment(lms_port: int, cms_port: int) -> dict[str, str]:
    home = Path(os.environ.get("COMMUNITY_HOME", REPOSITORY / ".demo")).resolve()
    return {
        **os.environ,
        "COMMUNITY_HOME": str(home),
        "LMS_ROOT_URL": f"http://127.0.0.1:{lms_port}",
        "CMS_ROOT_URL": f"http://127.0.0.1:{cms_port}",
    }


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, str(MANAGE), *arguments]
    # A session of its own: Ctrl-C reaches this process alone, which ends the command without a traceback of it.
    with subprocess.Popen(command, env=environment, start_new_session=True) as running:  # noqa: S603  (our own command)
        try:
            code = running.wait()
        except KeyboardInterrupt:
            running.terminate()
            raise
    if code:
        raise DemoError(
            f"“manage.py {' '.join(arguments)}” failed; the lines above say why. “make demo-reset” starts over."
        )


def _start(environment: dict[str, str], service: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(MANAGE), service, "runserver", "--noreload", f"127.0.0.1:{port}"]
    # A session of its own: Ctrl-C reaches this process alone, which then stops both in order.
    return subprocess.Popen(  # noqa: S603  (our own command)
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )


def _wait_until_up(services: list[subprocess.Popen[bytes]], *urls: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    for url in urls:
        while not _answers(f"{url}/login"):
            if any(service.poll() is not None for service in services):
                return
            if time.monotonic() > deadline:
                raise DemoError(f"{url} did not answer within {START_SECONDS} seconds.")
            time.sleep(0.3)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20):  # noqa: S310  (an address of our own)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _welcome(environment: dict[str, str]) -> str:
    lms, cms = environment["LMS_ROOT_URL"], environment["CMS_ROOT_URL"]
    return f"""
  LMS      {lms}
  Studio   {cms}

  Sign in as anybody, there are no passwords. Things to try:
  - as lotte, open the course and answer a classmate's position in a case discussion;
  - as amina, open “Points” and see why each point was given;
  - as tomas, open “Prepare, come to class, say it” in week 2 and choose a class session;
  - as xiaoyu on a phone, check in to the class that begins in a moment, with the code that ruth shows as its host;
  - as amina, open “Chapters” in the course, join the chapter you are invited to, and say hello on its board;
  - as amina, show your ticket for that chapter's open hour, which begins in a moment; as wanjiru, check her in;
  - as lotte, take the seat at the soup evening that is kept for you; as xiaoyu, answer a meeting that was moved;
  - as wanjiru, write what came of “When nobody speaks”; as mireille, let somebody come to “Say the number”;
  - as wanjiru, look after that chapter at its organizer desk; as grace, answer a proposal and a confidential report;
  - as ruth (course team), open a case: who is where, who is silent, what was reported;
  - as ruth, edit a case in Studio, preview it and publish it.

  Data is in {environment["COMMUNITY_HOME"]}. Ctrl-C stops both.
"""
