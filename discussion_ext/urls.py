"""Addresses of the pages and of the REST API; the LMS mounts them under ``/discussion_ext/``."""

from django.urls import include, path, register_converter

from .converters import RowIdConverter
from .views import check_in, my_sessions, sessions_import, sessions_roster, sessions_team, ticket_check_in

register_converter(RowIdConverter, "row_id")

app_name = "discussion_ext"

urlpatterns = [
    path("check_in/<str:uid>/", check_in.check_in, name="check_in"),
    path("check_in/<str:uid>/host/", check_in.host, name="host_check_in"),
    path("check_in/<str:uid>/ticket/<str:token>/", ticket_check_in.ticket, name="ticket_check_in"),
    path("calendar/<str:token>.ics", my_sessions.calendar, name="calendar"),
    path("courses/<str:course_id>/my_sessions/", my_sessions.my_sessions, name="my_sessions"),
    path("courses/<str:course_id>/sessions/", sessions_team.sessions_list, name="sessions"),
    path(
        "courses/<str:course_id>/sessions/<row_id:session_id>/",
        sessions_team.session_settings,
        name="session_settings",
    ),
    path("courses/<str:course_id>/sessions/<row_id:session_id>/add/", sessions_team.sitting_add, name="sitting_add"),
    path(
        "courses/<str:course_id>/sessions/<row_id:session_id>/import/<str:kind>/",
        sessions_import.choose_file,
        name="session_import",
    ),
    path(
        "courses/<str:course_id>/sessions/<row_id:session_id>/preview/<str:token>/",
        sessions_import.preview,
        name="session_preview",
    ),
    path(
        "courses/<str:course_id>/sessions/<row_id:session_id>/export/<str:kind>/",
        sessions_roster.export_session,
        name="session_export",
    ),
    path("courses/<str:course_id>/sittings/<row_id:sitting_id>/", sessions_roster.sitting, name="sitting"),
    path("courses/<str:course_id>/sittings/<row_id:sitting_id>/edit/", sessions_team.sitting_edit, name="sitting_edit"),
    path(
        "courses/<str:course_id>/sittings/<row_id:sitting_id>/cancel/",
        sessions_team.sitting_cancel,
        name="sitting_cancel",
    ),
    path(
        "courses/<str:course_id>/sittings/<row_id:sitting_id>/learners/<row_id:user_id>/",
        sessions_roster.learner,
        name="sitting_learner",
    ),
    path(
        "courses/<str:course_id>/sittings/<row_id:sitting_id>/export/",
        sessions_roster.export_roster,
        name="sitting_export",
    ),
    path(
        "courses/<str:course_id>/sittings/<row_id:sitting_id>/calendar/",
        my_sessions.sitting_calendar,
        name="sitting_calendar",
    ),
    path("api/v1/", include("discussion_ext.rest_api.v1.urls")),
]
