"""What Tutor 21 and 22 make of the plugin: image, services, settings."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from openedx_events.tooling import OpenEdxPublicSignal

from discussion_ext.settings import common as discussion_common
from gamification.settings import common as gamification_common
from people.settings import common as people_common
from people.settings import production as people_production
from people.signals import PublicFact

from .conftest import REPOSITORY, Deployment, executable

pytestmark = pytest.mark.tutor

SETTINGS_FILES = [
    f"apps/openedx/settings/{service}/{name}.py"
    for service in ("lms", "cms")
    for name in ("production", "development", "test")
]
BEAT = ["celery", "--app=lms.celery", "beat"]


def _install_lines(deployment: Deployment) -> list[str]:
    """Return the RUN instructions of the image, each on one line."""
    joined = deployment.text("build/openedx/Dockerfile").replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.startswith("RUN ")]


def test_disabled_leaves_no_trace(without: Deployment, plain: Deployment) -> None:
    texts = "\n".join(without.files().values()).lower()
    assert "community-beat" not in texts
    assert "openedx-community-suite" not in texts
    assert "community-beat" in "\n".join(plain.files().values())


def test_nothing_else_changes(without: Deployment, plain: Deployment) -> None:
    """The plugin adds lines to four files and takes none away."""
    before, after = without.files(), plain.files()
    assert before.keys() == after.keys()
    changed = {path for path, text in before.items() if _lines(text) != _lines(after[path])}
    assert changed == {
        "build/openedx/Dockerfile",
        "dev/docker-compose.yml",
        "k8s/deployments.yml",
        "local/docker-compose.prod.yml",
    }
    for path in changed:
        rest = iter(_lines(after[path]))
        assert all(line in rest for line in _lines(before[path])), f"{path} lost a line"


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def test_every_file_parses(plain: Deployment) -> None:
    for path, text in plain.files().items():
        if path.endswith((".yml", ".yaml")):
            list(yaml.safe_load_all(text))
    for path in SETTINGS_FILES:
        ast.parse(plain.text(path), path)


def test_the_image_installs_the_suite_beside_the_platforms_versions(plain: Deployment) -> None:
    lines = _install_lines(plain)
    ours = [line for line in lines if "openedx-community-suite" in line]
    assert len(ours) == 1
    assert "freeze" in ours[0]
    assert ours[0].index("freeze") < ours[0].index("install --constraint /tmp/community-constraints.txt")
    platform = next(line for line in lines if "requirements/edx/base.txt" in line and "$PIP_COMMAND install" in line)
    assert lines.index(platform) < lines.index(ours[0])


@pytest.mark.parametrize(
    "package",
    [
        "openedx-community-suite @ git+https://example.org/openedx-community-suite@v1",
        "https://example.org/openedx_community_suite-0.1.0-py3-none-any.whl",
        "openedx-community-suite>=0.1,<0.2",
    ],
)
def test_another_source_of_the_suite(package: str, release: int, deploy: Callable[..., Deployment]) -> None:
    deployment = deploy(release, COMMUNITY_PACKAGE=package)
    assert [line for line in _install_lines(deployment) if f"'{package}'" in line]
    assert "type=bind,source=https" not in deployment.text("build/openedx/Dockerfile")


def test_a_wheel_in_the_build_folder(release: int, deploy: Callable[..., Deployment]) -> None:
    wheel = "community/openedx_community_suite-0.1.0-py3-none-any.whl"
    deployment = deploy(release, COMMUNITY_PACKAGE=wheel)
    line = next(line for line in _install_lines(deployment) if "community" in line)
    target = "/tmp/openedx_community_suite-0.1.0-py3-none-any.whl"
    assert f"--mount=type=bind,source={wheel},target={target}" in line
    assert f"community-constraints.txt '{target}'" in line
    lying = deployment.root / "env/build/openedx" / wheel
    lying.parent.mkdir()
    lying.write_bytes(b"wheel")
    deployment.save()
    assert lying.read_bytes() == b"wheel", "saving the configuration keeps it"


def test_a_mounted_clone_is_built_and_run(release: int, deploy: Callable[..., Deployment], tmp_path: Path) -> None:
    clone = tmp_path / "openedx-community-suite"
    clone.mkdir()
    deployment = deploy(release, COMMUNITY_PACKAGE="", MOUNTS=[str(clone)])
    assert "community-constraints" not in deployment.text("build/openedx/Dockerfile")
    assert 'pip install -e "/mnt/openedx-community-suite"'.replace("pip", "$PIP_COMMAND") in deployment.text(
        "build/openedx/Dockerfile"
    )
    mount = f"{clone}:/mnt/openedx-community-suite:z"
    services = deployment.yaml("local/docker-compose.prod.yml")["services"]
    assert mount in services["community-beat"]["volumes"]
    assert mount in deployment.yaml("dev/docker-compose.yml")["services"]["community-beat"]["volumes"]


def test_the_beat_in_compose_is_the_worker_with_another_command(plain: Deployment) -> None:
    services = plain.yaml("local/docker-compose.prod.yml")["services"]
    beat, worker = services["community-beat"], services["lms-worker"]
    assert {**beat, "command": None} == {**worker, "command": None}
    assert beat["command"][:3] == BEAT
    assert _schedule_folder(beat["command"]) in {volume.split(":")[1] for volume in beat["volumes"]}
    assert not [name for name in services if name.startswith("community") and name != "community-beat"]


def test_the_beat_in_development(plain: Deployment) -> None:
    services = plain.yaml("dev/docker-compose.yml")["services"]
    beat = services["community-beat"]
    assert beat["image"] == services["lms"]["image"]
    assert beat["environment"]["DJANGO_SETTINGS_MODULE"] == services["lms"]["environment"]["DJANGO_SETTINGS_MODULE"]
    production = plain.yaml("local/docker-compose.prod.yml")["services"]["community-beat"]
    assert (beat["command"], beat["volumes"]) == (production["command"], production["volumes"])


def test_there_is_one_beat_on_kubernetes(plain: Deployment) -> None:
    resources = plain.kubernetes()
    beat, worker = resources["Deployment", "community-beat"], resources["Deployment", "lms-worker"]
    assert beat["spec"]["replicas"] == 1
    assert beat["spec"]["strategy"] == {"type": "Recreate"}
    assert beat["spec"]["selector"]["matchLabels"] == beat["spec"]["template"]["metadata"]["labels"]
    pod, model = beat["spec"]["template"]["spec"], worker["spec"]["template"]["spec"]
    (container,), (worker_container,) = pod["containers"], model["containers"]
    for same in ("image", "env", "securityContext"):
        assert container[same] == worker_container[same]
    assert container["args"][:3] == BEAT
    folder = _schedule_folder(container["args"])
    mounts = [mount for mount in container["volumeMounts"] if mount["mountPath"] != folder]
    assert mounts == worker_container["volumeMounts"]
    assert [volume for volume in pod["volumes"] if volume["name"] != "data"] == model["volumes"]
    assert {"name": "data", "emptyDir": {}} in pod["volumes"]
    assert {**pod["securityContext"], "fsGroup": None} == {**model["securityContext"], "fsGroup": None}


def _schedule_folder(command: list[str]) -> str:
    """Return the folder in which the beat keeps its schedule."""
    (path,) = [Path(word.removeprefix("--schedule=")) for word in command if word.startswith("--schedule=")]
    return str(path.parent)


def test_cron_instead_of_the_beat(release: int, deploy: Callable[..., Deployment]) -> None:
    deployment = deploy(release, COMMUNITY_SCHEDULER="cron", COMMUNITY_CRON_SCHEDULE="*/10 * * * *")
    assert "community-beat" not in "\n".join(deployment.files().values())
    cron = deployment.kubernetes()["CronJob", "community-jobs"]
    assert cron["spec"]["schedule"] == "*/10 * * * *"
    assert cron["spec"]["concurrencyPolicy"] == "Allow"
    spec = cron["spec"]["jobTemplate"]["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (0, 3600)
    pod = spec["template"]["spec"]
    job = deployment.kubernetes("k8s/jobs.yml")["Job", "lms-job"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    (container,), (job_container,) = pod["containers"], job["containers"]
    assert (container["image"], container["env"]) == (job_container["image"], job_container["env"])
    assert container["volumeMounts"] == job_container["volumeMounts"]
    assert container["args"] == ["./manage.py", "lms", "run_community_jobs"]


def test_somebody_elses_beat(release: int, deploy: Callable[..., Deployment]) -> None:
    deployment = deploy(release, COMMUNITY_SCHEDULER="none")
    texts = "\n".join(deployment.files().values())
    assert "community-beat" not in texts
    assert "community-jobs" not in texts


def test_a_queue_of_its_own_comes_with_its_worker(release: int, deploy: Callable[..., Deployment]) -> None:
    queue = "edx.lms.core.community"
    deployment = deploy(release, COMMUNITY_QUEUE=queue, COMMUNITY_WORKER_CONCURRENCY=3)
    services = deployment.yaml("local/docker-compose.prod.yml")["services"]
    worker, model = services["community-worker"], services["lms-worker"]
    assert {**worker, "command": None} == {**model, "command": None}
    own = {f"--queues={queue}", "--concurrency=3", f"--hostname={queue}.%h"}
    theirs = {word for word in model["command"] if word.startswith(("--queues", "--hostname"))}
    assert set(worker["command"]) - own == set(model["command"]) - theirs
    container = deployment.kubernetes()["Deployment", "community-worker"]["spec"]["template"]["spec"]["containers"][0]
    assert container["args"] == worker["command"]
    for service in ("lms", "cms"):
        assert deployment.yaml(f"apps/openedx/config/{service}.env.yml")["PEOPLE_TASK_QUEUE"] == queue


# Reads manifests with Kubernetes' own client and writes them back: what it does not know does not come back.
ROUND_TRIP = """
import json, sys
from kubernetes import client

api = client.ApiClient()
for kind, document in json.load(sys.stdin):
    back = api.sanitize_for_serialization(api._ApiClient__deserialize(document, f"V1{kind}"))
    assert back == document, (kind, back, document)
print("fine")
"""


@pytest.mark.parametrize("scheduler", ["beat", "cron"])
def test_kubernetes_client_knows_every_field(scheduler: str, release: int, deploy: Callable[..., Deployment]) -> None:
    deployment = deploy(release, COMMUNITY_SCHEDULER=scheduler, COMMUNITY_QUEUE="edx.lms.core.community")
    ours = [
        (kind, document)
        for (kind, name), document in deployment.kubernetes().items()
        if name.startswith("community-") or name == "lms-worker"
    ]
    assert len(ours) == 3
    python = executable(release).with_name("python")
    done = subprocess.run(
        [python, "-c", ROUND_TRIP], input=json.dumps(ours), capture_output=True, text=True, check=False
    )
    assert done.stdout == "fine\n", done.stderr


def test_settings_reach_the_suite_before_it_reads_them(release: int, deploy: Callable[..., Deployment]) -> None:
    """The platform's order: `common` of the plugins, the YAML file, `production` of the plugins."""
    chosen = {
        "GAMIFICATION_ON_BY_DEFAULT": True,
        "GAMIFICATION_SWEEP_EVERY_SECONDS": 60,
        "GAMIFICATION_CONTACT": 'help: "me" & ünïcode',
        "PEOPLE_QUIET_HOURS": ["22:00", "06:00"],
        "DISCUSSION_EXT_WORD_FACTORS": {"zh": 1.6},
    }
    deployment = deploy(release, COMMUNITY_SETTINGS=chosen)
    for service in ("lms", "cms"):
        rendered = deployment.yaml(f"apps/openedx/config/{service}.env.yml")
        assert {name: rendered.get(name) for name in chosen} == chosen
        settings = SimpleNamespace(MIDDLEWARE=[])
        for common in (people_common, gamification_common, discussion_common):
            common.plugin_settings(settings)
        untouched = {name: value for name, value in vars(settings).items() if name not in chosen}
        vars(settings).update({name: rendered[name] for name in rendered if name.startswith(PREFIXES)})
        assert {name: getattr(settings, name) for name in chosen} == chosen
        assert {name: getattr(settings, name) for name in untouched} == untouched
        people_production.plugin_settings(settings)
        assert settings.CELERYBEAT_SCHEDULE["gamification.fold_points"]["schedule"] == 60


PREFIXES = ("PEOPLE_", "GAMIFICATION_", "DISCUSSION_EXT_")


def test_facts_for_the_event_bus(release: int, deploy: Callable[..., Deployment]) -> None:
    finished = "org.openedx.community.discussion_ext.case.finished.v1"
    deployment = deploy(release, COMMUNITY_BUS_EVENTS=[finished])
    others = {"x.y.v1": {"t": {"event_key_field": "a.b", "enabled": True}}}
    for service, expected in (
        ("lms", {finished: {"community-discussion-ext": {"event_key_field": "case.user_id", "enabled": True}}}),
        ("cms", {}),
    ):
        for name in ("production", "development"):
            text = deployment.text(f"apps/openedx/settings/{service}/{name}.py")
            lines = [line for line in text.splitlines() if line.startswith("EVENT_BUS_PRODUCER_CONFIG")]
            settings: dict[str, Any] = {"EVENT_BUS_PRODUCER_CONFIG": dict(others)}
            exec("\n".join(lines), settings)  # noqa: S102 - as the platform does
            assert settings["EVENT_BUS_PRODUCER_CONFIG"] == others | expected


def test_the_plugin_knows_the_suites_facts(deploy: Callable[..., Deployment]) -> None:
    """It is installed without the suite, so it keeps a table of its own."""
    facts = [fact for fact in OpenEdxPublicSignal.all_events() if isinstance(fact, PublicFact)]
    assert facts
    deployment = deploy(22, COMMUNITY_BUS_EVENTS=[fact.event_type for fact in facts])
    reference = (REPOSITORY / "docs/facts.md").read_text(encoding="utf-8")
    lines = [
        line
        for line in deployment.text("apps/openedx/settings/lms/production.py").splitlines()
        if "org.openedx.community" in line
    ]
    for fact, line in zip(facts, lines, strict=True):
        topic, key_field = line.split('"')[3], line.split('"')[7]
        said = f"Type `{fact.event_type}`, argument `{fact.argument}`, key field `{key_field}`, topic `{topic}`."
        assert said in reference


def test_only_what_is_set_is_written(plain: Deployment) -> None:
    for service in ("lms", "cms"):
        rendered = plain.yaml(f"apps/openedx/config/{service}.env.yml")
        assert not [name for name in rendered if name.startswith(PREFIXES)]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"COMMUNITY_SETTINGS": {"SECRET_KEY": "x", "GAMIFICATION_CONTACT": ""}}, "SECRET_KEY is no setting"),
        ({"COMMUNITY_SETTINGS": ["GAMIFICATION_CONTACT"]}, "COMMUNITY_SETTINGS must map"),
        ({"COMMUNITY_SCHEDULER": "systemd"}, "choose one of beat, cron, none"),
        ({"COMMUNITY_BUS_EVENTS": ["org.openedx.community.x.v1"]}, "x.v1 is no fact"),
        ({"COMMUNITY_POINTS_SCHEME": {"title": "x"}}, "COMMUNITY_POINTS_SCHEME must be the text"),
    ],
)
def test_what_cannot_be_is_refused_and_can_be_mended(
    settings: dict[str, Any], complaint: str, release: int, deploy: Callable[..., Deployment]
) -> None:
    deployment = deploy(release)
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        deployment.save(**settings)
    assert complaint in refusal.value.stderr
    mended = {
        "COMMUNITY_SETTINGS": {},
        "COMMUNITY_SCHEDULER": "beat",
        "COMMUNITY_POINTS_SCHEME": "",
        "COMMUNITY_BUS_EVENTS": [],
    }
    deployment.save(**{name: mended[name] for name in settings})


def test_the_forum_is_asked_for(release: int, deploy: Callable[..., Deployment]) -> None:
    assert 'Tutor\'s plugin "forum" is not enabled' in deploy(release, plugins=("community",)).save()
    assert "forum" not in deploy(release).save()


def test_an_upgrade_keeps_the_configuration(deploy: Callable[..., Deployment]) -> None:
    chosen = {
        "COMMUNITY_SETTINGS": {"GAMIFICATION_ON_BY_DEFAULT": True},
        "COMMUNITY_QUEUE": "edx.lms.core.community",
        "COMMUNITY_PACKAGE": "openedx-community-suite @ git+https://example.org/suite@v2",
    }
    deployment = deploy(21, **chosen)
    before = yaml.safe_load((deployment.root / "config.yml").read_text())
    deployment.release = 22
    deployment.save()
    after = yaml.safe_load((deployment.root / "config.yml").read_text())
    assert {name: after[name] for name in chosen} == chosen
    assert after["PLUGINS"] == before["PLUGINS"]
    assert deployment.yaml("apps/openedx/config/lms.env.yml")["GAMIFICATION_ON_BY_DEFAULT"] is True
    services = deployment.yaml("local/docker-compose.prod.yml")["services"]
    assert services["community-beat"]["image"].endswith(":22.0.3") or ":22." in services["community-beat"]["image"]
    assert services["community-worker"]["image"] == services["lms-worker"]["image"]


def test_the_plugins_version_is_the_suites() -> None:
    """The plugin installs the version of its own name, so the two are released together."""
    setup = (REPOSITORY / "setup.py").read_text()
    about = (REPOSITORY / "conf/tutor/tutorcommunity/__init__.py").read_text()
    version = about.split('__version__ = "')[1].split('"')[0]
    assert f'version="{version}"' in setup
