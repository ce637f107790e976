"""What LMS and Studio of the embedded host have in common.

Names and values follow the platform's ``lms/envs/common.py`` wherever a plugin might read them.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import environment

HOST_ROOT = Path(__file__).resolve().parents[1]
DATA_DIR = environment.data_folder()

# DEBUG is off as in production: receivers of openedx-events are shielded and error pages are the real ones.
DEBUG = os.environ.get("COMMUNITY_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("COMMUNITY_SECRET_KEY", "the embedded host is a demo and keeps no secrets")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver", *filter(None, [os.environ.get("COMMUNITY_HOST")])]

LMS_ROOT_URL = os.environ.get("LMS_ROOT_URL", "http://127.0.0.1:8000")
CMS_ROOT_URL = os.environ.get("CMS_ROOT_URL", "http://127.0.0.1:8001")
LMS_BASE = LMS_ROOT_URL.partition("://")[2]
CMS_BASE = CMS_ROOT_URL.partition("://")[2]
SITE_NAME = LMS_BASE
PLATFORM_NAME = "Embedded Open edX"
FEATURES: dict[str, object] = {"ENABLE_MASQUERADE": True}

# Anyone may sign in as any demo person without a password. Never on a public address.
HOST_DEMO_LOGIN = True

DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
CACHES = {"default": environment.cache(DATA_DIR)}

CSRF_FAILURE_VIEW = "embedded_host.pages.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.admin",
    "rest_framework",
    "waffle",
    "organizations",
    "simple_history",
    "eventtracking.django.apps.EventTrackingConfig",
    "edx_ace",
    "openedx_events",
    # Shims: small apps at edx-platform's own import paths.
    "openedx.core.djangoapps.plugins",
    "openedx.core.djangoapps.content.course_overviews",
    "openedx.core.djangoapps.course_date_signals",
    "openedx.core.djangoapps.course_groups",
    "openedx.core.djangoapps.discussions",
    "openedx.core.djangoapps.django_comment_common",
    "openedx.core.djangoapps.user_api",
    "openedx.core.djangoapps.waffle_utils",
    "common.djangoapps.split_modulestore_django",
    "common.djangoapps.student",
    "lms.djangoapps.courseware",
    "lms.djangoapps.grades",
    "embedded_host",
]

MIDDLEWARE = [
    "edx_django_utils.security.csp.middleware.content_security_policy_middleware",
    "crum.CurrentRequestUserMiddleware",
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sites.middleware.CurrentSiteMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "embedded_host.preferences.PreferencesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "waffle.middleware.WaffleMiddleware",
]

AUTH_USER_MODEL = "auth.User"
# As on the platform: an account that is not active may sign in and learn; roles give it nothing.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
LOGIN_URL = "signin_user"
LOGIN_REDIRECT_URL = "/dashboard"
LOGOUT_REDIRECT_URL = "/login"
# Cookies know no ports: whoever signs in to the LMS is signed in to Studio too, as on the platform.
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
X_FRAME_OPTIONS = "SAMEORIGIN"
# The platform's setting for the header Content-Security-Policy. The suite works under this one; what else an author
# puts into a course may not, so it is for whoever asks.
STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
CSP_STATIC_ENFORCE = STRICT_POLICY if os.environ.get("COMMUNITY_STRICT_POLICY") == "1" else None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOST_ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.static",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "embedded_host.pages.host_context",
            ],
        },
    }
]

SITE_ID = 1
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands"), ("zh-hans", "简体中文")]
ALL_LANGUAGES = [(code, name) for code, name in LANGUAGES]
LOCALE_PATHS = [HOST_ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "openedx-language-preference"

STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "embedded_host.runtime.finders.BlockFinder",
]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "uploads"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# As on the platform: no default permission classes, ten rows to a page.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "openedx.core.lib.api.authentication.BearerAuthenticationAllowInactiveUser",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PAGINATION_CLASS": "edx_rest_framework_extensions.paginators.DefaultPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "PAGE_SIZE": 10,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Celery reads these without a namespace, under the platform's old names.
BROKER_URL = os.environ.get("REDIS_URL", "memory://localhost/")
CELERY_ALWAYS_EAGER = os.environ.get("CELERY_ALWAYS_EAGER", "1") == "1"
CELERY_EAGER_PROPAGATES_EXCEPTIONS = False
CELERY_RESULT_BACKEND = os.environ.get("REDIS_URL") or None
CELERY_TASK_SERIALIZER = "json"
CELERYBEAT_SCHEDULE: dict[str, object] = {}

EVENT_TRACKING_ENABLED = True
EVENT_TRACKING_BACKENDS = {
    "logger": {
        "ENGINE": "eventtracking.backends.logger.LoggerBackend",
        "OPTIONS": {"name": "tracking", "max_event_size": 50000},
    }
}
EVENT_TRACKING_PROCESSORS: list[dict[str, str]] = []
EVENT_BUS_PRODUCER_CONFIG: dict[str, object] = {}
OPEN_EDX_FILTERS_CONFIG: dict[str, object] = {}

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = "community@example.org"
CONTACT_EMAIL = "community@example.org"
CONTACT_MAILING_ADDRESS = "1 Learning Lane, Campus"
ACE_ENABLED_CHANNELS = ["django_email"]
ACE_CHANNEL_DEFAULT_EMAIL = "django_email"
ACE_CHANNEL_TRANSACTIONAL_EMAIL = "django_email"
ACE_ENABLED_POLICIES: list[str] = []
ACE_ROUTING_KEY = "edx.lms.core.default"

COURSE_ID_PATTERN = r"(?P<course_id>[^/+]+(?:/|\+)[^/+]+(?:/|\+)[^/?]+)"
COMPLETION_BY_VIEWING_DELAY_MS = 5000
COMPLETION_VIDEO_COMPLETE_PERCENTAGE = 0.95
FORUM_SEARCH_BACKEND = "embedded_host.forum.search.DatabaseSearchBackend"
DISCUSSION_RATELIMIT = "100/m"
RETIRED_USERNAME_PREFIX = "retired__user_"
RETIRED_EMAIL_PREFIX = "retired__user_"
RETIRED_EMAIL_DOMAIN = "retired.invalid"
XBLOCK_SETTINGS: dict[str, dict[str, object]] = {}
XBLOCK_FIELD_DATA_WRAPPERS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "edx_django_utils.monitoring": {"level": "ERROR"},
        "edx_ace": {"level": "ERROR"},
        "tracking": {"level": "ERROR"},
    },
}
