"""Addresses of the directory, of public pages, and of what members see of a chapter."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
