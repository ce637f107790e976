"""Where the tests' course is, and its key."""

from pathlib import Path

from opaque_keys.edx.keys import CourseKey

OLX = Path(__file__).parent / "olx"
COURSE_KEY = CourseKey.from_string("course-v1:Org+C1+run")
