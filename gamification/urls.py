"""Addresses of the points pages and of the REST API; the LMS mounts them under ``/gamification/``."""

from django.urls import include, path

from . import views

app_name = "gamification"

urlpatterns = [
    path("courses/<str:course_id>/points/", views.my_points, name="my_points"),
    path("courses/<str:course_id>/board/", views.board, name="board"),
    path("courses/<str:course_id>/how/", views.how, name="how"),
    path("courses/<str:course_id>/privacy/", views.privacy, name="privacy"),
    path("api/v1/", include("gamification.rest_api.v1.urls")),
]
