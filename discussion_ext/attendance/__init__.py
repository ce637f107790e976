"""Meetings, seats, check-in and roll call: what class sessions and chapters' events share.

Inside, upper modules may use lower ones: ``roll``, ``check_in`` > ``records`` > ``seats``, ``tickets`` > ``meetings``
> ``owners``, ``codes``, ``calendars`` > ``wall_clocks``.

Rows are locked in one order: meetings by id, a seat, attendances by person.
"""
