"""Where the LMS shows a block and a thread. Written out, because Studio makes addresses too and has no such pages."""

from __future__ import annotations


def block_url(course_id: str, usage_key: str) -> str:
    """Return the address, on the LMS, that leads to a block inside its unit."""
    return f"/courses/{course_id}/jump_to/{usage_key}"


def thread_url(course_id: str, topic_id: str, thread_key: str) -> str:
    """Return the address, on the LMS, of a thread in the course's discussions."""
    return f"/courses/{course_id}/discussion/forum/{topic_id}/threads/{thread_key.partition(':')[2]}"
