"""Signals of results, under the platform's names and with its keywords.

``COURSE_GRADE_NOW_PASSED``: user, course_id; ``COURSE_GRADE_NOW_FAILED``: also grade. Both are sent at every change of
a grade, not only when passing changes. ``COURSE_CERT_...``: user, course_key, mode, status.
"""

from django.dispatch import Signal

COURSE_GRADE_NOW_PASSED = Signal()
COURSE_GRADE_NOW_FAILED = Signal()
COURSE_CERT_CHANGED = Signal()
COURSE_CERT_AWARDED = Signal()
COURSE_CERT_REVOKED = Signal()
