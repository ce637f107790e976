"""Addresses of a chapter's events as people see them; those of the desk are in ``event_desk_urls``."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import event_after, event_answers, event_calendars, event_ticket, events, my_events

urlpatterns: list[URLPattern] = [
    path("mine/events/", my_events.my_events, name="my_events"),
    path("<slug:slug>/events/", events.events, name="events"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/", events.event, name="event"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/answer/", event_answers.answer, name="event_answer"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/decline/", event_answers.decline, name="event_decline"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/offer/", event_answers.offer, name="event_offer"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/keep/", event_answers.keep, name="event_keep"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/series/", event_answers.series, name="event_series"),
    path(
        "<slug:slug>/events/<chapters_row_id:event_id>/calendar.ics",
        event_calendars.event_calendar,
        name="event_calendar",
    ),
    path("<slug:slug>/events.ics", event_calendars.chapter_calendar, name="chapter_calendar"),
    path("<slug:slug>/calendar/<str:token>.ics", event_calendars.chapter_feed, name="chapter_feed"),
    path("<slug:slug>/events/results/", event_after.results, name="results"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/ticket/", event_ticket.ticket, name="event_ticket"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/result/", event_after.result, name="event_result"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/survey/", event_after.survey, name="event_survey"),
    path("<slug:slug>/events/<chapters_row_id:event_id>/presence/", event_after.presence, name="event_presence"),
]
