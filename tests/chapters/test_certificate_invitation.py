"""The invitation on the certificate page: whose page, which chapter, and that the page stands whatever happens."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils.safestring import mark_safe

from chapters import filters
from chapters.api import courses
from chapters.data import Audience
from chapters.models import Invitation
from chapters.settings import common, production
from chapters.settings.filters import STEPS
from lms.djangoapps.certificates.models import GeneratedCertificate

from . import factories

pytestmark = pytest.mark.django_db

(RENDERED,) = STEPS


@pytest.fixture
def stranger(make_account):
    """Return somebody who is not in the course."""
    return make_account("sam", name="Sam Stranger")


@pytest.fixture
def nairobi(course_key):
    """Return a chapter whose alumni completed the course, which shows its chapters."""
    courses.set_on(course_key, True, actor_id=1)
    return factories.make_rule(
        factories.make_chapter("Nairobi <evening> chapter", slug="nairobi-evening"), Audience.ALUMNI, str(course_key)
    )


@pytest.fixture
def certificate(course_key, learner, nairobi):
    """Return the learner's certificate, by which they are invited."""
    GeneratedCertificate.objects.bulk_create(
        [GeneratedCertificate(user=learner, course_id=course_key, status="downloadable", verify_uuid="a" * 32)]
    )
    Invitation.objects.create(chapter_id=nairobi.id, user_id=learner.id, audience="alumni", course_id=str(course_key))
    return GeneratedCertificate.objects.get()


def show(certificate, user=None):
    """Return the certificate's page as somebody sees it."""
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.get(f"/certificates/{certificate.verify_uuid}")
    assert response.status_code == 200
    return response.content.decode()


LINK = 'href="http://127.0.0.1:8000/chapters/nairobi-evening/"'


def test_its_owner_is_invited(certificate, learner):
    page = show(certificate, learner)
    assert LINK in page
    assert "you are invited to Nairobi &lt;evening&gt; chapter." in page
    assert "This page is yours to share." in page


def test_nobody_else_sees_where_its_owner_is_invited(certificate, learner, stranger):
    assert LINK in show(certificate, learner)
    assert LINK not in show(certificate, stranger)
    assert LINK not in show(certificate)


def test_who_is_in_or_is_not_invited_sees_the_platforms_page(certificate, learner, nairobi):
    assert LINK in show(certificate, learner)
    factories.make_member(nairobi, learner.id)
    assert LINK not in show(certificate, learner)


def test_a_course_that_shows_no_chapters_invites_nobody(certificate, learner, course_key):
    assert LINK in show(certificate, learner)
    courses.set_on(course_key, False, actor_id=1)
    assert LINK not in show(certificate, learner)


def test_an_invitation_of_another_course_stays_with_that_course(certificate, learner):
    assert LINK in show(certificate, learner)
    Invitation.objects.update(course_id="course-v1:Other+C+1")
    assert LINK not in show(certificate, learner)


def test_a_failure_costs_the_invitation_and_not_the_page(certificate, learner, monkeypatch, caplog):
    assert LINK in show(certificate, learner)

    def refuse(**_asked):
        raise OperationalError("gone away")

    monkeypatch.setattr("chapters.filters.find_invitation", refuse)
    page = show(certificate, learner)
    assert "This page is yours to share." in page
    assert LINK not in page
    assert "chapters.certificate_invitation_failed" in caplog.text


@pytest.mark.parametrize("said", ["<b>Well done</b>", mark_safe("<b>Well done</b>")])
def test_what_the_platform_says_is_escaped_unless_it_is_markup(certificate, learner, said):
    import crum
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = learner
    crum.set_current_request(request)
    context = {
        "accomplishment_user_id": str(learner.id),
        "course_id": str(certificate.course_id),
        filters.BANNER: said,
        "more": 1,
    }
    step = filters.AddInvitation(RENDERED, [])
    done = step.run_filter(context=context, custom_template=None, later="kept")
    shown = done["context"][filters.BANNER]
    assert shown.startswith("<b>Well done</b>" if hasattr(said, "__html__") else "&lt;b&gt;Well done")
    assert (done["context"]["more"], done["custom_template"], done["later"]) == (1, None, "kept")
    assert context[filters.BANNER] == said


@pytest.mark.parametrize(
    "given", [{}, {RENDERED: ["site.Step"]}, {RENDERED: {"pipeline": ["site.Step"], "fail_silently": False}}]
)
def test_the_step_stands_once_behind_what_the_site_has(settings, given):
    settings.OPEN_EDX_FILTERS_CONFIG = given
    for stage in (common, production):
        stage.plugin_settings(settings)
    entry = settings.OPEN_EDX_FILTERS_CONFIG[RENDERED]
    assert entry["pipeline"] == (["site.Step"] if given else []) + [STEPS[RENDERED]]
    assert entry["fail_silently"] is (not given or isinstance(given[RENDERED], list))
