"""Each check is well in the host, and fails when its cause is produced."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_save
from django.urls import include, path
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey
from rest_framework.permissions import AllowAny, BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.views import APIView
from waffle.testutils import override_switch

from chapters.data import ChapterRole, ChapterState
from chapters.models import Concern
from discussion_ext import edx_platform as forum_platform
from discussion_ext.models import Contribution, Participation, PendingEvaluation, Task
from gamification.models import Entry, PointsCourse, SchemeVersion
from people import api
from people.data import FindingState
from people.models import Delivery, Errand, JobRun, NewsItem, Service
from people.upkeep import services, suite
from tests.chapters import factories

pytestmark = pytest.mark.django_db

HELD = CourseKey.from_string("course-v1:community+discussion_ext+held")
FAILURE, WARNING, OK = FindingState.FAILURE, FindingState.WARNING, FindingState.OK


class Stage:
    """Where a cause is produced: settings and patches that go away with the test."""

    def __init__(self, settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.patch = monkeypatch.setattr
        self.delete = monkeypatch.delitem


@pytest.fixture
def stage(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """Return the stage on which everything is well."""
    services.report_service()
    Service.objects.create(
        name="cms",
        version=suite.version(),
        apps=suite.list_app_names(),
        python="3.11",
        django="5.2",
        started_at=timezone.now(),
    )
    now = timezone.now()
    for job in api.list_jobs():
        JobRun.objects.update_or_create(
            name=job.name, defaults={"started_at": now, "finished_at": now, "succeeded_at": now}
        )
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    return Stage(settings, monkeypatch, tmp_path)


def test_everything_is_well_in_the_host(stage: Stage) -> None:
    with override_switch("completion.enable_completion_tracking", active=True):
        found = list(api.run_checkups())
    assert {finding.said for finding in found if finding.state in {FAILURE, WARNING}} == set()
    assert len({(finding.area, finding.name) for finding in found}) > 25


# -- the causes --------------------------------------------------------------------------------------------------------


class _Package:
    def __init__(self, version: str, entry_points: tuple[Any, ...] = ()) -> None:
        self.version = version
        self.entry_points = entry_points


def two_versions(stage: Stage) -> None:
    found = [_Package("0.1.0"), _Package("0.0.9"), _Package("0.1.0")]
    stage.patch("people.upkeep.suite.metadata.distributions", lambda **_: iter(found))


def no_package(stage: Stage) -> None:
    stage.patch("people.upkeep.suite.metadata.distributions", lambda **_: iter([]))


def provided_twice(stage: Stage) -> None:
    from importlib import metadata

    real = metadata.entry_points
    stage.patch("people.checks.installation.metadata.entry_points", lambda **by: [*real(**by), *real(**by)])


def block_that_does_not_load(stage: Stage) -> None:
    from importlib.metadata import EntryPoint

    broken = EntryPoint("case_discussion", "xblocks.nowhere:Block", "xblock.v1")
    real = suite.list_entry_points
    stage.patch(
        "people.upkeep.suite.list_entry_points", lambda group: [broken] if group == "xblock.v1" else real(group)
    )


def app_not_loaded(stage: Stage) -> None:
    real = apps.is_installed
    stage.patch("people.checks.installation.apps.is_installed", lambda name: name != "gamification" and real(name))


def studio_never_seen(_stage: Stage) -> None:
    Service.objects.filter(name="cms").delete()


def studio_older(_stage: Stage) -> None:
    Service.objects.filter(name="cms").update(version="0.0.9")


def studio_without_an_app(_stage: Stage) -> None:
    Service.objects.filter(name="cms").update(apps=["people"])


def name_gone_from_the_platform(stage: Stage) -> None:
    import common.djangoapps.student.models as student

    stage.delete(vars(student), "CourseAccessRole")


def signal_path_gone(stage: Stage) -> None:
    import openedx.core.djangoapps.user_api.accounts.signals as accounts

    stage.delete(vars(accounts), "USER_RETIRE_LMS_MISC")


def receiver_not_connected(stage: Stage) -> None:
    kept = [entry for entry in post_save.receivers if entry[0][0] != "gamification.role_saved"]
    assert len(kept) < len(post_save.receivers)
    stage.patch(post_save, "receivers", kept)


def course_under_the_held_key(_stage: Stage) -> None:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseOverview.objects.create(id=HELD, org=HELD.org, display_name="Laid open")


def held_key_is_none(stage: Stage) -> None:
    stage.settings.DISCUSSION_EXT_HELD_COURSE_KEY = "held"


def two_settings_one_key(stage: Stage) -> None:
    stage.settings.CHAPTERS_KEY = str(HELD)
    names = {"DISCUSSION_EXT_HELD_COURSE_KEY": None, "CHAPTERS_KEY": None}
    stage.patch("people.upkeep.reserved_keys._settings", names)


def nobody_watches_new_courses(stage: Stage) -> None:
    from django.db.models.signals import pre_save

    stage.patch(pre_save, "receivers", [])


def setting_out_of_range(stage: Stage) -> None:
    stage.settings.DISCUSSION_EXT_NEAR_COPY_SHARE = 70


def setting_of_a_wrong_kind(stage: Stage) -> None:
    stage.settings.PEOPLE_QUIET_HOURS = None


def setting_misspelt(stage: Stage) -> None:
    stage.settings.PEOPLE_QUIET_HOUR = ["21:00", "07:00"]


def job_left_out_of_the_table(stage: Stage) -> None:
    stage.settings.PEOPLE_JOBS = {"people.run_errands": "PEOPLE_ERRANDS_EVERY_SECONDS"}


def job_misnamed(stage: Stage) -> None:
    stage.settings.PEOPLE_JOBS = {**stage.settings.PEOPLE_JOBS, "people.run_errand": "PEOPLE_ERRANDS_EVERY_SECONDS"}


def interval_misnamed(stage: Stage) -> None:
    stage.settings.PEOPLE_JOBS = {**stage.settings.PEOPLE_JOBS, "people.run_errands": "PEOPLE_ERRANDS_EVERY_SECOND"}


def migration_not_applied(_stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people' AND name LIKE '0005%'")


def migration_of_a_later_version(_stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_from_the_future', %s)",
            [timezone.now()],
        )


def table_missing(_stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE gamification_bucket")


def no_zones(stage: Stage) -> None:
    stage.patch("people.checks.database.available_timezones", set)


def cache_of_one_process(stage: Stage) -> None:
    stage.settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def cache_that_forgets(stage: Stage) -> None:
    stage.settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def cache_down(stage: Stage) -> None:
    from redis.exceptions import ConnectionError as NoRedis

    class Gone:
        def set(self, *_args: Any) -> None:
            raise NoRedis

    stage.patch("people.checks.servers.cache", Gone())


def broker_down(stage: Stage) -> None:
    _not_eager(stage, f"redis://127.0.0.1:{_closed_port()}/0")


def no_worker(stage: Stage) -> None:
    _not_eager(stage, "memory://")
    _workers_answer(stage, None)


def worker_on_another_queue(stage: Stage) -> None:
    _not_eager(stage, "memory://")
    _workers_answer(stage, {"celery@lms": [{"name": "somebody.else"}]})


def file_lost_after_installation(stage: Stage) -> None:
    site = _install_wheel(stage, files=("people/api.py", "xblocks/public/case_discussion/calls.js"))
    (site / "xblocks/public/case_discussion/calls.js").unlink()


def template_broken(stage: Stage) -> None:
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    def read(name: str) -> Any:
        if name == "gamification/board.html":
            raise TemplateSyntaxError(name)
        return get_template(name)

    stage.patch("people.checks.files.get_template", read)


def page_file_not_found(stage: Stage) -> None:
    from django.contrib.staticfiles import finders

    real = finders.find
    stage.patch("people.checks.files.finders.find", lambda name: None if name == "people/community.css" else real(name))


def files_not_collected(stage: Stage) -> None:
    class Collected:
        hashed_files = {"people/community.css": "people/community.123.css"}

    stage.patch("people.checks.files.staticfiles_storage", Collected())


def block_class_too_deep(stage: Stage) -> None:
    from people.checks import files

    stage.patch(files, "_package", lambda _class: "xblocks.templates")


def mail_template_missing(stage: Stage) -> None:
    from people import messages

    class Unwritten(messages.CommunityMessage):
        NAME = "unwritten"
        title = "Never written"

    kinds = {"unwritten": Unwritten}
    stage.patch("people.checks.files.KINDS", kinds)
    stage.patch("people.messages.KINDS", kinds)


def no_channel_for_mail(stage: Stage) -> None:
    from edx_ace.channel import ChannelMap

    stage.patch("people.checks.files.channels", lambda: ChannelMap([]))


def job_never_run(_stage: Stage) -> None:
    JobRun.objects.filter(name="people.run_errands").delete()


def job_never_run_for_days(stage: Stage) -> None:
    job_never_run(stage)
    MigrationRecorder.Migration.objects.filter(app="people").update(applied=timezone.now() - timedelta(days=2))


def job_late(_stage: Stage) -> None:
    JobRun.objects.filter(name="people.run_errands").update(succeeded_at=timezone.now() - timedelta(days=2))


def job_failing(_stage: Stage) -> None:
    JobRun.objects.filter(name="people.run_errands").update(failures=3, error="OperationalError")


def errand_waiting(_stage: Stage) -> None:
    _errand(due_at=timezone.now() - timedelta(hours=2))


def errand_waiting_for_days(_stage: Stage) -> None:
    _errand(due_at=timezone.now() - timedelta(days=2))


def errand_stuck(_stage: Stage) -> None:
    _errand(due_at=timezone.now() + timedelta(hours=1), attempts=9, error="ValueError")


def mail_waiting(_stage: Stage) -> None:
    _delivery("pending", due_at=timezone.now() - timedelta(days=3))


def mail_unknown(_stage: Stage) -> None:
    _delivery("unknown", due_at=timezone.now())


def news_waiting(stage: Stage) -> None:
    NewsItem.objects.create(key="k", key_hash="h", user_id=7, kind="k", due_at=timezone.now() - timedelta(days=3))


def mail_given_up(_stage: Stage) -> None:
    _delivery("failed", due_at=timezone.now())


def scheme_broken(_stage: Stage) -> None:
    SchemeVersion.objects.create(version=2, title="Broken", text="rules: {}", valid_from=timezone.now())


def entry_not_folded(_stage: Stage) -> None:
    moment = timezone.now() - timedelta(days=2)
    course = PointsCourse.objects.create(course_key="course-v1:a+b+c")
    Entry.objects.create(
        source="test:1",
        revision=1,
        course=course,
        user_id=7,
        kind="comment",
        is_void=False,
        occurred_at=moment,
        local_date=moment.date(),
        recorded_at=moment,
        worth=3,
        rule_points=3,
        scheme_version=1,
    )


def frame_of_the_platform_gone(stage: Stage) -> None:
    stage.patch("gamification.checks._FRAMES", ("main_django.html", "no/such/frame.html"))


def page_of_the_platform_gone(stage: Stage) -> None:
    stage.patch("discussion_ext.edx_platform.thread_url", lambda *_: "/no/such/page")


def guard_left_out(stage: Stage) -> None:
    stage.settings.MIDDLEWARE = [name for name in stage.settings.MIDDLEWARE if "HeldPosts" not in name]


def _mount_forums_own(stage: Stage, *permissions: type[BasePermission]) -> None:
    urls = ModuleType("urls_with_the_forums_own")
    opened = path("forum/api/v2/threads/<str:thread_id>", APIView.as_view(permission_classes=permissions))
    urls.urlpatterns = [opened, path("", include(stage.settings.ROOT_URLCONF))]
    stage.settings.ROOT_URLCONF = urls


def forums_own_open(stage: Stage) -> None:
    _mount_forums_own(stage, AllowAny)


def completion_off(stage: Stage) -> None:
    stage.patch("discussion_ext.edx_platform.is_completion_tracked", lambda: False)


def forum_not_installed(stage: Stage) -> None:
    real = apps.is_installed
    stage.patch(
        "discussion_ext.edx_platform.forum_condition.apps.is_installed", lambda app: app != "forum" and real(app)
    )


def forum_too_old(stage: Stage) -> None:
    stage.patch("discussion_ext.edx_platform.find_forum_version", lambda: "0.3.0")


def forum_in_mongodb(stage: Stage) -> None:
    stage.patch("forum.backend.get_backend", lambda _course_id: object)  # newer forums have no other backend


def forum_table_missing(_stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE forum_commentthread")


def search_server_down(stage: Stage) -> None:
    stage.patch("discussion_ext.edx_platform.list_search_servers", lambda: [("127.0.0.1", _closed_port())])


def search_refuses(stage: Stage) -> None:
    def refuse(*_: Any) -> list[str]:
        raise PermissionError

    stage.patch("discussion_ext.edx_platform.search_forum", refuse)


def evaluation_waiting(_stage: Stage) -> None:
    task = Task.objects.create(
        usage_hash="0" * 40, usage_key="block-v1:a+b+c+type@x+block@y", course_id="course-v1:a+b+c"
    )
    waiting = PendingEvaluation.objects.create(task=task, user_id=7)
    PendingEvaluation.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=3))


def blended_task_waiting(_stage: Stage) -> None:
    Task.objects.create(
        usage_hash="1" * 40, usage_key="block-v1:a+b+c+type@x+block@z", course_id="course-v1:a+b+c", kind="blended",
        settle_at=timezone.now() - timedelta(hours=3),
    )  # fmt: skip


def dates_waiting(_stage: Stage) -> None:
    task = Task.objects.create(
        usage_hash="2" * 40, usage_key="block-v1:a+b+c+type@x+block@z", course_id="course-v1:a+b+c", kind="blended"
    )
    Participation.objects.create(task=task, user_id=7, next_look_at=timezone.now() - timedelta(hours=3))


def posts_waiting(stage: Stage) -> None:
    stage.patch("discussion_ext.checks._MANY_POSTS", 1)
    moment = timezone.now()
    Contribution.objects.create(
        course_id="course-v1:a+b+c", kind="thread", author_id=7, body_hash="x", created_at=moment, worded_at=moment
    )


def chapter_and_nobody(_stage: Stage) -> None:
    factories.make_chapter(state=ChapterState.PROPOSED)


def chapter_and_staff_only(_stage: Stage) -> None:
    factories.make_chapter(state=ChapterState.PROPOSED)
    factories.make_account("Site Staff", is_staff=True)


def chapter_without_region(_stage: Stage) -> None:
    factories.make_chapter(state=ChapterState.PROPOSED)


def chapter_without_organizer(_stage: Stage) -> None:
    factories.make_member(factories.make_chapter(slug="left-alone"))


def organizers_term_over(_stage: Stage) -> None:
    chapter = factories.make_chapter(slug="term-over")
    factories.make_organizer(chapter, role=ChapterRole.MODERATOR)
    lead = factories.make_member(chapter).user_id
    factories.give_role(chapter, lead, ended_at=timezone.now())


def report_waiting(_stage: Stage) -> None:
    Concern.objects.create(kind="safety", text="Secret", reporter_id=7, due_at=timezone.now() - timedelta(hours=2))


def proposal_waiting(_stage: Stage) -> None:
    factories.make_chapter(state=ChapterState.PROPOSED, state_at=timezone.now() - timedelta(days=15))


CAUSES: list[tuple[str, Callable[[Stage], None], FindingState, str]] = [
    ("installation/versions", two_versions, FAILURE, "0.1.0, 0.0.9"),
    ("installation/versions", no_package, FAILURE, "openedx-community-suite"),
    ("installation/entry points", provided_twice, FAILURE, "2 packages"),
    ("installation/entry points", block_that_does_not_load, FAILURE, "ModuleNotFoundError"),
    ("installation/apps", app_not_loaded, FAILURE, "gamification"),
    ("installation/other service", studio_never_seen, WARNING, "not known"),
    ("installation/other service", studio_older, FAILURE, "0.0.9"),
    ("installation/other service", studio_without_an_app, FAILURE, "discussion_ext, gamification"),
    ("platform/gateways", name_gone_from_the_platform, FAILURE, "CourseAccessRole"),
    ("platform/receivers", signal_path_gone, FAILURE, "USER_RETIRE_LMS_MISC"),
    ("platform/receivers", receiver_not_connected, FAILURE, "on_role_changed"),
    ("platform/reserved keys", course_under_the_held_key, FAILURE, str(HELD)),
    ("platform/reserved keys", held_key_is_none, FAILURE, "DISCUSSION_EXT_HELD_COURSE_KEY"),
    ("platform/reserved keys", two_settings_one_key, FAILURE, "CHAPTERS_KEY"),
    ("platform/refusal", nobody_watches_new_courses, FAILURE, "refuses"),
    ("platform/pages around points", frame_of_the_platform_gone, FAILURE, "no/such/frame.html"),
    ("platform/pages of discussions", page_of_the_platform_gone, FAILURE, "/no/such/page"),
    ("settings/ranges", setting_out_of_range, FAILURE, "DISCUSSION_EXT_NEAR_COPY_SHARE is 70"),
    ("settings/ranges", setting_of_a_wrong_kind, FAILURE, "PEOPLE_QUIET_HOURS is None"),
    ("settings/names", setting_misspelt, WARNING, "PEOPLE_QUIET_HOUR is set"),
    ("settings/jobs", job_left_out_of_the_table, FAILURE, "no job for DISCUSSION_EXT_SWEEP_EVERY_SECONDS"),
    ("settings/jobs", job_misnamed, FAILURE, "no job is called people.run_errand"),
    ("settings/jobs", interval_misnamed, FAILURE, "PEOPLE_ERRANDS_EVERY_SECOND)"),
    ("database/migrations", migration_not_applied, FAILURE, "people 0005_services"),
    ("database/migrations", migration_of_a_later_version, WARNING, "9999_from_the_future"),
    ("database/tables", table_missing, FAILURE, "gamification_bucket"),
    ("database/zones", no_zones, FAILURE, "0 time zones"),
    ("servers/cache", cache_of_one_process, FAILURE, "locmem"),
    ("servers/cache", cache_that_forgets, FAILURE, "does not keep"),
    ("servers/cache", cache_down, FAILURE, "does not answer"),
    ("servers/broker", broker_down, FAILURE, "does not answer"),
    ("servers/workers", no_worker, WARNING, "No worker"),
    ("servers/workers", broker_down, FAILURE, "can be asked"),
    ("servers/workers", worker_on_another_queue, FAILURE, "listens"),
    ("files/installed", file_lost_after_installation, FAILURE, "1 of 2 files are missing, xblocks/public/case_d"),
    ("files/templates", template_broken, FAILURE, "gamification/board.html"),
    ("files/pages", page_file_not_found, FAILURE, "people/community.css"),
    ("files/blocks", files_not_collected, FAILURE, "xblock/resources/xblocks/public"),
    ("files/blocks", block_class_too_deep, FAILURE, "No file"),
    ("files/mails", mail_template_missing, FAILURE, "unwritten"),
    ("files/mails", no_channel_for_mail, FAILURE, "No channel"),
    ("work/jobs", job_never_run, WARNING, "people.run_errands"),
    ("work/jobs", job_never_run_for_days, FAILURE, "people.run_errands"),
    ("work/jobs", job_late, FAILURE, "people.run_errands has not run"),
    ("work/jobs", job_failing, FAILURE, "OperationalError"),
    ("work/errands", errand_waiting, WARNING, "1 errands wait"),
    ("work/errands", errand_waiting_for_days, FAILURE, "1 errands wait"),
    ("work/errands", errand_stuck, FAILURE, "ValueError"),
    ("work/deliveries", mail_waiting, FAILURE, "1 mails wait"),
    ("work/deliveries", mail_unknown, WARNING, "nobody knows"),
    ("work/deliveries", mail_given_up, WARNING, "given up"),
    ("work/news", news_waiting, FAILURE, "1 items of news wait"),
    ("points/schemes", scheme_broken, FAILURE, "version 2"),
    ("points/ledger", entry_not_folded, FAILURE, "1 ledger entries"),
    ("platform/guard of held posts", guard_left_out, FAILURE, "guesses a number"),
    ("platform/forum's own addresses", forums_own_open, WARNING, "open to everybody"),
    ("discussions/completion", completion_off, FAILURE, "not tracked"),
    ("discussions/forum", forum_not_installed, FAILURE, "not installed"),
    ("discussions/forum", forum_too_old, FAILURE, "0.3.0"),
    ("discussions/forum's posts", forum_in_mongodb, FAILURE, "MongoDB"),
    ("discussions/forum's posts", forum_table_missing, FAILURE, "forum_commentthread"),
    ("discussions/forum's search", search_server_down, FAILURE, "127.0.0.1"),
    ("discussions/forum's search", search_refuses, FAILURE, "PermissionError"),
    ("discussions/backlog", evaluation_waiting, WARNING, "1 evaluations wait"),
    ("discussions/backlog", blended_task_waiting, WARNING, "1 blended tasks that changed wait"),
    ("discussions/backlog", dates_waiting, WARNING, "1 dates of blended tasks wait"),
    ("discussions/backlog", posts_waiting, WARNING, "counts"),
    ("chapters/community managers", chapter_and_nobody, FAILURE, "Nobody is there"),
    ("chapters/community managers", chapter_and_staff_only, WARNING, "all of the site's staff"),
    ("chapters/regions", chapter_without_region, WARNING, "no region"),
    ("chapters/organizers", chapter_without_organizer, WARNING, "left-alone for one"),
    ("chapters/organizers", organizers_term_over, WARNING, "term-over for one"),
    ("chapters/answers", report_waiting, WARNING, "1 confidential reports"),
    ("chapters/answers", proposal_waiting, WARNING, "1 proposals"),
]


@pytest.mark.parametrize(("place", "cause", "state", "said"), CAUSES, ids=[cause[1].__name__ for cause in CAUSES])
def test_a_cause_is_found(
    stage: Stage, look: Callable[..., Any], place: str, cause: Callable[[Stage], None], state: FindingState, said: str
) -> None:
    with override_switch("completion.enable_completion_tracking", active=True):
        before = look(place)
        assert {finding.state for finding in before} <= {OK, FindingState.SKIPPED}
        cause(stage)
        found = look(place)
    wrong = [finding for finding in found if finding.state is state and said in finding.said]
    assert wrong, found
    assert all(finding.remedy.strip().endswith(".") for finding in found if finding.state in {FAILURE, WARNING})


def test_every_check_has_a_cause() -> None:
    from people.upkeep.checkups import list_checkups

    shown = {place for place, *_ in CAUSES}
    on_mariadb = {"database/server", "database/columns"}
    assert {f"{checkup.area}/{checkup.name}" for checkup in list_checkups()} == shown | on_mariadb


def test_chapters_with_everybody_they_need_are_well(stage: Stage, look: Callable[..., Any]) -> None:
    factories.make_manager()
    factories.make_region()
    factories.make_organizer(factories.make_chapter(), role=ChapterRole.CO_ORGANIZER)
    factories.make_chapter(state=ChapterState.DORMANT)
    factories.make_chapter(state=ChapterState.PROPOSED, state_at=timezone.now() - timedelta(days=13))
    for name in ("community managers", "regions", "organizers", "answers"):
        assert [finding.state for finding in look(f"chapters/{name}")] == [OK], name


def test_the_doctor_says_nothing_of_what_was_reported(stage: Stage, look: Callable[..., Any]) -> None:
    report_waiting(stage)
    (found,) = look("chapters/answers")
    assert "Secret" not in found.said
    assert "safety" not in found.said


@pytest.mark.parametrize(("permission", "is_open"), [(AllowAny, True), (IsAuthenticated, True), (IsAdminUser, False)])
def test_the_forums_own_addresses_are_asked_whom_they_let_in(
    stage: Stage, look: Callable[..., Any], permission: type[BasePermission], is_open: bool
) -> None:
    _mount_forums_own(stage, permission)
    (found,) = look("platform/forum's own addresses")
    assert (found.state is WARNING) is is_open


def test_a_wheel_is_compared_with_what_its_installer_wrote_down(stage: Stage, look: Callable[..., Any]) -> None:
    _install_wheel(stage, files=("people/api.py", "xblocks/public/case_discussion/calls.js"))
    assert [finding.said for finding in look("files/installed")] == ["All 2 files that were installed are there."]


def test_a_folder_that_is_worked_on_is_not_said_to_be_whole(stage: Stage, look: Callable[..., Any]) -> None:
    _install_wheel(stage, files=())
    assert [finding.state for finding in look("files/installed")] == [FindingState.SKIPPED]


def test_without_its_tables_the_forum_is_not_said_to_need_an_index(stage: Stage, look: Callable[..., Any]) -> None:
    forum_table_missing(stage)
    assert [finding.state for finding in look("discussions/forum's search")] == [FindingState.SKIPPED]
    (found,) = look("discussions/forum's posts")
    assert "migrate forum" in found.remedy


def test_a_misspelt_setting_is_told_how_it_is_spelt(stage: Stage, look: Callable[..., Any]) -> None:
    setting_misspelt(stage)
    (found,) = look("settings/names")
    assert "spell it PEOPLE_QUIET_HOURS" in found.remedy


def test_search_servers_are_read_from_each_kind_of_settings(settings: Any) -> None:
    settings.FORUM_SEARCH_BACKEND = "forum.search.es.ElasticsearchBackend"
    settings.FORUM_ELASTIC_SEARCH_CONFIG = [{"host": "elasticsearch"}, {"host": "other", "port": 9300}]
    assert forum_platform.list_search_servers() == [("elasticsearch", 9200), ("other", 9300)]
    settings.FORUM_SEARCH_BACKEND = "forum.search.meilisearch.MeilisearchBackend"
    settings.MEILISEARCH_URL = "https://search.example.com"
    assert forum_platform.list_search_servers() == [("search.example.com", 443)]
    settings.FORUM_SEARCH_BACKEND = "forum.search.typesense.TypesenseBackend"
    settings.TYPESENSE_URLS = ["http://typesense:8108"]
    assert forum_platform.list_search_servers() == [("typesense", 8108)]


# -- making causes -----------------------------------------------------------------------------------------------------


def _install_wheel(stage: Stage, *, files: tuple[str, ...]) -> Path:
    """Put files beside metadata as pip writes them, and let the suite be found there; no files: an editable install."""
    entry_points = next(metadata.distributions(name=suite.DISTRIBUTION)).read_text("entry_points.txt")
    site = stage.folder / "site-packages"
    info = site / "openedx_community_suite-0.1.0.dist-info"
    texts = {
        **dict.fromkeys(files, ""),
        f"{info.name}/METADATA": f"Metadata-Version: 2.1\nName: {suite.DISTRIBUTION}\nVersion: 0.1.0\n",
        f"{info.name}/entry_points.txt": entry_points or "",
    }
    record = "".join(f"{name},,\n" for name in [*texts, "people/__pycache__/api.cpython-311.pyc", "finder.py"])
    for name, text in {**texts, f"{info.name}/RECORD": record}.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    stage.patch("people.upkeep.suite.metadata.distributions", lambda **_: iter([metadata.PathDistribution(info)]))
    return site


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _not_eager(stage: Stage, url: str) -> None:
    from celery import Celery

    application = Celery("doctor", broker=url, set_as_current=False)
    application.conf.task_always_eager = False
    stage.patch("people.checks.servers.current_app", application)


def _workers_answer(stage: Stage, answers: Any) -> None:
    from people.checks import servers

    class Inspect:
        def active_queues(self) -> Any:
            return answers

    stage.patch(servers.current_app.control, "inspect", lambda **_: Inspect())


def _errand(**fields: Any) -> None:
    Errand.objects.create(
        id="e1", kind="points.unit", key="k", ticket="t", created_at=timezone.now() - timedelta(days=3), **fields
    )


def _delivery(state: str, **fields: Any) -> None:
    Delivery.objects.create(
        key="k", key_hash="h", user_id=7, kind="case_answered", state=state, requested_at=timezone.now(), **fields
    )
