"""Addresses of version 1, below ``/discussion_ext/api/v1/``."""

from django.urls import path

from . import attendance, sessions

urlpatterns = [
    path("meetings/<str:uid>/code/", attendance.CodeView.as_view(), name="api_check_in_code"),
    path("meetings/<str:uid>/roll/", attendance.RollView.as_view(), name="api_roll"),
    path("meetings/<str:uid>/walk_ins/", attendance.WalkInsView.as_view(), name="api_walk_ins"),
    path("courses/<str:course_id>/sessions/", sessions.OwnSessionsView.as_view(), name="api_sessions"),
    path(
        "courses/<str:course_id>/sessions/<str:session_id>/choices/",
        sessions.ChoicesView.as_view(),
        name="api_choices",
    ),
    path(
        "courses/<str:course_id>/sessions/<str:session_id>/sittings/",
        sessions.TeamSittingsView.as_view(),
        name="api_sittings",
    ),
]
