"""Addresses of version 1, below ``/gamification/api/v1/``."""

from django.urls import path

from . import views

urlpatterns = [
    path("courses/<str:course_id>/me/", views.MeView.as_view(), name="api_me"),
    path("courses/<str:course_id>/entries/", views.EntriesView.as_view(), name="api_entries"),
    path("courses/<str:course_id>/board/", views.BoardView.as_view(), name="api_board"),
    path("courses/<str:course_id>/around/", views.AroundView.as_view(), name="api_around"),
    path("courses/<str:course_id>/privacy/", views.PrivacyView.as_view(), name="api_privacy"),
    path("courses/<str:course_id>/scheme/", views.SchemeView.as_view(), name="api_scheme"),
]
