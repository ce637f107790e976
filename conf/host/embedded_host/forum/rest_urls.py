"""Routes of the discussion API, below ``/api/discussion/``."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from .rest import CommentViewSet, CourseTopicsView, CourseView, ThreadViewSet

COURSE = r"(?P<course_id>[^/+]+(?:/|\+)[^/+]+(?:/|\+)[^/?]+)"

router = SimpleRouter()
router.register("threads", ThreadViewSet, basename="thread")
router.register("comments", CommentViewSet, basename="comment")

urlpatterns = [
    re_path(rf"^v1/courses/{COURSE}/?$", CourseView.as_view(), name="discussion_course"),
    re_path(rf"^v1/course_topics/{COURSE}/?$", CourseTopicsView.as_view(), name="course_topics"),
    re_path(rf"^v2/course_topics/{COURSE}/?$", CourseTopicsView.as_view(), name="course_topics_v2"),
    path("v1/", include(router.urls)),
]
