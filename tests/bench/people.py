"""Learners for the benchmarks, made in bulk."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey


def make_learners(course_key: CourseKey, number: int) -> list[int]:
    """Return the ids of so many enrolled people with a name."""
    from forum.models import ForumUser

    from common.djangoapps.student.models import CourseEnrollment, UserProfile

    run = uuid.uuid4().hex[:8]
    User.objects.bulk_create((User(username=f"bench-{run}-{index}") for index in range(number)), batch_size=5_000)
    ids = list(User.objects.filter(username__startswith=f"bench-{run}-").order_by("pk").values_list("pk", flat=True))
    UserProfile.objects.bulk_create(
        (UserProfile(user_id=user, name=f"Learner {user}") for user in ids), batch_size=5_000
    )
    ForumUser.objects.bulk_create((ForumUser(user_id=user) for user in ids), batch_size=5_000)
    CourseEnrollment.objects.bulk_create(
        (CourseEnrollment(user_id=user, course_id=course_key, is_active=True) for user in ids), batch_size=5_000
    )
    return ids
