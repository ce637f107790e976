"""The page behind "stop these mails": looking changes nothing, one press does, a changed link is refused."""

import pytest
from django.test import Client
from django.urls import reverse

from people import api, subscriptions
from people.subscriptions import make_token


@pytest.fixture
def address(person) -> str:
    return reverse("people:unsubscribe", kwargs={"token": make_token(person.pk, "case_answered")})


@pytest.fixture
def anybody() -> Client:
    """Return a browser that is not signed in and whose posts carry no CSRF token."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(anybody, address, person, method):
    assert getattr(anybody, method)(address).status_code == 200
    assert api.is_subscribed(person.pk, "case_answered")


def test_the_button_stops_the_mail_and_another_lets_it_come_again(anybody, address, person):
    assert "Stop these mails" in anybody.get(address).content.decode()
    page = anybody.post(address, {"act": "stop"}).content.decode()
    assert "You get no more of these mails" in page
    assert not api.is_subscribed(person.pk, "case_answered")
    page = anybody.post(address, {"act": "resume"}).content.decode()
    assert "You get these mails again" in page
    assert api.is_subscribed(person.pk, "case_answered")


def test_one_click_of_a_mail_program(anybody, address, person, make_person):
    other = make_person("other")
    for _ in range(2):
        assert anybody.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not api.is_subscribed(person.pk, "case_answered")
    assert api.is_subscribed(other.pk, "case_answered")
    assert api.is_subscribed(person.pk, "another_kind")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_changed_or_foreign_link(anybody, address, person, method):
    token = make_token(person.pk, "case_answered")
    forged = [token[:-2], f"{token}x", "x", make_token(person.pk, "no_such_kind")]
    for broken in forged:
        response = getattr(anybody, method)(reverse("people:unsubscribe", kwargs={"token": broken}))
        assert response.status_code == 404
        assert "This link is not complete" in response.content.decode()
    assert api.is_subscribed(person.pk, "case_answered")


def test_other_methods_are_refused(anybody, address):
    assert anybody.put(address).status_code == 405


def test_a_kind_is_stopped_for_one_topic_alone(anybody, person, monkeypatch):
    monkeypatch.setattr(subscriptions, "_topics", {"chapter": {12: "Nairobi", 13: ""}.__getitem__})
    address = reverse("people:unsubscribe", kwargs={"token": make_token(person.pk, "event_news:chapter:12")})
    assert "Reminders, letters and results of events: Nairobi" in anybody.get(address).content.decode()
    anybody.post(address, {"act": "stop"})
    kinds = ["event_news:chapter:12", "event_news:chapter:1", "event_news", "event_notice"]
    assert [api.is_subscribed(person.pk, kind) for kind in kinds] == [False, True, True, True]
    api.unsubscribe(person.pk, "event_news")  # all of it
    assert not api.is_subscribed(person.pk, "event_news:chapter:1")
    assert api.say_kind("event_news:chapter:13") == api.say_kind("event_news:nothing:1") == api.say_kind("event_news")
