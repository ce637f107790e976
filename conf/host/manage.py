#!/usr/bin/env python3
"""Run a management command of the embedded host: ``manage.py lms|cms <command>``, or ``manage.py demo``.

The first argument picks the service, as the platform's own ``manage.py`` does. Without it the command runs as the LMS.
``demo`` prepares the database and runs both services until Ctrl-C.
"""

import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
SERVICES = ("lms", "cms")


def main(argv: list[str]) -> None:
    """Put the host and its shims on the path, choose the settings and hand over to Django."""
    if argv[1:2] == ["demo"]:
        sys.path.insert(0, str(HERE))
        from demo import main as run_demo

        sys.exit(run_demo(argv[2:]))
    service, rest = (argv[1], argv[2:]) if argv[1:2] and argv[1] in SERVICES else ("lms", argv[1:])
    for path in (HERE.parent.parent, HERE / "shims", HERE):
        sys.path.insert(0, str(path))
    os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("HOST_SETTINGS", f"embedded_host.settings.{service}")

    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")  # PyFilesystem, at import

    from django.core.management import execute_from_command_line

    execute_from_command_line([argv[0], *rest])


if __name__ == "__main__":
    main(sys.argv)
