"""A published case in the host's real runtime, and people who open it."""

from __future__ import annotations

import json

import crum
import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory
from webob import Request

from discussion_ext import api as cases
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.runtime.build import build_author_runtime, build_learner_runtime
from lms.djangoapps.courseware.masquerade import set_masquerade

CASE = {
    "display_name": "A name and a measure by Tuesday",
    "case_text": "Two of nine bakers call in sick.\n\nMirjam asks **Dov** to stay.",
    "prompt": "You are Mirjam. What do you do before Tuesday?",
    "position_min": 8,
    "answers_wanted": 1,
    "answer_min": 5,
    "look_back_min": 5,
}
POSITION = "I would speak with him first because nobody else asked about three long nights."
ANSWER = "Checking that printer changes what everyone brings along later."
LOOK_BACK = "Her remark stayed: taking blame still gives somebody away quickly."


@pytest.fixture
def case_course(course_key):
    """Return the course with case discussions turned on."""
    cases.set_on(course_key, True, actor_id=None)
    return course_key


@pytest.fixture
def publish_block(case_course, django_capture_on_commit_callbacks):
    """Return a function that publishes a block in a unit of its own and returns its usage key."""

    def publish(block_type, fields):
        store = CourseStore(Branch.DRAFT)
        parent = case_course.make_usage_key("course", "course")
        for parent_type in ("chapter", "sequential", "vertical"):
            parent = store.create_child(None, parent, parent_type).location
        block = store.create_child(None, parent, block_type, fields=fields)
        with django_capture_on_commit_callbacks(execute=True):
            store.publish(parent)
        return block.location

    return publish


@pytest.fixture
def make_case(publish_block):
    """Return a maker of published cases; it returns the usage key."""
    return lambda **fields: publish_block("case_discussion", {**CASE, **fields})


@pytest.fixture
def make_task(publish_block):
    """Return a maker of published blended tasks; it returns the usage key."""
    return lambda **fields: publish_block("blended_task", fields)


@pytest.fixture
def case_key(make_case):
    """Return the key of a published, held case."""
    return make_case()


@pytest.fixture
def open_as(case_course):
    """Return a function that opens a block in the LMS for somebody."""

    def open_block(key, user, *, masquerade_as=""):
        request = RequestFactory().get("/")
        request.user, request.session = user, {}
        if masquerade_as:
            set_masquerade(request, case_course, role="student", user_name=masquerade_as)
        tree = CourseStore(Branch.PUBLISHED).get_tree(case_course)
        block = build_learner_runtime(tree, request).get_block(key)
        block.opened_by = request
        return enter(block)

    yield open_block
    crum.set_current_request(None)


@pytest.fixture
def open_in_studio(case_course, course_team):
    """Return a function that opens a block in Studio for the course team."""

    def open_block(key):
        tree = CourseStore(Branch.DRAFT).get_tree(case_course)
        return build_author_runtime(tree, course_team).get_block(key)

    return open_block


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    """Return a function that calls a handler with JSON (or raw bytes) and returns status and answer."""

    def call(block, handler, name, body=None, headers=None):
        enter(block)
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        request = Request.blank("/", method="POST", body=data, content_type="application/json", headers=headers)
        with django_capture_on_commit_callbacks(execute=True):
            response = block.runtime.handle(block, handler, request, name)
        block.save()
        return response.status_code, json.loads(response.body)

    return call


def enter(block):
    """Make the present request that of whoever opened the block."""
    crum.set_current_request(getattr(block, "opened_by", None))
    return block


def drawn(block, view="student_view"):
    """Return the block's view as a parsed tree."""
    enter(block)
    return BeautifulSoup(block.runtime.render(block, view, {}).content, "html.parser")


def text_of(soup):
    """Return what a reader sees, with spaces folded."""
    return " ".join(soup.get_text(" ").split())
