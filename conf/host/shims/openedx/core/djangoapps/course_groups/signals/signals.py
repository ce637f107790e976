"""Signals of cohort membership."""

from django.dispatch import Signal

# Sent with ``user`` and ``course_key`` when somebody joins a cohort and when somebody leaves one.
COHORT_MEMBERSHIP_UPDATED = Signal()
