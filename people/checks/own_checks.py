"""The table of the checks that concern every package."""

from __future__ import annotations

from typing import Final

from people.data import Reach
from people.upkeep.checkups import Check, register_checkup
from people.upkeep.ranges import register_ranges

from . import configuration, database, files, gateways, installation, servers, signals, work
from .own_ranges import RANGES

_EVERYWHERE: Final = ""
_LMS: Final = "lms"

#: area, name, check, how far it reaches, which service it can be asked in
_CHECKS: Final[tuple[tuple[str, str, Check, Reach, str], ...]] = (
    ("installation", "versions", installation.check_versions, Reach.PROCESS, _EVERYWHERE),
    ("installation", "entry points", installation.check_entry_points, Reach.PROCESS, _EVERYWHERE),
    ("installation", "apps", installation.check_apps, Reach.PROCESS, _EVERYWHERE),
    ("installation", "other service", installation.check_other_service, Reach.DATABASE, _EVERYWHERE),
    ("platform", "gateways", gateways.check_gateways, Reach.PROCESS, _EVERYWHERE),
    ("platform", "receivers", signals.check_receivers, Reach.PROCESS, _EVERYWHERE),
    ("platform", "reserved keys", configuration.check_reserved_keys, Reach.DATABASE, _EVERYWHERE),
    ("platform", "refusal", configuration.check_refusal, Reach.PROCESS, _EVERYWHERE),
    ("settings", "ranges", configuration.check_ranges, Reach.PROCESS, _EVERYWHERE),
    ("settings", "names", configuration.check_names, Reach.PROCESS, _EVERYWHERE),
    ("settings", "jobs", configuration.check_jobs, Reach.PROCESS, _EVERYWHERE),
    ("database", "migrations", database.check_migrations, Reach.DATABASE, _EVERYWHERE),
    ("database", "tables", database.check_tables, Reach.DATABASE, _EVERYWHERE),
    ("database", "server", database.check_server, Reach.DATABASE, _EVERYWHERE),
    ("database", "columns", database.check_columns, Reach.DATABASE, _EVERYWHERE),
    ("database", "zones", database.check_zones, Reach.PROCESS, _EVERYWHERE),
    ("servers", "cache", servers.check_cache, Reach.NETWORK, _EVERYWHERE),
    ("servers", "broker", servers.check_broker, Reach.NETWORK, _EVERYWHERE),
    ("servers", "workers", servers.check_workers, Reach.NETWORK, _LMS),
    ("files", "installed", files.check_installed_files, Reach.PROCESS, _EVERYWHERE),
    ("files", "templates", files.check_templates, Reach.PROCESS, _EVERYWHERE),
    ("files", "pages", files.check_page_files, Reach.PROCESS, _EVERYWHERE),
    ("files", "blocks", files.check_block_files, Reach.PROCESS, _EVERYWHERE),
    ("files", "mails", files.check_mails, Reach.PROCESS, _LMS),
    ("work", "jobs", work.check_jobs, Reach.DATABASE, _EVERYWHERE),
    ("work", "errands", work.check_errands, Reach.DATABASE, _EVERYWHERE),
    ("work", "deliveries", work.check_deliveries, Reach.DATABASE, _EVERYWHERE),
    ("work", "news", work.check_news, Reach.DATABASE, _EVERYWHERE),
)


def register() -> None:
    """Make the checks known."""
    for area, name, check, reach, service in _CHECKS:
        register_checkup(check, area=area, name=name, reach=reach, service=service)
    register_ranges(RANGES)
