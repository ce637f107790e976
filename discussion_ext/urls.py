"""Addresses of the pages and of the REST API; the LMS mounts them under ``/discussion_ext/``."""

from django.urls import include, path

from .views import check_in

app_name = "discussion_ext"

urlpatterns = [
    path("check_in/<str:uid>/", check_in.check_in, name="check_in"),
    path("check_in/<str:uid>/host/", check_in.host, name="host_check_in"),
    path("api/v1/", include("discussion_ext.rest_api.v1.urls")),
]
