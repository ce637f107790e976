"""Addresses of events at the organizers' desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import (
    desk_attendees,
    desk_event_edit,
    desk_event_end,
    desk_event_mail,
    desk_event_new,
    desk_events,
    desk_series,
)

_EVENT = "<slug:slug>/desk/events/<chapters_row_id:event_id>/"

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/desk/events/", desk_events.events_list, name="desk_events"),
    path("<slug:slug>/desk/events/new/", desk_event_new.new, name="desk_event_new"),
    path("<slug:slug>/desk/events/templates/", desk_event_edit.templates, name="desk_event_templates"),
    path("<slug:slug>/desk/events/requests/", desk_attendees.presences, name="desk_presences"),
    path("<slug:slug>/desk/series/<chapters_row_id:series_id>/", desk_series.series, name="desk_series"),
    path(_EVENT, desk_events.event, name="desk_event"),
    path(f"{_EVENT}edit/", desk_event_edit.edit, name="desk_event_edit"),
    path(f"{_EVENT}copy/", desk_event_edit.copy, name="desk_event_copy"),
    path(f"{_EVENT}cancel/", desk_event_end.cancel, name="desk_event_cancel"),
    path(f"{_EVENT}skip/", desk_event_end.skip, name="desk_event_skip"),
    path(f"{_EVENT}result/", desk_event_end.result, name="desk_event_result"),
    path(f"{_EVENT}attendees/", desk_attendees.attendees, name="desk_attendees"),
    path(f"{_EVENT}attendees/<chapters_row_id:rsvp_id>/", desk_attendees.attendee, name="desk_attendee"),
    path(f"{_EVENT}presences/", desk_attendees.event_presences, name="desk_event_presences"),
    path(f"{_EVENT}print/", desk_attendees.print_list, name="desk_attendees_print"),
    path(f"{_EVENT}attendees.csv", desk_attendees.export, name="desk_attendees_csv"),
    path(f"{_EVENT}mail/", desk_event_mail.mail, name="desk_event_mail"),
]
