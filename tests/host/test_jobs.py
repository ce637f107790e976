"""The periodic jobs as Celery beat finds them in the LMS's settings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings

from discussion_ext.settings import production as discussion_ext
from embedded_host.celery import APP
from gamification.settings import production as gamification
from people.settings import production as people

JOBS = [
    (people, "people.send_deliveries", "PEOPLE_DELIVERIES_EVERY_SECONDS"),
    (gamification, "gamification.sweep_entries", "GAMIFICATION_SWEEP_EVERY_SECONDS"),
    (discussion_ext, "discussion_ext.sweep", "DISCUSSION_EXT_SWEEP_EVERY_SECONDS"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for _app, name, _setting in JOBS])
def test_the_beat_has_a_job_whose_task_exists_and_runs(name):
    job = settings.CELERYBEAT_SCHEDULE[name]
    assert job["schedule"] == 300
    APP.loader.import_default_modules()
    assert APP.conf.beat_schedule[name] == job
    APP.tasks[job["task"]].apply(throw=True)


@pytest.mark.parametrize(("app", "name", "setting"), JOBS)
def test_the_sites_own_choice_holds(app, name, setting):
    own = {"task": "own", "schedule": 5}
    chosen = {name: own, "other": own}
    site = SimpleNamespace(**{setting: 60}, CELERYBEAT_SCHEDULE=dict(chosen))
    app.plugin_settings(site)
    jobs = site.CELERYBEAT_SCHEDULE
    assert jobs == chosen
    site = SimpleNamespace(**{setting: 60})
    app.plugin_settings(site)
    assert site.CELERYBEAT_SCHEDULE[name]["schedule"] == 60
    off = SimpleNamespace(**{setting: 0})
    app.plugin_settings(off)
    assert not hasattr(off, "CELERYBEAT_SCHEDULE")
