"""Addresses of the Studio."""

from embedded_host.urls_cms import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
