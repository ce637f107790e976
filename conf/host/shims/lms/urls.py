"""Addresses of the LMS."""

from embedded_host.urls_lms import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
