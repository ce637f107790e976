"""Addresses of the pages and of the REST API; the LMS mounts them under ``/chapters/``.

The words that begin an address of their own (``manage``, ``propose``) are no slugs of chapters, so that ``<slug>/`` may
come last.
"""

from django.urls import include, path

from . import board_urls, course_urls, desk_urls, event_desk_urls, event_urls, member_urls

app_name = "chapters"

urlpatterns = [
    path("api/v1/", include("chapters.rest_api.v1.urls")),
    *course_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *event_desk_urls.urlpatterns,
    *board_urls.urlpatterns,
    *event_urls.urlpatterns,
    *member_urls.urlpatterns,
]
