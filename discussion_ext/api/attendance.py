"""Meetings, seats and who came: what chapters' events and class sessions share."""
