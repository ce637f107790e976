"""Write docs/settings.md from the annotations of settings and toggles, or say whether it is up to date.

    python .ci/settings_reference.py [--write]

The defaults shown are those of the code: where an annotation gives another one, that is an error.
"""

import ast
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

from code_annotations.base import AnnotationConfig
from code_annotations.find_static import StaticSearch

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "settings.md"
APPS = ("people", "gamification", "discussion_ext", "chapters")
HEAD = """# Settings

Written by `make settings-reference` from the annotations beside each default (`settings/common.py` of each app): change
it there.

A value in the LMS's or Studio's YAML, or in the site's own settings module, holds in place of the default. Give a
setting the same value in both services. `manage.py lms community_doctor` says which are outside their range.
"""
NO_TOGGLES = """
## Toggles

The suite has no waffle flags or switches of its own: a course team turns it on and off for its course under *Pages &
Resources*, and the two settings `..._ON_BY_DEFAULT` decide for courses whose team has not. What it needs of the
platform's own stands in [operators](operators.md#what-it-needs).
"""


def annotated(app: str) -> list[dict[str, str]]:
    """Return the annotated settings and toggles of an app in the order of the code."""
    found: list[dict[str, str]] = []
    with redirect_stdout(StringIO()):  # it says where it looks
        config = AnnotationConfig(str(ROOT / ".annotations.yml"), verbosity=0, source_path_override=str(ROOT / app))
        files = StaticSearch(config).search()
    for _path, annotations in sorted(files.items()):
        for annotation in sorted(annotations, key=lambda each: int(each["line_number"])):
            token = annotation["annotation_token"].strip(" .:")
            if token in {"setting_name", "toggle_name"}:
                found.append({})
            if token.startswith(("setting_", "toggle_")) and found:
                text = str(annotation["annotation_data"]).replace("``", "`")
                found[-1][token.partition("_")[2]] = " ".join(text.split())
    return found


def actual_defaults() -> dict[str, object]:
    """Return what the apps set on a site that has set nothing."""
    settings = SimpleNamespace(DEFAULT_FROM_EMAIL="", CELERYBEAT_SCHEDULE={}, FEATURES={}, MIDDLEWARE=[])
    for app in APPS:
        common = __import__(f"{app}.settings.common", fromlist=["plugin_settings"])
        before = dict(vars(settings))
        common.plugin_settings(settings)
        settings.__dict__.update(before)
    return vars(settings)


def wrong_defaults(entries: list[dict[str, str]], actual: dict[str, object]) -> list[str]:
    """Return the settings whose annotation gives another default than the code."""
    problems = []
    for entry in entries:
        name, said = entry["name"], entry.get("default", "")
        try:
            value = ast.literal_eval(said)
        except (SyntaxError, ValueError):
            continue  # said in words
        if name in actual and actual[name] != value:
            problems.append(f"{name}: the annotation says {said}, the code {actual[name]!r}")
    return problems


def render(by_app: dict[str, list[dict[str, str]]]) -> str:
    """Return the page."""
    lines = [HEAD]
    for app, entries in by_app.items():
        lines.append(f"## {app}\n\n| setting | default | what it does |\n|---|---|---|")
        for entry in sorted(entries, key=lambda each: each["name"]):
            said = entry["description"] + (f" **{entry['warning']}**" if "warning" in entry else "")
            cells = [f"`{entry['name']}`", f"`{entry['default']}`", said]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines) + NO_TOGGLES.lstrip("\n")


def main() -> int:
    """Write the page or compare it; return the exit code."""
    sys.path.insert(0, str(ROOT))
    by_app = {app: annotated(app) for app in APPS}
    everything = [entry for entries in by_app.values() for entry in entries]
    problems = wrong_defaults(everything, actual_defaults())
    if any("state" in entry for entry in everything):
        problems.append("There is a toggle: this script says that there is none.")
    page = render(by_app)
    if "--write" in sys.argv:
        TARGET.write_text(page, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page:
        problems.append("docs/settings.md is not what the annotations say: run `make settings-reference`.")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
