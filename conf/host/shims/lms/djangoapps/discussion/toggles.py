"""Waffle flags of the LMS's discussion layer."""

from openedx.core.djangoapps.waffle_utils import CourseWaffleFlag

ENABLE_RATE_LIMIT_IN_DISCUSSION = CourseWaffleFlag("discussions.enable_rate_limit", __name__)
