"""Addresses of the LMS's pages, under the platform's names."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from . import certificates, courseware, files, handlers, instructor, people, progress

COURSE = r"^courses/(?P<course_id>[^/]+)"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="dashboard"), name="root"),
    path("login", people.signin, name="signin_user"),
    path("logout", people.signout, name="logout"),
    path("account/settings", people.account_settings, name="account_settings"),
    path("lang_pref/update_language", people.set_language, name="update_language"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("dashboard", courseware.dashboard, name="dashboard"),
    path("change_enrollment", courseware.change_enrollment, name="change_enrollment"),
    re_path(rf"{COURSE}/about$", courseware.about, name="about_course"),
    re_path(rf"{COURSE}/?$", courseware.outline, name="course_root"),
    re_path(rf"{COURSE}/course/?$", courseware.outline, name="openedx.course_experience.course_home"),
    re_path(rf"{COURSE}/courseware/?$", courseware.outline, name="courseware"),
    re_path(rf"{COURSE}/units/(?P<usage_key>[^/]+)$", courseware.unit, name="courseware_unit"),
    re_path(rf"{COURSE}/jump_to/(?P<location>.+)$", courseware.jump_to, name="jump_to"),
    re_path(rf"{COURSE}/jump_to_id/(?P<module_id>.+)$", courseware.jump_to_id, name="jump_to_id"),
    re_path(rf"{COURSE}/masquerade$", courseware.masquerade, name="masquerade_update"),
    re_path(rf"{COURSE}/progress$", progress.progress, name="progress"),
    re_path(rf"{COURSE}/progress/(?P<student_id>\d+)/$", progress.progress, name="student_progress"),
    re_path(r"^certificates/(?P<certificate_uuid>[0-9a-f]{32})$", certificates.show, name="render_cert_by_uuid"),
    re_path(rf"{COURSE}/instructor$", instructor.instructor, name="instructor_dashboard"),
    re_path(
        rf"{COURSE}/xblock/(?P<usage_id>[^/]+)/handler/(?P<handler>[^/]*)(?:/(?P<suffix>.*))?$",
        handlers.handle,
        name="xblock_handler",
    ),
    re_path(r"^xblock/(?P<usage_key>[^/]+)$", courseware.single_block, name="render_xblock"),
    re_path(r"^(?P<asset_key>asset-v1:[^/]+)$", files.course_asset, name="course_asset"),
    re_path(r"^static/(?P<path>.*)$", files.static_file, name="static_file"),
]
