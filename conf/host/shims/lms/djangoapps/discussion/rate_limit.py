"""Limit on how fast one person may post."""

from embedded_host.forum.ratelimit import is_content_creation_rate_limited

__all__ = ["is_content_creation_rate_limited"]
