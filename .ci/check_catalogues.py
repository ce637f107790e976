"""Check that the catalogues hold every string, translated and compiled; with ``--write``, bring them up to date.

Apps keep theirs in ``<app>/locale``, the blocks theirs in ``xblocks/translations`` under the domain that the platform's
i18n service reads. Simplified Chinese is written once, as ``zh_Hans``, and compiled again as ``zh_CN``, its name
in the platform's list of languages. Needs GNU gettext.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("en", "nl", "zh_Hans")
ALIASES = {"zh_Hans": "zh_CN"}
HEADER = {
    "Project-Id-Version": "openedx-community-suite",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "nl": "nplurals=2; plural=(n != 1);",
    "zh_Hans": "nplurals=1; plural=0;",
}


class Home(NamedTuple):
    """Where a package keeps its catalogues."""

    package: Path
    folder: str
    domain: str

    def catalogue(self, locale: str) -> Path:
        """Return the path of the catalogue without its suffix."""
        return self.package / self.folder / locale / "LC_MESSAGES" / self.domain


HOMES = (
    Home(ROOT / "people", "locale", "django"),
    Home(ROOT / "gamification", "locale", "django"),
    Home(ROOT / "discussion_ext", "locale", "django"),
    Home(ROOT / "chapters", "locale", "django"),
    Home(ROOT / "xblocks", "translations", "text"),
    Home(ROOT / "conf/host/embedded_host", "locale", "django"),
)


def extract(package: Path) -> polib.POFile:
    """Return the strings of ``package`` as Django's own extraction finds them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / package.name
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("*.po", "*.mo", "__pycache__", "static", "public"))
        (copy / "locale").mkdir(exist_ok=True)
        command = [sys.executable, "-P", "-m", "django", "makemessages", "--locale", "en", "--no-wrap", "--no-location"]
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=copy, check=True, capture_output=True, env=environment)
        found = copy / "locale/en/LC_MESSAGES/django.po"
        return polib.pofile(str(found), wrapwidth=0) if found.exists() else polib.POFile(wrapwidth=0)


def merge(strings: polib.POFile, path: Path, locale: str) -> polib.POFile:
    """Return the catalogue at ``path`` with exactly ``strings``, keeping the translations that still apply."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = HEADER | {"Language": locale, "Plural-Forms": PLURALS[locale]}
    forms = 1 if locale == "zh_Hans" else 2
    for entry in sorted(strings, key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        new = polib.POEntry(
            msgctxt=entry.msgctxt,
            msgid=entry.msgid,
            msgid_plural=entry.msgid_plural,
            comment=entry.comment,
            flags=[flag for flag in entry.flags if flag != "fuzzy"],
        )
        old = known.get((entry.msgctxt, entry.msgid))
        if entry.msgid_plural:
            new.msgstr_plural = dict.fromkeys(range(forms), "")
            if locale == "en":
                new.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
            elif old:
                new.msgstr_plural |= {n: text for n, text in old.msgstr_plural.items() if n < forms}
        else:
            new.msgstr = entry.msgid if locale == "en" else (old.msgstr if old else "")
        catalogue.append(new)
    return catalogue


def untranslated(catalogue: polib.POFile) -> list[str]:
    """Return the strings that have no translation."""
    return [
        entry.msgid
        for entry in catalogue
        if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)
    ]


def check(home: Home, *, is_writing: bool) -> list[str]:
    """Return what is wrong with the catalogues of one package; mend what can be mended when writing."""
    problems = []
    strings = extract(home.package)
    for locale in LOCALES:
        path = home.catalogue(locale)
        source, compiled = path.with_suffix(".po"), path.with_suffix(".mo")
        catalogue = merge(strings, source, locale)
        name = source.relative_to(ROOT)
        targets = [compiled]
        if locale in ALIASES:
            targets.append(home.catalogue(ALIASES[locale]).with_suffix(".mo"))
        if is_writing:
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(str(catalogue) + "\n", encoding="utf-8")
            for target in targets:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(catalogue.to_binary())
        elif not source.exists() or source.read_text(encoding="utf-8") != str(catalogue) + "\n":
            problems.append(f"{name} is stale: run make messages")
        elif any(not target.exists() or target.read_bytes() != catalogue.to_binary() for target in targets):
            problems.append(f"{name} is not compiled: run make messages")
        missing = untranslated(catalogue)
        problems += [f"{name}: no translation for {text!r}" for text in missing[:20]]
        if len(missing) > 20:
            problems.append(f"{name}: {len(missing) - 20} more without translation")
        checked = subprocess.run(
            ["msgfmt", "--check-format", "--output-file", os.devnull, str(source)], capture_output=True, check=False
        )
        if source.exists() and checked.returncode:
            problems.append(checked.stderr.decode())
    return problems


def main() -> int:
    """Print every problem; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the catalogues up to date and compile them")
    is_writing = parser.parse_args().write
    problems = [problem for home in HOMES for problem in check(home, is_writing=is_writing)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
