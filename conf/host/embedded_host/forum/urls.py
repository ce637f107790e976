"""Addresses of the discussion: pages in the course and the REST routes."""

from django.urls import include, path

from . import pages

COURSE = "courses/<path:course_id>/discussion/forum/"

urlpatterns = [
    path("api/discussion/", include("embedded_host.forum.rest_urls")),
    path(f"{COURSE}new", pages.new_thread, name="forum_new_thread"),
    path(f"{COURSE}threads/<str:thread_id>", pages.thread, name="forum_thread"),
    path(f"{COURSE}threads/<str:thread_id>/act", pages.act, name="forum_act"),
    path(f"{COURSE}threads/<str:thread_id>/edit", pages.edit, name="forum_edit"),
    path(f"{COURSE}threads/<str:thread_id>/delete", pages.delete, name="forum_delete"),
    path(f"{COURSE}<str:discussion_id>/threads/<str:thread_id>", pages.single_thread, name="single_thread"),
    path(COURSE, pages.threads, name="forum_form_discussion"),
]
