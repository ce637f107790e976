"""Addresses of the organizers' desk and of the community managers' pages."""

from django.urls import path

from .views import (
    desk,
    desk_bans,
    desk_life,
    desk_members,
    desk_records,
    desk_requests,
    desk_roles,
    desk_settings,
    manage,
    manage_chapters,
    manage_concerns,
)

urlpatterns = [
    path("manage/", manage.overview, name="manage"),
    path("manage/chapters/", manage_chapters.chapters, name="manage_chapters"),
    path("manage/chapters/<chapters_row_id:chapter_id>/", manage_chapters.chapter, name="manage_chapter"),
    path("manage/requests/", manage.overdue_requests, name="manage_requests"),
    path("manage/leaving/", manage.leaving, name="manage_leaving"),
    path("manage/reports/", manage_concerns.concerns, name="manage_concerns"),
    path("manage/reports/<chapters_row_id:concern_id>/", manage_concerns.concern, name="manage_concern"),
    path("<slug:slug>/desk/", desk.overview, name="desk"),
    path("<slug:slug>/desk/requests/", desk_requests.requests, name="desk_requests"),
    path("<slug:slug>/desk/requests/<chapters_row_id:membership_id>/", desk_requests.one_request, name="desk_request"),
    path("<slug:slug>/desk/members/", desk_members.members, name="desk_members"),
    path("<slug:slug>/desk/members/<chapters_row_id:user_id>/", desk_members.member, name="desk_member"),
    path("<slug:slug>/desk/members/<chapters_row_id:user_id>/ban/", desk_bans.ban_person, name="desk_ban_person"),
    path("<slug:slug>/desk/bans/", desk_bans.bans, name="desk_bans"),
    path("<slug:slug>/desk/bans/<chapters_row_id:ban_id>/", desk_bans.ban, name="desk_ban"),
    path("<slug:slug>/desk/questions/", desk_settings.questions, name="desk_questions"),
    path("<slug:slug>/desk/profile/", desk_settings.profile, name="desk_profile"),
    path("<slug:slug>/desk/rules/", desk_settings.rules, name="desk_rules"),
    path("<slug:slug>/desk/roles/", desk_roles.roles, name="desk_roles"),
    path("<slug:slug>/desk/life/", desk_life.life, name="desk_life"),
    path("<slug:slug>/desk/leaving/", desk_records.leaving, name="desk_leaving"),
    path("<slug:slug>/desk/log/", desk_records.log, name="desk_audit"),
    path("<slug:slug>/desk/export/", desk_records.export, name="desk_export"),
]
