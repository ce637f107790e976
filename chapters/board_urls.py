"""Addresses of the discussion boards of chapters."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
