"""Addresses of the desks of organizers and community managers."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
