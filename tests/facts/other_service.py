"""A service that has none of the suite's apps reads one fact from the bus: run as a script, prints what it heard.

What credentials would do: it loads the modules with the signals, and consumes the topic.
"""

import os
import sys

import attr
from django.conf import settings

settings.configure(
    USE_TZ=True,
    INSTALLED_APPS=["openedx_events", "edx_event_bus_redis"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    EVENT_BUS_REDIS_CONNECTION_URL=os.environ["REDIS_URL"],
    EVENT_BUS_TOPIC_PREFIX="test",
    EVENT_BUS_REDIS_CONSUMER_POLL_TIMEOUT=1,
)


def main(topic: str, module: str, name: str) -> None:
    """Consume a topic until one event of the signal has come."""
    import importlib

    import django
    from edx_event_bus_redis import RedisEventConsumer

    django.setup()
    signal = getattr(importlib.import_module(module), name)  # noqa: TID251 - the signal is the test's choice

    def on_event(metadata, **kwargs):
        (argument,) = signal.init_data
        heard = attr.asdict(kwargs[argument], recurse=False)
        print(metadata.event_type, metadata.time.isoformat(), {key: str(value) for key, value in heard.items()})
        sys.stdout.flush()
        os._exit(0)

    signal.connect(on_event)
    RedisEventConsumer(topic, "readers", "reader-1", check_backlog=True).consume_indefinitely()


if __name__ == "__main__":
    main(*sys.argv[1:])
