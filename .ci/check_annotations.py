"""Check that every model says what personal data it holds, and means it, and every setting and toggle what it is for.

The format of the annotations is checked by code-annotations (configuration in ``.annotations.yml``); this script adds
what it cannot see: that none is missing, and that what is said to be erased at retirement is.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("people", "gamification", "discussion_ext", "chapters")
SETTING = re.compile(r"\.\. setting_name: (\w+)")
PII = re.compile(r"^\s*\.\. (no_pii|pii|pii_types|pii_retirement):(.*)$", re.MULTILINE)
TYPES = {"id", "name", "username", "email_address", "location", "other"}
RETIREMENTS = {"retained", "local_api", "consumer_api", "third_party"}
DEFAULT = re.compile(r"settings\.([A-Z][A-Z0-9_]+)\b")


def missing_settings() -> list[str]:
    """Return the settings that an app gives a default to and does not describe."""
    problems = []
    for app in APPS:
        sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / app / "settings").glob("*.py"))]
        described = {name for source in sources for name in SETTING.findall(source)}
        given = {name for source in sources for name in {*DEFAULT.findall(source), *_names(source)}}
        missing = {name for name in given if name.startswith(app.upper() + "_")} - described
        problems += [f"{app}/settings: {name} has no annotation" for name in sorted(missing)]
    return problems


def _names(source: str) -> set[str]:
    """Return the upper-case names among the module's dictionary keys and string constants."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", value)}


def wrong_pii() -> list[str]:
    """Return what is wrong in what our models say about personal data."""
    import django

    django.setup()
    from django.apps import apps

    from tests.rights.columns import COLUMNS, OTHERWISE

    erased = {label for label, columns in COLUMNS.items() if any(fate.word == "erased" for fate in columns.values())}
    return [
        f"{model.__module__}.{model.__name__}: {problem}"
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for problem in pii_problems(model.__doc__ or "", is_erased=model._meta.label in erased | set(OTHERWISE))
    ]


def pii_problems(text: str, *, is_erased: bool) -> list[str]:
    """Return what is wrong in a model's docstring; ``is_erased`` tells that retirement changes its rows.

    That it does is shown in ``tests/rights/test_retirement.py``, for every column that is declared in ``columns.py``.
    """
    said = dict(PII.findall(text))
    if "no_pii" in said:
        return ["no_pii and pii at once"] if len(said) > 1 else []
    missing = [f"no {word}" for word in ("pii", "pii_types", "pii_retirement") if not said.get(word, "").strip()]
    if missing:
        return ["no PII annotation"] if len(missing) == 3 else missing
    problems = [f"unknown type {name}" for name in re.split(r",\s*", said["pii_types"].strip()) if name not in TYPES]
    retirement = said["pii_retirement"].strip()
    if retirement not in RETIREMENTS:
        problems.append(f"unknown retirement {retirement}")
    elif (retirement == "local_api") is not is_erased:
        problems.append("says local_api and nothing is erased" if not is_erased else "is erased and does not say so")
    return problems


def main() -> int:
    """Print every problem; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "embedded_host.settings.lms")
    sys.path[:0] = [str(ROOT), str(ROOT / "conf/host"), str(ROOT / "conf/host/shims")]
    problems = missing_settings() + wrong_pii()
    for app in APPS:
        problems += _format_problems(app)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _format_problems(app: str) -> list[str]:
    """Return what code-annotations finds wrong in the annotations of one app."""
    tool = Path(sys.executable).with_name("code_annotations")
    options = ["--config_file", ".annotations.yml", "--source_path", app, "--lint"]
    result = subprocess.run(
        [tool, "static_find_annotations", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [f"{app}: {result.stdout[-4000:]}{result.stderr[-2000:]}"] if result.returncode else []


if __name__ == "__main__":
    sys.exit(main())
