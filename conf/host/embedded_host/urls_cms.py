"""Addresses of Studio: the host's pages, Django admin and the plugins'."""

from django.contrib import admin
from django.urls import include, path
from edx_django_utils.plugins import get_plugin_url_patterns

handler403 = "django.views.defaults.permission_denied"
handler404 = "django.views.defaults.page_not_found"
handler500 = "django.views.defaults.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("embedded_host.studio.urls")),
    *get_plugin_url_patterns("cms.djangoapp"),
]
