"""Tutor deployments rendered into temporary folders, by each release in its own environment."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
RELEASES = (21, 22)

# Stands for docker: writes down what it was asked to do, each argument ended by a unit separator, each call by a
# record separator. Nothing runs yet (`docker compose ls`).
FAKE_DOCKER = """#!/bin/sh
printf '%s\\037' "$@" >> "$DOCKER_CALLS"
printf '\\036' >> "$DOCKER_CALLS"
echo '[]'
"""


def executable(release: int) -> Path:
    """Return one release's command line."""
    path = REPOSITORY / f".venv-tutor-{release}" / "bin" / "tutor"
    if not path.exists():
        pytest.fail(f"{path} is missing: run the tests with `make test-tutor`")
    return path


@dataclass
class Deployment:
    """A Tutor project in a temporary folder."""

    release: int
    root: Path

    def run(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this release."""
        variables = {
            "HOME": str(self.root),
            "PATH": os.environ["PATH"],
            "TUTOR_ROOT": str(self.root),
            "TUTOR_PLUGINS_ROOT": str(self.root / "plugins"),
            **environment,
        }
        return subprocess.run(
            [executable(self.release), *arguments],
            env=variables,
            check=check,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def save(self, **settings: Any) -> str:
        """Set configuration, render everything and return what was said."""
        options = [
            option for name, value in settings.items() for option in ("--set", f"{name}={yaml.safe_dump(value)}")
        ]
        return self.run("config", "save", *options).stderr

    def text(self, path: str) -> str:
        """Return a rendered file."""
        return (self.root / "env" / path).read_text(encoding="utf-8")

    def yaml(self, path: str) -> Any:
        """Return a rendered YAML file of one document."""
        return yaml.safe_load(self.text(path))

    def kubernetes(self, path: str = "k8s/deployments.yml") -> dict[tuple[str, str], Any]:
        """Return rendered resources by kind and name."""
        documents = [document for document in yaml.safe_load_all(self.text(path)) if document]
        return {(document["kind"], document["metadata"]["name"]): document for document in documents}

    def files(self) -> dict[str, str]:
        """Return every rendered text file but the plugins' own."""
        env = self.root / "env"
        return {
            str(path.relative_to(env)): path.read_text(encoding="utf-8")
            for path in sorted(env.rglob("*"))
            if path.is_file() and path.suffix not in {".ico", ".png"}
        }

    def docker_calls(self, *arguments: str) -> list[list[str]]:
        """Run a command beside a docker that only writes down, and return what it was asked."""
        folder = self.root / "bin"
        folder.mkdir(exist_ok=True)
        docker = folder / "docker"
        docker.write_text(FAKE_DOCKER)
        docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
        calls = self.root / "calls"
        calls.write_bytes(b"")
        self.run(*arguments, PATH=f"{folder}:{os.environ['PATH']}", DOCKER_CALLS=str(calls))
        return [call.split("\x1f")[:-1] for call in calls.read_text(encoding="utf-8").split("\x1e")[:-1]]

    def init_tasks(self, *options: str) -> list[tuple[str, str]]:
        """Return service and script of each task of `tutor local do init`, in the order in which they run."""
        runs = [call for call in self.docker_calls("local", "do", "init", *options) if "run" in call]
        return [(call[-5], call[-1]) for call in runs if call[-4:-1] == ["sh", "-e", "-c"]]


@pytest.fixture(scope="session")
def deploy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Deployment]:
    """Return a function that makes a deployment."""

    def make(
        release: int,
        *,
        plugins: tuple[str, ...] = ("forum", "community"),
        like: Deployment | None = None,
        **settings: Any,
    ) -> Deployment:
        deployment = Deployment(release, tmp_path_factory.mktemp(f"tutor{release}"))
        config = yaml.safe_load((like.root / "config.yml").read_text()) if like else {}
        # Chosen here, so that no other plugin of the machine is enabled by default.
        (deployment.root / "config.yml").write_text(yaml.safe_dump({**config, "PLUGINS": list(plugins)}))
        deployment.save(**settings)
        return deployment

    return make


@pytest.fixture(scope="session", params=RELEASES)
def release(request: pytest.FixtureRequest) -> int:
    """Run with each release."""
    return int(request.param)


@pytest.fixture(scope="session")
def plain(release: int, deploy: Callable[..., Deployment]) -> Deployment:
    """Return a deployment that only enabled the plugin."""
    return deploy(release)


@pytest.fixture(scope="session")
def without(plain: Deployment, deploy: Callable[..., Deployment]) -> Deployment:
    """Return the same deployment, passwords and all, without the plugin."""
    return deploy(plain.release, plugins=("forum",), like=plain)
