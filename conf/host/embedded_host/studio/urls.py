"""Addresses of Studio's pages."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from embedded_host.lms import files, people

from . import course_settings, libraries, outline, unit

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="studio_home")),
    path("login", people.signin, name="signin_user"),
    path("logout", people.signout, name="logout"),
    path("lang_pref/update_language", people.set_language, name="update_language"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    re_path(r"^static/studio/(?P<path>.*)$", files.static_file, name="static_file"),
    re_path(r"^(?P<asset_key>asset-v1:[^/]+)$", files.course_asset, name="course_asset"),
    path("home/", outline.home, name="studio_home"),
    path("course/<path:course_id>/act", outline.act, name="studio_outline_act"),
    path("course/<path:course_id>", outline.outline, name="studio_outline"),
    path("container/<path:usage_id>", unit.unit, name="studio_unit"),
    path("xblock/<path:usage_id>/handler/<slug:handler>", unit.handle, name="studio_handler"),
    path("xblock/<path:usage_id>/handler/<slug:handler>/<path:suffix>", unit.handle),
    path("xblock/<path:usage_id>/edit", unit.edit, name="studio_edit"),
    path("xblock/<path:usage_id>/act", unit.act, name="studio_act"),
    path("pages-and-resources/<path:course_id>", course_settings.pages_and_resources, name="studio_pages"),
    path("settings/advanced/<path:course_id>", course_settings.advanced_settings, name="studio_advanced"),
    path("course_rerun/<path:course_id>", course_settings.rerun, name="studio_rerun"),
    path("library-preview/<slug:block_type>", libraries.preview, name="studio_library_preview"),
]
