"""Addresses of pages of chapters within a course."""

from django.urls import path

from .views import course_tab

urlpatterns = [
    path("courses/<str:course_id>/", course_tab.course_chapters, name="course"),
]
