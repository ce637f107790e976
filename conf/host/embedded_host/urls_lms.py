"""Addresses of the LMS: the host's pages, the forum, Django admin and the plugins', in this order."""

from django.contrib import admin
from django.urls import include, path
from edx_django_utils.plugins import get_plugin_url_patterns

handler403 = "django.views.defaults.permission_denied"
handler404 = "django.views.defaults.page_not_found"
handler500 = "django.views.defaults.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("embedded_host.lms.urls")),
    path("", include("embedded_host.forum.urls")),
    *get_plugin_url_patterns("lms.djangoapp"),
]
