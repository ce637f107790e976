"""Are the files that pages, blocks and mails are made of where the platform looks for them?"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Final

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


def check_page_files() -> Iterator[SeenData]:
    """See that the files of our pages are found and collected."""
    names = [name for app in suite.list_apps() for name in _files_below(Path(app.path) / "static")]
    yield from _look_for(names)


def check_block_files() -> Iterator[SeenData]:
    """See that the files of our blocks are found by the platform's rule for blocks.

    In production it serves those of the parent package of the class's module; a class deeper down would work on a
    developer's machine and have no files there.
    """
    packages = {block_class.__module__.rpartition(".")[0] for _, block_class in suite.load_blocks()}
    names = [
        f"xblock/resources/{package}/public/{name}"
        for package in sorted(packages)
        for name in _files_below(Path(str(resources.files(package))) / "public")
    ]
    yield from _look_for(names)


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
        (kind, language, error)
        for kind in KINDS
        for language in languages
        if (error := _mail_error(kind, language, channel))
    ]
    for kind, language, error in broken:
        yield SeenData.failure(
            f"The mail {kind} cannot be written in {language}: {error}.",
            "Mend the theme or the catalogue that replaces ours; people/templates/people/edx_ace has the originals.",
        )
    if not broken:
        yield SeenData.ok(f"{len(KINDS)} kinds of mail can be written in {', '.join(languages)}.")


def list_languages() -> list[str]:
    """Return the languages of our catalogues."""
    folders = (Path(str(resources.files("people"))) / "locale").glob("*/LC_MESSAGES")
    return sorted({translation.to_language(folder.parent.name) for folder in folders})


def _look_for(names: list[str]) -> Iterator[SeenData]:
    lost = [name for name in names if not finders.find(name)]
    if not names or lost:
        yield SeenData.failure(
            f"{len(lost)} of {len(names)} files are not found, {lost[0] if lost else 'none is installed'}.", _REINSTALL
        )
    elif stale := [name for name in names if not _is_collected(name)]:
        yield SeenData.failure(f"{len(stale)} of {len(names)} files are not collected, {stale[0]} for one.", _COLLECT)
    else:
        yield SeenData.ok(f"{len(names)} files are found.")


def _is_collected(name: str) -> bool:
    """Tell whether pages can name the file: in production its name with a hash stands in the collected manifest.

    Asking for the address would not tell, because the platform's storage forgives what is missing.
    """
    manifest = getattr(staticfiles_storage, "hashed_files", None)
    return manifest is None or name in manifest


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
