"""Waffle flags of the discussion."""

from openedx.core.djangoapps.waffle_utils import CourseWaffleFlag

ENABLE_DISCUSSIONS_MFE = CourseWaffleFlag("discussions.enable_discussions_mfe", __name__)
