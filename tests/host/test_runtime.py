"""Blocks get what the LMS gives them: services, state, grades, completion, and nothing more."""

import json

import pytest
from completion.models import BlockCompletion
from django.test import Client
from xblock.exceptions import InvalidScopeError

from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.runtime.addresses import resource_package
from lms.djangoapps.courseware.models import StudentModule
from tests.host.host_probe import GIVEN, HostProbeBlock
from xmodule.modulestore.django import modulestore


@pytest.fixture
def client_of(handler_url):
    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


def post(client, url, data=None):
    return client.post(url, data=json.dumps(data or {}), content_type="application/json")


def test_services_are_those_of_the_lms(client_of, enrolled, handler_url):
    present = client_of(enrolled).get(handler_url("services")).json()["present"]
    assert present == list(GIVEN)


def test_learner_is_described_as_on_the_platform(client_of, enrolled, handler_url):
    who = client_of(enrolled).get(handler_url("who")).json()
    assert who["scope_user_id"] == who["edx-platform.user_id"] == enrolled.id
    assert who["name"] == "Ada Byron"
    assert who["edx-platform.user_role"] == "student"
    assert who["edx-platform.user_is_staff"] is False
    assert len(who["edx-platform.anonymous_user_id"]) == 32
    assert who["edx-platform.anonymous_user_id"] != who["edx-platform.deprecated_anonymous_user_id"]


def test_staff_are_described_as_staff(client_of, staff, handler_url):
    who = client_of(staff).get(handler_url("who")).json()
    assert (who["edx-platform.user_role"], who["edx-platform.user_is_staff"]) == ("staff", True)


def test_state_lives_in_student_module_and_wider_scopes_in_their_tables(client_of, enrolled, staff, handler_url):
    client = client_of(enrolled)
    assert client.post(handler_url("add")).json() == {"count": 1, "everybody": 1}
    assert client.post(handler_url("add")).json() == {"count": 2, "everybody": 2}
    assert client_of(staff).post(handler_url("add")).json() == {"count": 1, "everybody": 3}
    row = StudentModule.objects.get(student=enrolled)
    assert json.loads(row.state) == {"count": 2}
    assert row.module_type == "host_probe"


def test_state_of_two_requests_is_merged_not_overwritten(enrolled, probe_key, rf):
    from embedded_host.runtime.build import build_learner_runtime

    tree = modulestore().get_tree(probe_key.course_key)
    request = rf.get("/")
    request.user, request.session = enrolled, {}
    first, second = (build_learner_runtime(tree, request).get_block(probe_key) for _ in range(2))
    assert (first.count, second.note) == (0, "")
    first.count = 5
    second.note = "kept"
    first.save()
    second.save()
    assert json.loads(StudentModule.objects.get().state) == {"count": 5, "note": "kept"}


def test_authored_fields_are_read_only_in_the_lms(client_of, enrolled, handler_url, probe_key):
    with pytest.raises(InvalidScopeError):
        post(client_of(enrolled), handler_url("write_authored"), {"title": "Mine"})
    assert modulestore().get_item(probe_key).title == "Asked"


def test_a_published_grade_is_stored_and_completes_through_the_real_handler(
    client_of, enrolled, handler_url, monkeypatch
):
    event = {"type": "grade", "event": {"value": 3, "max_value": 4}}
    monkeypatch.setattr(HostProbeBlock, "has_custom_completion", False)
    assert post(client_of(enrolled), handler_url("publish_event"), event).status_code == 200
    row = StudentModule.objects.get(student=enrolled)
    assert (row.grade, row.max_grade) == (3, 4)
    assert BlockCompletion.objects.get(user=enrolled).completion == 1.0


def test_a_lower_grade_replaces_a_higher_one_unless_only_higher_counts(client_of, enrolled, handler_url):
    client = client_of(enrolled)

    def publish(value, **extra):
        post(
            client, handler_url("publish_event"), {"type": "grade", "event": {"value": value, "max_value": 4, **extra}}
        )
        return StudentModule.objects.get(student=enrolled).grade

    assert [publish(3), publish(2), publish(1, only_if_higher=True), publish(4, only_if_higher=True)] == [3, 2, 2, 4]


def test_a_published_completion_is_submitted(client_of, enrolled, handler_url, probe_key):
    event = {"type": "completion", "event": {"completion": 0.5}}
    post(client_of(enrolled), handler_url("publish_event"), event)
    assert BlockCompletion.objects.get(user=enrolled, block_key=probe_key).completion == 0.5


@pytest.mark.parametrize("value", [2, -1, "1", None, True, []])
def test_completion_from_the_page_must_be_a_number_between_0_and_1(client_of, enrolled, handler_url, value):
    response = post(client_of(enrolled), handler_url("publish_completion"), {"completion": value})
    assert response.status_code == 400
    assert not BlockCompletion.objects.exists()


def test_strangers_and_requests_without_token_are_refused(enrolled, handler_url):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(handler_url("add")).status_code == 403
    strict.force_login(enrolled)
    assert strict.post(handler_url("add")).status_code == 403
    strict.get("/dashboard")
    token = strict.cookies["csrftoken"].value
    assert strict.post(handler_url("add"), headers={"X-CSRFToken": token}).status_code == 200


def test_handlers_do_not_ask_for_enrolment_as_in_the_lms(client_of, outsider, handler_url):
    assert client_of(outsider).post(handler_url("add")).status_code == 200


@pytest.mark.parametrize("name", ["nothing", "student_view", "__init__"])
def test_what_is_no_handler_is_not_found(client_of, enrolled, handler_url, name):
    assert client_of(enrolled).post(handler_url(name)).status_code == 404


def test_a_block_of_another_course_is_not_found(client_of, enrolled, handler_url):
    url = handler_url("add").replace("/courses/course-v1:Org+C1+run/", "/courses/course-v1:Org+C2+run/")
    assert client_of(enrolled).post(url).status_code == 404


def test_studio_binds_blocks_to_nobody(course, probe_key, staff):
    from embedded_host.runtime.build import build_author_runtime

    tree = CourseStore(Branch.DRAFT).get_tree(course)
    block = build_author_runtime(tree, staff).get_block(probe_key)
    user = block.runtime.service(block, "user").get_current_user()
    assert block.scope_ids.user_id is None
    assert user.opt_attrs["edx-platform.user_id"] == staff.id
    assert user.opt_attrs["edx-platform.anonymous_user_id"] is None
    assert user.opt_attrs["edx-platform.user_role"] == "student"
    assert block.runtime.service(block, "completion") is None
    block.count = 9
    block.runtime.publish(block, "grade", {"value": 1, "max_value": 1})
    block.save()
    assert not StudentModule.objects.exists()


def test_authors_write_drafts_that_learners_see_after_publishing(course, probe_key, staff):
    from embedded_host.runtime.build import build_author_runtime

    drafts = CourseStore(Branch.DRAFT)
    block = build_author_runtime(drafts.get_tree(course), staff).get_block(probe_key)
    assert not drafts.has_changes(block)
    block.title = "Changed"
    block.words = ["one"]
    block.save()
    assert drafts.get_item(probe_key).title == "Changed"
    assert drafts.has_changes(block)
    assert modulestore().get_item(probe_key).title == "Asked"
    drafts.publish(block.parent)
    assert (modulestore().get_item(probe_key).title, modulestore().get_item(probe_key).words) == ("Changed", ["one"])


def test_settings_are_inherited_from_above(probe_key):
    block = modulestore().get_item(probe_key)
    assert block.due.isoformat() == "2026-02-01T12:00:00+00:00"
    assert block.graded is True
    assert block.start.isoformat() == "2026-01-05T08:00:00+00:00"
    assert not block.fields["due"].is_set_on(block)


def test_files_are_those_of_the_package_above_the_module():
    deep = type("Deep", (), {"__module__": "xblocks.deep.block"})
    shallow = type("Shallow", (), {"__module__": "xblocks.points_panel"})
    assert (resource_package(shallow), resource_package(deep)) == ("xblocks", "xblocks.deep")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("xblocks/public/case_discussion/words.js", 200),
        ("xblocks.case_discussion/public/case_discussion/words.js", 404),
        ("xblocks/public/%2e%2e/case_discussion.py", 404),
        ("xblocks/templates/case_discussion/form.html", 404),
        ("os/public/x.js", 404),
    ],
)
def test_only_public_files_of_block_packages_are_served(client, path, status):
    response = client.get(f"/static/xblock/resources/{path}")
    response.close()
    assert response.status_code == status


def test_script_arguments_cannot_end_the_script(client_of, enrolled, probe_key):
    page = client_of(enrolled).get(f"/xblock/{probe_key}").content.decode()
    assert r'{"text": "\u003c/script>\u003cb>"}' in page
