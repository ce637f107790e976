"""Addresses of version 1, below ``/discussion_ext/api/v1/``."""

from django.urls import path

from . import attendance

urlpatterns = [
    path("meetings/<str:uid>/code/", attendance.CodeView.as_view(), name="api_check_in_code"),
    path("meetings/<str:uid>/roll/", attendance.RollView.as_view(), name="api_roll"),
    path("meetings/<str:uid>/walk_ins/", attendance.WalkInsView.as_view(), name="api_walk_ins"),
]
