"""Addresses of these pages."""

urlpatterns: list[object] = []
