"""The app as the platform's plugin loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_COMMON = {"common": {"relative_path": "settings.common"}}
_PRODUCTION = {"production": {"relative_path": "settings.production"}}


class ChaptersConfig(AppConfig):
    """Communities that live on after the course."""

    name = "chapters"
    verbose_name = _("Community: chapters")
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app: ClassVar[dict[str, Any]] = {
        "url_config": {
            "lms.djangoapp": {"namespace": "chapters", "regex": r"^chapters/", "relative_path": "urls"},
        },
        "settings_config": {"lms.djangoapp": {**_COMMON, **_PRODUCTION}, "cms.djangoapp": _COMMON},
        "signals_config": {"lms.djangoapp": {"relative_path": "handlers", "receivers": []}},
    }

    def ready(self) -> None:
        """Make known what this app needs to run well."""
        from . import upkeep

        upkeep.register()
