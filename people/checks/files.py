"""Are the files that pages, blocks and mails are made of where the platform looks for them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.utils import translation
from edx_ace.channel import ChannelType, channels
from edx_ace.renderers import EmailRenderer

from people.data import ContactData, SeenData
from people.messages import KINDS, prepare_message
from people.upkeep import suite

_REINSTALL: Final = f"Install {suite.DISTRIBUTION} again: the installed package lacks files."
_COLLECT: Final = "Run manage.py lms collectstatic and manage.py cms collectstatic, or build the image again."


def check_installed_files() -> Iterator[SeenData]:
    """See that every file is there that was installed: the other checks compare only what they find."""
    recorded = suite.list_recorded_files()
    lost = [path for path in recorded if not Path(str(path.locate())).is_file()]
    if not recorded:
        yield SeenData.skipped("Installed as a folder that is worked on: nothing says which files belong to it.")
    elif lost:
        yield SeenData.failure(f"{len(lost)} of {len(recorded)} files are missing, {lost[0]} for one.", _REINSTALL)
    else:
        yield SeenData.ok(f"All {len(recorded)} files that were installed are there.")


def check_page_files() -> Iterator[SeenData]:
    """See that the files of our pages are where pages look for them."""
    names = [name for app in suite.list_apps() for name in _files_below(Path(app.path) / "static")]
    yield _judge(names, [name for name in names if not _is_served(name)])


def check_block_files() -> Iterator[SeenData]:
    """See that the files of our blocks are where the platform looks for them.

    In production it serves those of the parent package of the class's module; a class deeper down would work on a
    developer's machine and have no files there. In development it asks the class.
    """
    names, lost = [], []
    for package, block_class in {_package(block_class): block_class for _, block_class in suite.load_blocks()}.items():
        for name in _files_below(Path(str(resources.files(package))) / "public"):
            names.append(f"xblock/resources/{package}/public/{name}")
            if not (_is_served(names[-1]) if _manifest() is not None else _is_opened(block_class, f"public/{name}")):
                lost.append(names[-1])
    yield _judge(names, lost)


def check_templates() -> Iterator[SeenData]:
    """See that every template of our pages is found and can be read, with the tags and the frames it names."""
    names = [name for app in suite.list_apps() for name in _files_below(Path(app.path) / "templates")]
    broken = {name: error for name in names if (error := _template_error(name))}
    for name, error in broken.items():
        yield SeenData.failure(
            f"The template {name} cannot be read: {error}.",
            "Install a version of the suite that is made for this release of the platform, or mend the theme that "
            "replaces the template.",
        )
    if not broken:
        yield SeenData.ok(f"{len(names)} templates can be read.")


def check_mails() -> Iterator[SeenData]:
    """See that every kind of mail can be written in every language we have, and that mail has a channel."""
    try:
        channel = channels().get_default_channel(ChannelType.EMAIL)
    except Exception as error:  # noqa: BLE001
        yield SeenData.failure(
            f"No channel takes mail: {type(error).__name__}.", "Add django_email to ACE_ENABLED_CHANNELS of the LMS."
        )
        channel = SimpleNamespace(channel_type=ChannelType.EMAIL)
    languages = list_languages()
    broken = [
        (kind, language, fault)
        for kind in KINDS
        for language in languages
        if (fault := _mail_error(kind, language, channel))
    ]
    for kind, language, fault in broken:
        yield SeenData.failure(
            f"The mail {kind} cannot be written in {language}: {fault}.",
            "Mend the theme or the catalogue that replaces ours; people/templates/people/edx_ace has the originals.",
        )
    if not broken:
        yield SeenData.ok(f"{len(KINDS)} kinds of mail can be written in {', '.join(languages)}.")


def list_languages() -> list[str]:
    """Return the languages of our catalogues."""
    folders = (Path(str(resources.files("people"))) / "locale").glob("*/LC_MESSAGES")
    return sorted({translation.to_language(folder.parent.name) for folder in folders})


def _judge(names: list[str], lost: list[str]) -> SeenData:
    if not names:
        return SeenData.failure("No file is installed.", _REINSTALL)
    if lost:
        return SeenData.failure(f"{len(lost)} of {len(names)} files are not served, {lost[0]} for one.", _COLLECT)
    return SeenData.ok(f"{len(names)} files are served.")


def _is_served(name: str) -> bool:
    """Tell whether a page that names a file gets it."""
    manifest = _manifest()
    return bool(finders.find(name)) if manifest is None else name in manifest


def _is_opened(block_class: type[Any], name: str) -> bool:
    try:
        block_class.open_local_resource(name).close()
    except Exception:  # noqa: BLE001
        return False
    return True


def _manifest() -> Mapping[str, str] | None:
    """Return the files that were collected, as production serves them; None where none are collected.

    Asking the storage for a file's address would not tell: the platform's forgives what is missing.
    """
    return getattr(staticfiles_storage, "hashed_files", None)


def _package(block_class: type[Any]) -> str:
    return block_class.__module__.rpartition(".")[0]


def _files_below(folder: Path) -> list[str]:
    hidden = {".py", ".pyc"}
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in hidden
    )


def _template_error(name: str) -> str:
    try:
        get_template(name)
    except Exception as error:  # noqa: BLE001 - a template may be broken in any way
        return type(error).__name__
    return ""


def _mail_error(kind: str, language: str, channel: object) -> str:
    reader = ContactData(
        user_id=0,
        username="doctor",
        full_name="The Doctor",
        email="doctor@example.com",
        is_active=True,
        is_retired=False,
    )
    try:
        with translation.override(language):
            message = prepare_message(kind=kind, contact=reader, language=language, context={})
            written = EmailRenderer().render(channel, message)
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    empty = [part for part in ("subject", "body", "body_html") if not getattr(written, part).strip()]
    return f"no {empty[0]}" if empty else ""
