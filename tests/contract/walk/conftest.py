"""A walk over HTTP through somebody's running LMS and Studio: it makes its own course and its own people.

``make contract LMS=https://... CMS=https://... ADMIN=name:password``; the account is a superuser's. Where registration
is closed, ``ACCOUNTS=name:password,...`` names six accounts whose e-mail is ``<name>@example.com``: teacher, moderator,
three learners and a stranger, who must not be enrolled anywhere in the walk's course (it is new each time).
``CONTRACT_MANAGE``, the command that runs the LMS's manage.py, lets jobs run that a site's clock would run.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.walk.classroom import Classroom, found_course, gather
from tests.contract.walk.person import Person, Platform

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the walk, and keep the order of its files: its chapters build on each other."""
    places = [index for index, item in enumerate(items) if HERE in item.path.parents]
    in_order = sorted((items[index] for index in places), key=lambda item: (str(item.path), item.reportinfo()[1] or 0))
    for index, item in zip(places, in_order, strict=True):
        item.add_marker(pytest.mark.walk)
        items[index] = item


@pytest.fixture(scope="session")
def platform() -> Platform:
    """Return where the platform is; without addresses there is nothing to walk through."""
    lms, cms = os.environ.get("CONTRACT_LMS", ""), os.environ.get("CONTRACT_CMS", "")
    if not lms or not cms:
        pytest.skip("needs CONTRACT_LMS and CONTRACT_CMS, addresses of a running platform")
    return Platform(lms.rstrip("/"), cms.rstrip("/"))


@pytest.fixture(scope="session")
def admin(platform: Platform) -> Person:
    """Return the superuser, signed in."""
    name, _, password = os.environ["CONTRACT_ADMIN"].partition(":")
    person = Person(platform, name, password)
    entered = person.sign_in()
    assert entered.status_code == 200, entered.text[:300]
    return person


@pytest.fixture(scope="session")
def classroom(platform: Platform, admin: Person) -> Classroom:
    """Return the course of the walk with the suite on."""
    named = [account.partition(":")[::2] for account in os.environ.get("CONTRACT_ACCOUNTS", "").split(",") if account]
    return found_course(admin, gather(platform, admin, named))


@pytest.fixture(scope="session")
def passer_by(platform: Platform) -> Person:
    """Return somebody who is not signed in."""
    return Person(platform)
