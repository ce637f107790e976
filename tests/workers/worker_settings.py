"""The host's LMS with a real broker, for worker and beat processes that tests start and kill."""

import os

from embedded_host.settings.lms import *  # noqa: F403

CELERY_ALWAYS_EAGER = False
BROKER_URL = os.environ["WORKER_BROKER"]
CELERY_RESULT_BACKEND = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DISCUSSION_EXT_RATE_LIMIT = ""
PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
PEOPLE_DIGEST_HOUR = 0
