"""Write the tables of docs/facts.md from the annotations of public signals, or say whether they are up to date.

    python .ci/facts_reference.py [--write]

An annotation that does not fit the signal beneath it is an error.
"""

import inspect
import re
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from code_annotations.base import AnnotationConfig
from code_annotations.find_static import StaticSearch

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "facts.md"
APPS = ("gamification", "discussion_ext", "chapters")
BEGIN, END = "<!-- written by make facts-reference -->\n", "<!-- end -->\n"
ATTRIBUTE = re.compile(r"^    (\w+) \(\w+\): (.+(?:\n {8}.+)*)", re.MULTILINE)


def annotated(app: str) -> list[dict[str, str]]:
    """Return the annotated signals of an app in the order of the code."""
    found: list[dict[str, str]] = []
    with redirect_stdout(StringIO()):  # it says where it looks
        config = AnnotationConfig(str(ROOT / ".annotations.yml"), verbosity=0, source_path_override=str(ROOT / app))
        files = StaticSearch(config).search()
    for annotations in files.values():
        for annotation in sorted(annotations, key=lambda each: int(each["line_number"])):
            token = annotation["annotation_token"].strip(" .:")
            if token == "event_type":  # noqa: S105 - no secret
                found.append({"app": app})
            if token.startswith("event_"):
                found[-1][token.removeprefix("event_")] = " ".join(str(annotation["annotation_data"]).split())
    return found


def signals(app: str) -> dict[str, Any]:
    """Return the signals of an app by name."""
    from people.signals import PublicFact

    module = __import__(f"{app}.signals", fromlist=["signals"])
    return {name: value for name, value in vars(module).items() if isinstance(value, PublicFact)}


def misfits(app: str, entries: list[dict[str, str]]) -> list[str]:
    """Return where annotations and signals differ."""
    found = signals(app)
    said = {entry["name"]: entry for entry in entries}
    problems = [f"{app}.signals.{name}: annotated or defined, not both" for name in sorted(found.keys() ^ said.keys())]
    for name in sorted(found.keys() & said.keys()):
        signal, entry = found[name], said[name]
        kind = signal.init_data[signal.argument]
        keys = {f"{signal.argument}.{field.name}" for field in kind.__attrs_attrs__}
        right = (signal.event_type, kind.__name__) == (entry["type"], entry["data"])
        if not right or entry["key_field"] not in keys:
            problems.append(f"{app}.signals.{name}: the annotation does not fit")
    return problems


def describe(entry: dict[str, str]) -> str:
    """Return the section of one signal."""
    signal = signals(entry["app"])[entry["name"]]
    kind = signal.init_data[signal.argument]
    meanings = {name: " ".join(text.split()) for name, text in ATTRIBUTE.findall(inspect.getdoc(kind))}
    types = {
        field.name: field.type.__name__ + (", None" if field.default is None else "") for field in kind.__attrs_attrs__
    }
    topic = f"community-{entry['app'].replace('_', '-')}"
    wiring = f"argument `{signal.argument}`, key field `{entry['key_field']}`, topic `{topic}`"
    return "\n".join(
        [
            f"### `{entry['app']}.signals.{entry['name']}`",
            "",
            f"Type `{entry['type']}`, {wiring}.",
            "",
            entry["description"],
            "",
            "| field | type | meaning |\n|---|---|---|",
            *(f"| `{name}` | {type_} | {meanings[name]} |" for name, type_ in types.items()),
            "",
        ]
    )


def main() -> int:
    """Write the tables or compare them; return the exit code."""
    sys.path.insert(0, str(ROOT))
    from django.conf import settings

    settings.configure()
    by_app = {app: annotated(app) for app in APPS}
    problems = [problem for app, entries in by_app.items() for problem in misfits(app, entries)]
    if not problems:
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        tail = rest.split(END)[1]
        tables = "\n".join(describe(entry) for entries in by_app.values() for entry in entries)
        wanted = f"{head}{BEGIN}\n{tables}\n{END}{tail}"
        if "--write" in sys.argv:
            PAGE.write_text(wanted, encoding="utf-8")
        elif wanted != page:
            problems.append("docs/facts.md is not what the signals say: run `make facts-reference`.")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
