"""What may stand in config.yml, and what becomes of it in the platform's settings."""

from __future__ import annotations

from typing import Any

from tutor import exceptions, fmt, serialize

from .bus import KEY_FIELDS

PREFIXES = ("PEOPLE_", "GAMIFICATION_", "DISCUSSION_EXT_", "CHAPTERS_")
SCHEDULERS = ("beat", "cron", "none")
QUEUE_SETTING = "PEOPLE_TASK_QUEUE"

_NO_FORUM = (
    'The community suite needs discussions, and Tutor\'s plugin "forum" is not enabled: learners cannot post, and case '
    "discussions stay empty. Enable it with `tutor plugins enable forum`, then run `tutor images build openedx` and "
    "`tutor local launch` (or dev, k8s)."
)
_warned: set[str] = set()


def check(config: dict[str, Any]) -> None:
    """Refuse what cannot be rendered; warn, once per command, of what will not work. The config is only read."""
    if config["COMMUNITY_SCHEDULER"] not in SCHEDULERS:
        raise exceptions.TutorError(
            f"COMMUNITY_SCHEDULER is {config['COMMUNITY_SCHEDULER']!r}: choose one of {', '.join(SCHEDULERS)}."
        )
    if not isinstance(config["COMMUNITY_POINTS_SCHEME"], str):
        raise exceptions.TutorError("COMMUNITY_POINTS_SCHEME must be the text of a scheme (a YAML block: `|`).")
    settings = config["COMMUNITY_SETTINGS"]
    if not isinstance(settings, dict):
        raise exceptions.TutorError("COMMUNITY_SETTINGS must map names of settings to values, such as {NAME: value}.")
    strangers = sorted(str(name) for name in settings if not str(name).startswith(PREFIXES))
    if strangers:
        raise exceptions.TutorError(
            f"COMMUNITY_SETTINGS: {', '.join(strangers)} is no setting of the suite; they begin with "
            f"{', '.join(PREFIXES)}. Settings of the platform go into a patch of your own."
        )
    unknown = sorted(set(config["COMMUNITY_BUS_EVENTS"]) - set(KEY_FIELDS))
    if unknown:
        raise exceptions.TutorError(
            f"COMMUNITY_BUS_EVENTS: {', '.join(unknown)} is no fact of the suite; there are {', '.join(KEY_FIELDS)}."
        )
    if "forum" not in config.get("PLUGINS", []):
        _warn_once(_NO_FORUM)


def _warn_once(message: str) -> None:
    if message not in _warned:
        _warned.add(message)
        fmt.echo_alert(message)


def as_yaml(settings: dict[str, Any], *, queue: str = "") -> str:
    """Return the lines for the platform's YAML file; empty where nothing is set.

    YAML and not a patch of the Python settings: those come after the suite has made its beat schedule from them.
    """
    wanted = {QUEUE_SETTING: queue, **settings} if queue else settings
    return serialize.dumps(wanted).strip() if wanted else ""
