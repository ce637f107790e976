"""The pages a learner and a team walk through, and who is kept out."""

import pytest
from completion.models import BlockCompletion
from django.test import Client

from common.djangoapps.student.models import CourseEnrollment
from lms.djangoapps.courseware.model_data import set_score
from openedx.core.djangoapps.user_api.models import UserPreference
from tests.host.host_course import COURSE_KEY

UNIT = f"/courses/{COURSE_KEY}/units/block-v1:Org+C1+run+type@vertical+block@unit1"
HIDDEN = f"/courses/{COURSE_KEY}/units/block-v1:Org+C1+run+type@vertical+block@hidden"


@pytest.fixture
def learner_client(enrolled):
    client = Client()
    client.force_login(enrolled)
    return client


def test_signing_in_is_picking_a_person(client, enrolled):
    page = client.get("/login?next=/courses/x/").content.decode()
    assert 'value="ada"' in page
    response = client.post("/login", {"username": "ada", "next": "/dashboard"})
    assert (response.status_code, response.url) == (302, "/dashboard")
    assert client.session["_auth_user_id"] == str(enrolled.id)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client, enrolled, target):
    assert client.post("/login", {"username": "ada", "next": target}).url == "/dashboard"


def test_demo_sign_in_can_be_turned_off(client, enrolled, settings):
    settings.HOST_DEMO_LOGIN = False
    assert client.get("/login").status_code == 404
    assert client.post("/login", {"username": "ada"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_people_are_listed_by_role(client, staff, enrolled):
    page = client.get("/login").content.decode()
    team = page[page.index("Course teams") : page.index("Everybody")]
    assert "Tess Team" in team
    assert "Ada Byron" not in team


def test_outline_shows_what_is_done(learner_client, enrolled, course):
    for name, block_type in (("hello", "html"), ("probe", "host_probe"), ("p1", "problem")):
        key = course.make_usage_key(block_type, name)
        BlockCompletion.objects.submit_completion(user=enrolled, block_key=key, completion=1.0)
    page = learner_client.get(f"/courses/{course}/").content.decode()
    assert "1 of 2 units done" in page or "1 of 1 units done" in page
    assert "Unit &amp; one" in page
    assert "For the team" not in page


def test_unit_runs_its_blocks(learner_client):
    page = learner_client.get(UNIT).content.decode()
    assert "<h1>Unit &amp; one</h1>" in page
    assert "Grüße" in page
    assert "Asked: 0" in page
    assert "Block &quot;rocket&quot; is not installed on this host" in page
    assert "It is four." not in page
    assert "2 + 2?" in page
    probe = "block-v1:Org+C1+run+type@host_probe+block@probe"
    assert f'data-handler-base="/courses/{COURSE_KEY}/xblock/{probe}/handler/"' in page


def test_addresses_of_authors_lead_to_the_course(learner_client):
    page = learner_client.get(UNIT).content.decode()
    assert 'src="/asset-v1:Org+C1+run+type@asset+block@my_map.png"' in page
    assert f'href="/courses/{COURSE_KEY}/jump_to_id/unit1"' in page
    assert learner_client.get(f"/courses/{COURSE_KEY}/jump_to_id/unit1", follow=True).redirect_chain[-1][0] == UNIT
    picture = learner_client.get("/asset-v1:Org+C1+run+type@asset+block@my_map.png")
    assert b"".join(picture.streaming_content) == b"png"


def test_jump_to_a_block_leads_to_its_place_in_the_unit(learner_client, probe_key):
    response = learner_client.get(f"/courses/{COURSE_KEY}/jump_to/{probe_key}")
    assert response.url == f"{UNIT}#probe"


def test_unit_page_asks_few_questions(learner_client, django_assert_max_num_queries):
    learner_client.get(UNIT)
    with django_assert_max_num_queries(26):  # two of them ask for dates
        learner_client.get(UNIT)


@pytest.mark.parametrize("url", [UNIT, f"/xblock/{COURSE_KEY.make_usage_key('vertical', 'unit1')}", HIDDEN])
def test_people_outside_the_course_see_no_unit(outsider, course, client, url):
    client.force_login(outsider)
    assert client.get(url).status_code == 404


def test_the_same_unit_opens_on_enrolment(outsider, course, client):
    client.force_login(outsider)
    assert client.get(UNIT).status_code == 404
    assert client.get(f"/courses/{course}/").url == f"/courses/{course}/about"
    client.post("/change_enrollment", {"course_id": str(course), "enrollment_action": "enroll"})
    assert client.get(UNIT).status_code == 200
    client.post("/change_enrollment", {"course_id": str(course), "enrollment_action": "unenroll"})
    assert client.get(UNIT).status_code == 404


def test_team_only_units_open_for_the_team(learner_client, staff, client):
    client.force_login(staff)
    assert client.get(HIDDEN).status_code == 200
    assert learner_client.get(HIDDEN).status_code == 404


def test_visitors_are_asked_to_sign_in(client, course):
    assert client.get(UNIT).url.startswith("/login?next=")


def test_progress_shows_scores(learner_client, enrolled, probe_key):
    set_score(enrolled.id, probe_key, 3, 4)
    page = learner_client.get(f"/courses/{COURSE_KEY}/progress").content.decode()
    assert "3 of 4" in page


def test_only_the_team_sees_somebody_elses_progress(learner_client, staff, enrolled, client):
    client.force_login(staff)
    url = f"/courses/{COURSE_KEY}/progress/{enrolled.id}/"
    assert "Progress of ada" in client.get(url).content.decode()
    assert learner_client.get(url).status_code == 404


def test_the_team_enrols_and_unenrols(client, staff, outsider, course):
    client.force_login(staff)
    url = f"/courses/{course}/instructor"
    client.post(url, {"username": "oscar", "act": "enroll"})
    assert CourseEnrollment.is_enrolled(outsider, course)
    client.post(url, {"username": "oscar", "act": "unenroll"})
    assert not CourseEnrollment.is_enrolled(outsider, course)


def test_learners_have_no_instructor_page(learner_client):
    url = f"/courses/{COURSE_KEY}/instructor"
    assert learner_client.get(url).status_code == 404
    assert "/instructor" not in learner_client.get(UNIT).content.decode()


def test_language_and_zone_are_kept(learner_client, enrolled):
    learner_client.post("/account/settings", {"language": "nl", "time_zone": "Africa/Nairobi"})
    assert UserPreference.get_all_preferences(enrolled) == {"pref-lang": "nl", "time_zone": "Africa/Nairobi"}
    assert '<html lang="nl"' in learner_client.get("/dashboard").content.decode()


@pytest.mark.parametrize("choice", [{"language": "xx"}, {"language": "nl", "time_zone": "Mars/Olympus"}])
def test_unknown_language_or_zone_changes_nothing(learner_client, enrolled, choice):
    assert learner_client.post("/account/settings", choice).status_code == 200
    assert not UserPreference.objects.filter(user=enrolled).exists()


def test_error_pages_are_the_hosts(client, course):
    assert "There is nothing here" in client.get("/nowhere").content.decode()
    assert client.get("/courses/nonsense/").status_code in {302, 404}
    for key in ("course-v1:a+b", "course-v1:Org+No+run"):
        client.logout()
        assert client.get(f"/courses/{key}/about").status_code == 404


def test_tabs_of_plugins_stand_beside_the_hosts(learner_client):
    page = learner_client.get(UNIT).content.decode()
    assert f'href="/courses/{COURSE_KEY}/progress"' in page
    assert 'aria-current="page">Course</a>' in page
