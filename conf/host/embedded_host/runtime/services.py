"""The services blocks get, under the LMS's names. What is not here is absent, as most names are on the platform."""

from __future__ import annotations

import gettext
import re
from importlib import resources
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from opaque_keys.edx.keys import CourseKey
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import NullI18nService

from common.djangoapps.student.auth import has_studio_read_access, has_studio_write_access
from lms.djangoapps.courseware.access import get_user_role, has_access

PREFERENCES_SHOWN = ("pref-lang", "time_zone")


class HostUserService(UserService):
    """Tells a block who is looking. In Studio nobody is bound: ids are None and the role is ``student``."""

    def __init__(self, django_user: Any, course_key: CourseKey, *, is_author_mode: bool) -> None:
        super().__init__()
        self._django_user = django_user
        self._course_key = course_key
        self._is_author_mode = is_author_mode
        self._current: XBlockUser | None = None

    def get_current_user(self) -> XBlockUser:
        """Return the person with the attributes of the platform."""
        if self._current is None:
            self._current = self._describe()
        return self._current

    def get_user_by_anonymous_id(self, uid: str | None = None) -> Any:
        """Return the person behind the id, by default the current one."""
        from common.djangoapps.student.models import user_by_anonymous_id

        own = self.get_current_user().opt_attrs.get("edx-platform.anonymous_user_id")
        return user_by_anonymous_id(uid or own)

    def get_anonymous_user_id(self, username: str, course_id: str) -> str | None:
        """Return the anonymous id of a person, to staff only."""
        from django.contrib.auth.models import User

        from common.djangoapps.student.models import anonymous_id_for_user

        if not self.get_current_user().opt_attrs.get("edx-platform.user_is_staff"):
            return None
        user = User.objects.filter(username=username).first()
        return anonymous_id_for_user(user, CourseKey.from_string(course_id)) if user else None

    def _describe(self) -> XBlockUser:
        user = self._django_user
        described = XBlockUser(is_current_user=True)
        if user is None or not user.is_authenticated:
            described.opt_attrs["edx-platform.is_authenticated"] = False
            return described
        profile = getattr(user, "profile", None)
        described.full_name = profile.name if profile else None
        described.emails = [user.email]
        described.opt_attrs = {
            "edx-platform.is_authenticated": True,
            "edx-platform.user_id": user.id,
            "edx-platform.username": user.username,
            "edx-platform.user_is_global_staff": user.is_staff,
            "edx-platform.user_is_beta_tester": False,
            "edx-platform.request_country_code": None,
            "edx-platform.user_preferences": self._preferences(),
            **(self._author_attributes() if self._is_author_mode else self._learner_attributes()),
        }
        return described

    def _author_attributes(self) -> dict[str, Any]:
        return {
            "edx-platform.user_role": "student",
            "edx-platform.user_is_staff": False,
            "edx-platform.anonymous_user_id": None,
            "edx-platform.deprecated_anonymous_user_id": None,
        }

    def _learner_attributes(self) -> dict[str, Any]:
        from common.djangoapps.student.models import anonymous_id_for_user

        return {
            "edx-platform.user_role": get_user_role(self._django_user, self._course_key),
            "edx-platform.user_is_staff": has_access(self._django_user, "staff", self._course_key),
            "edx-platform.anonymous_user_id": anonymous_id_for_user(self._django_user, self._course_key),
            "edx-platform.deprecated_anonymous_user_id": anonymous_id_for_user(self._django_user, None),
        }

    def _preferences(self) -> dict[str, str]:
        stored = self._django_user.preferences.filter(key__in=PREFERENCES_SHOWN)
        return {preference.key: preference.value for preference in stored}


class StudioPermissionsService:
    """Tells a block in Studio whether its caller may read or write a course."""

    def __init__(self, django_user: Any) -> None:
        self._django_user = django_user

    def can_read(self, course_key: CourseKey) -> bool:
        """Return whether the caller may see the course in Studio."""
        return has_studio_read_access(self._django_user, course_key)

    def can_write(self, course_key: CourseKey) -> bool:
        """Return whether the caller may change the course."""
        return has_studio_write_access(self._django_user, course_key)


class BlockI18nService:
    """A block's own catalogue (``<top package>/translations``, domain ``text``), else Django's.

    Unknown names go to the catalogue, private ones too: ``xblock.utils`` merges the service into Django's catalogues.
    """

    def __init__(self, block: Any = None) -> None:
        self.translator = _find_catalogue(block) or translation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.translator, "gettext" if name == "ugettext" else name)

    def strftime(self, dtime: Any, format: str) -> str:  # noqa: A002  (the platform's name)
        """Return the date in the format, by name (``SHORT_DATE``) or pattern."""
        return NullI18nService().strftime(dtime, format)

    def get_javascript_i18n_catalog_url(self, block: Any) -> None:
        """The host compiles no JavaScript catalogues of blocks."""
        return


def _find_catalogue(block: Any) -> gettext.NullTranslations | None:
    if block is None:
        return None
    block_class = getattr(block, "unmixed_class", type(block))
    folder = resources.files(block_class.__module__.partition(".")[0]) / "translations"
    language = translation.to_locale(translation.get_language() or settings.LANGUAGE_CODE)
    try:
        return gettext.translation("text", str(folder), [language])
    except OSError:
        return None


class HostSettingsService:
    """Gives a block its bucket of ``XBLOCK_SETTINGS``."""

    def get_settings_bucket(self, block: Any, default: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the settings under the block's ``block_settings_key`` or class name."""
        block_class = getattr(block, "unmixed_class", type(block))
        key = getattr(block, "block_settings_key", block_class.__name__)
        bucket: dict[str, Any] = settings.XBLOCK_SETTINGS.get(key, default or {})
        return bucket


class HostCacheService:
    """The site's cache."""

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        """Return the cached value."""
        return cache.get(key, *args, **kwargs)

    def set(self, key: str, value: Any, timeout: int | None = None) -> None:
        """Cache the value."""
        cache.set(key, value, timeout=timeout)

    def delete(self, key: str) -> None:
        """Forget the value."""
        cache.delete(key)


class ReplaceURLService:
    """Turns the addresses authors write (``/static/x.png``, ``/jump_to_id/x``) into those of the course."""

    def __init__(self, course_key: CourseKey) -> None:
        self._course_key = course_key

    def replace_urls(self, text: str, static_replace_only: bool = False) -> str:
        """Return the HTML with its addresses replaced."""
        from .addresses import asset_url, jump_to_id_url

        def static(match: re.Match[str]) -> str:
            return f"{match[1]}{asset_url(self._course_key, match[2])}{match[3]}"

        def jump(match: re.Match[str]) -> str:
            return f"{match[1]}{jump_to_id_url(self._course_key, match[2])}{match[3]}"

        text = re.sub(r"""(["'(])/static/(?!studio/)([^"')?]+)(["')?])""", static, text)
        if static_replace_only:
            return text
        return re.sub(r"""(["'])/jump_to_id/([^"'#]+)(["'#])""", jump, text)


class PublishService:
    """Publishes events of blocks whose code has no runtime at hand."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime

    def publish(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        """Publish the event."""
        self._runtime.publish(block, event_type, event_data)
