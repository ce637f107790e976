"""The platform's tags for its own style sheets. The host's pages carry their styles already."""

from django import template

register = template.Library()


@register.simple_tag
def stylesheet(name: str, raw: bool = False) -> str:
    """Return nothing: ``main_django.html`` links the host's style sheet."""
    return ""


@register.simple_tag
def javascript(name: str, raw: bool = False) -> str:
    """Return nothing: ``main_django.html`` links the host's scripts."""
    return ""
