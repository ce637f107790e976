"""The demo tells in one line why it cannot run."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOST = Path(__file__).parents[2] / "conf/host"


@pytest.fixture(scope="module")
def demo():
    """Load the demo script, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("host_demo", HOST / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_told_in_one_line(taken_port, tmp_path):
    environment = {**os.environ, "LMS_PORT": str(taken_port), "COMMUNITY_HOME": str(tmp_path / "home")}
    command = [sys.executable, str(HOST / "manage.py"), "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"Port {taken_port} is taken: stop what uses it, or run “LMS_PORT={taken_port + 100} make demo”."
    ]
    assert not (tmp_path / "home").exists()


def test_a_free_port_is_accepted(demo, taken_port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo.check_port("LMS_PORT", port)
    with pytest.raises(demo.DemoError):
        demo.check_port("LMS_PORT", taken_port)


@pytest.mark.parametrize(("version", "is_fine"), [((3, 10), False), ((3, 11), True), ((3, 12), True), ((3, 13), False)])
def test_only_tested_pythons_run(demo, version, is_fine):
    if is_fine:
        demo.check_python(version)
        return
    with pytest.raises(demo.DemoError, match=r"use 3\.11 or 3\.12"):
        demo.check_python(version)


@pytest.mark.parametrize("text", ["", "http", "0", "70000", "-1"])
def test_a_port_must_be_one(demo, monkeypatch, text):
    monkeypatch.setenv("LMS_PORT", text)
    with pytest.raises(demo.DemoError, match="LMS_PORT"):
        demo.read_port("LMS_PORT", 8000)


def test_reset_deletes_only_what_the_host_wrote(demo, tmp_path):
    (tmp_path / "community.sqlite3").write_text("x")
    (tmp_path / "uploads/courses").mkdir(parents=True)
    (tmp_path / "mine.txt").write_text("x")
    demo.reset({"COMMUNITY_HOME": str(tmp_path)})
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_ctrl_c_while_preparing_is_said_in_one_line(tmp_path):
    environment = {**os.environ, "COMMUNITY_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(HOST / "manage.py"), "demo", "--prepare-only"]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell lets what it starts in the background ignore Ctrl-C, and so all that is started from there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    ) as demo:
        assert "Preparing" in demo.stdout.readline()
        time.sleep(1)
        demo.send_signal(signal.SIGINT)
        said, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (130, "")
    assert said.strip().startswith("Stopped.")
