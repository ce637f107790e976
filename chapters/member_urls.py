"""Addresses of the directory, of public pages, and of what members see of a chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import concerns, directory, introduction, invitations, membership, people, proposals, public

urlpatterns: list[URLPattern] = [
    path("", directory.directory, name="directory"),
    path("propose/", proposals.propose, name="propose"),
    path("mine/invitations/", invitations.invitations, name="invitations"),
    path("mine/reports/<chapters_row_id:concern_id>/", concerns.my_report, name="my_report"),
    path("<slug:slug>/", public.chapter, name="chapter"),
    path("<slug:slug>/proposal/", proposals.proposal, name="proposal"),
    path("<slug:slug>/about/", public.about, name="about"),
    path("<slug:slug>/join/", membership.join, name="join"),
    path("<slug:slug>/leave/", membership.leave, name="leave"),
    path("<slug:slug>/left/", membership.left, name="left"),
    path("<slug:slug>/mail/", membership.mail, name="mail"),
    path("<slug:slug>/appeal/", membership.appeal, name="appeal"),
    path("<slug:slug>/introduction/", introduction.introduction, name="introduction"),
    path("<slug:slug>/people/", people.members, name="people"),
    path("<slug:slug>/people/<chapters_row_id:user_id>/", people.person, name="person"),
    path("<slug:slug>/report/", concerns.report, name="report"),
]
