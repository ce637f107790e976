"""The periodic jobs as Celery beat finds them in the LMS's settings, and where tasks go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from celery.app.routes import Router
from django.conf import settings

from embedded_host.celery import APP
from people.settings import production, studio

JOBS = {
    "people.send_deliveries": 300,
    "people.run_errands": 120,
    "gamification.fold_points": 300,
    "gamification.rebuild_boards": 3600,
    "discussion_ext.sweep_discussions": 300,
    "discussion_ext.repair_contributions": 3600,
}


def site(**values):
    return SimpleNamespace(PEOPLE_TASK_QUEUE="", PEOPLE_JOBS={"a.job": "A_SECONDS"}, A_SECONDS=60, **values)


def test_the_beat_asks_for_every_job():
    APP.loader.import_default_modules()
    for name, seconds in JOBS.items():
        entry = APP.conf.beat_schedule[name]
        assert entry == settings.CELERYBEAT_SCHEDULE[name]
        assert entry["schedule"] == seconds
        assert entry["options"]["expires"] == seconds, "what waits when the next is sent is worth nothing"
        assert entry["args"] == [name]
        assert entry["task"] in APP.tasks


@pytest.mark.django_db
@pytest.mark.parametrize("name", JOBS)
def test_what_the_beat_sends_runs(name):
    from people.models import JobRun

    entry = settings.CELERYBEAT_SCHEDULE[name]
    APP.tasks[entry["task"]].apply(args=entry["args"], throw=True)
    assert JobRun.objects.get(pk=name).succeeded_at is not None


def test_the_sites_own_choice_holds():
    own = {"task": "own", "schedule": 5}
    chosen = site(CELERYBEAT_SCHEDULE={"a.job": own, "other": own})
    production.plugin_settings(chosen)
    assert {"a.job": own, "other": own} == chosen.CELERYBEAT_SCHEDULE
    off = site()
    off.A_SECONDS = 0
    production.plugin_settings(off)
    assert off.CELERYBEAT_SCHEDULE == {}


def test_the_platforms_router_goes_before_ours():
    def platform(name, args, kwargs, options, task=None, **kw):
        return {"queue": "chosen by hand"} if name == "community.people.run_errand" else None

    lms = site(CELERY_ROUTES=platform, CELERY_QUEUES={"edx.lms.core.default": {}})
    lms.PEOPLE_TASK_QUEUE = "edx.lms.core.community"
    production.plugin_settings(lms)
    assert set(lms.CELERY_QUEUES) == {"edx.lms.core.default", "edx.lms.core.community"}
    assert route(lms, "community.discussion_ext.fold_mark") == "edx.lms.core.community"
    assert route(lms, "community.people.run_errand") == "chosen by hand"
    assert route(lms, "lms.djangoapps.grades.tasks.other") is None


def test_without_a_queue_the_lms_is_left_as_it_is():
    lms = site(CELERY_ROUTES="platform.router", CELERY_QUEUES={"edx.lms.core.default": {}})
    production.plugin_settings(lms)
    assert (lms.CELERY_ROUTES, lms.CELERY_QUEUES) == ("platform.router", {"edx.lms.core.default": {}})


def test_studio_sends_its_tasks_to_the_workers_of_the_lms_and_schedules_nothing():
    cms = site(CELERY_QUEUES={"edx.cms.core.default": {}, "edx.lms.core.default": {}})
    studio.plugin_settings(cms)
    assert route(cms, "community.people.run_errand") == "edx.lms.core.default"
    assert not hasattr(cms, "CELERYBEAT_SCHEDULE")
    assert set(cms.CELERY_QUEUES) == {"edx.cms.core.default", "edx.lms.core.default"}
    cms.PEOPLE_TASK_QUEUE, cms.CELERY_ROUTES = "edx.lms.core.community", None
    studio.plugin_settings(cms)
    assert route(cms, "community.people.run_errand") == "edx.lms.core.community"
    assert "edx.lms.core.community" not in cms.CELERY_QUEUES, "workers of Studio must not take them"


def route(settings_of_site, name):
    """Return the queue that Celery's own router finds."""
    from celery.app.routes import prepare

    found = Router(prepare(settings_of_site.CELERY_ROUTES), queues={}, create_missing=False).lookup_route(name)
    return (found or {}).get("queue")
