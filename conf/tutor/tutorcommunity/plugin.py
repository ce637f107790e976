"""Install, configure and run the community suite in a Tutor deployment (21 Ulmo, 22 Verawood).

Everything the plugin adds to Tutor's files stands in ``patches/`` under the name of the patch, and what it does once
per launch in ``init/`` under the name of the service.
"""

from __future__ import annotations

from pathlib import Path

from tutor import hooks

from . import __version__, bus, configuration, processes

HERE = Path(__file__).parent

hooks.Filters.CONFIG_DEFAULTS.add_items(
    [
        ("COMMUNITY_VERSION", __version__),
        # What pip installs in the image: a requirement, a git or https address, or the name of a wheel that lies in
        # Tutor's folder ``env/build/openedx``. Empty: nothing, because the repository is mounted instead.
        ("COMMUNITY_PACKAGE", "openedx-community-suite=={{ COMMUNITY_VERSION }}"),
        # Django settings of the suite by name. Only what stands here is set; everything else keeps its default.
        ("COMMUNITY_SETTINGS", {}),
        # A points scheme for the whole site, as YAML text. Empty: the one that the suite brings.
        ("COMMUNITY_POINTS_SCHEME", ""),
        # Who starts the periodic jobs: "beat" (a service of this plugin), "cron" (a CronJob on Kubernetes, the
        # operator's own crontab elsewhere) or "none" (another Celery beat already runs with the LMS's settings).
        ("COMMUNITY_SCHEDULER", "beat"),
        ("COMMUNITY_CRON_SCHEDULE", "*/5 * * * *"),
        # A queue of its own for the suite's tasks, and with it a worker of its own. Empty: the LMS's default queue.
        ("COMMUNITY_QUEUE", ""),
        ("COMMUNITY_WORKER_CONCURRENCY", 2),
        # Types of public facts that go on the event bus; see docs/facts.md.
        ("COMMUNITY_BUS_EVENTS", []),
    ]
)

hooks.Filters.ENV_PATCHES.add_items(
    [(path.name, path.read_text(encoding="utf-8")) for path in sorted((HERE / "patches").iterdir())]
)

# After every other plugin's tasks: the platform's migrations and the forum's flag must have been there before.
for path in sorted((HERE / "init").iterdir()):
    hooks.Filters.CLI_DO_INIT_TASKS.add_item(
        (path.stem, path.read_text(encoding="utf-8")), priority=hooks.priorities.LOW
    )

# `tutor mounts add /path/to/openedx-community-suite` builds and runs a clone of the repository.
hooks.Filters.MOUNTED_DIRECTORIES.add_item(("openedx", r"openedx-community-suite$"))

hooks.Filters.ENV_TEMPLATE_VARIABLES.add_items(
    [
        ("community_env", configuration.as_yaml),
        ("community_bus_routes", bus.routes),
        ("community_beat_parameters", processes.beat_parameters),
        ("community_worker_parameters", processes.worker_parameters),
    ]
)

hooks.Actions.CONFIG_LOADED.add()(configuration.check)
