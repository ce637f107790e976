"""Run a handler of a block; used by the LMS and by Studio, so nothing of the LMS's own apps is imported here."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from xblock.django.request import django_to_webob_request, webob_to_django_response
from xblock.exceptions import NoSuchHandlerError

log = logging.getLogger(__name__)


def run_handler(runtime: Any, request: HttpRequest, usage_key: Any, handler: str, suffix: str) -> HttpResponse:
    """Run a handler in a runtime and turn its answer into Django's; an unknown handler is a 404."""
    block = runtime.get_block(usage_key)
    try:
        response = block.handle(handler, django_to_webob_request(request), suffix)
    except NoSuchHandlerError as error:
        log.info("No handler %s in %s", handler, usage_key)
        raise Http404 from error
    return webob_to_django_response(response)
