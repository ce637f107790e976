"""The doors through which facts come in: enrolments, results and certificates, and retired people.

In the request one row is inserted, and that only where a rule of a chapter asks for the course. What follows from it is
done after the commit, and by the nightly comparison where a signal was lost.
"""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import retirement
from .api import membership


def _who(
    *, enrollment: Any = None, course_passing_status: Any = None, certificate: Any = None, **_facts: Any
) -> tuple[CourseKey, int]:
    """Return course and person of one of the platform's events, whose data say both in the same way."""
    data = enrollment or course_passing_status or certificate
    return data.course.course_key, data.user.id


def _is_asked_for(sender: Any, **facts: Any) -> bool:
    course_key, _user_id = _who(**facts)
    return membership.asks_for(course_key)


def _missed(sender: Any, **facts: Any) -> people.Missed:
    course_key, user_id = _who(**facts)
    return membership.missed_person(user_id, course_key)


@people.guarded(when=_is_asked_for, missed=_missed)
def on_enrolment_changed(sender: Any, **facts: Any) -> None:
    """Have somebody placed after the commit: they were enrolled or unenrolled."""
    _await(**facts)


@people.guarded(when=_is_asked_for, missed=_missed)
def on_result_changed(sender: Any, **facts: Any) -> None:
    """Have somebody placed after the commit: they pass a course, or do not any more."""
    _await(**facts)


@people.guarded(when=_is_asked_for, missed=_missed)
def on_certificate_changed(sender: Any, **facts: Any) -> None:
    """Have somebody placed after the commit: a certificate of theirs came, changed or was taken back."""
    _await(**facts)


@people.passes_errors_on
def on_user_retired(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Forget a person who leaves the site. The pipeline must see a failure: it comes again."""
    retirement.retire_person(user.pk)


def _await(**facts: Any) -> None:
    course_key, user_id = _who(**facts)
    membership.await_person(user_id, course_key)
