"""The host's LMS with the Redis event bus switched on, as an operator does it."""

import os

from embedded_host.settings.lms import *  # noqa: F403

EVENT_BUS_PRODUCER = "edx_event_bus_redis.create_producer"
EVENT_BUS_REDIS_CONNECTION_URL = os.environ["BUS"]
EVENT_BUS_TOPIC_PREFIX = "test"
EVENT_BUS_PRODUCER_CONFIG = {
    "org.openedx.community.gamification.total.changed.v1": {
        "community-gamification": {"event_key_field": "total.user_id", "enabled": True}
    },
    "org.openedx.community.discussion_ext.case.finished.v1": {
        "community-discussion-ext": {"event_key_field": "case.user_id", "enabled": True}
    },
}
