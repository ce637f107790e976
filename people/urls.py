"""Addresses of this app, below ``/community/people/``."""

from django.urls import path

from . import views

app_name = "people"

urlpatterns = [
    path("mail/<str:token>/", views.UnsubscribeView.as_view(), name="unsubscribe"),
]
