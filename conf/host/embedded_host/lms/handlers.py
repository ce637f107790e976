"""Calls from blocks on a page to their handlers, with the LMS's answers to who may call."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from embedded_host.runtime.build import build_learner_runtime
from embedded_host.runtime.calls import run_handler
from lms.djangoapps.courseware.access import can_load_block
from xmodule.modulestore.django import modulestore
from xmodule.modulestore.exceptions import ItemNotFoundError

from .courseware import parse_course_key, parse_usage_key


@csrf_exempt
@xframe_options_exempt
@transaction.non_atomic_requests
def handle(
    request: HttpRequest, course_id: str, usage_id: str, handler: str, suffix: str | None = None
) -> HttpResponse:
    """Run a handler of a block.

    As in the LMS: a token is asked of people with a session, strangers may only read, blocks that are hidden or in a
    course that has not started are there for staff only, enrolment is not asked (that is the block's affair), and there
    is no transaction around the call.
    """
    if request.user.is_authenticated:
        refusal = CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, _nothing, (), {})
        if refusal is not None:
            return refusal
    elif request.method != "GET":
        return HttpResponseForbidden("Unauthenticated")
    try:
        tree = modulestore().get_tree(parse_course_key(course_id))
    except ItemNotFoundError as error:
        raise Http404 from error
    key = parse_usage_key(usage_id)
    if key.course_key != tree.course_key or tree.find(key) is None:
        raise Http404
    runtime = build_learner_runtime(tree, request)
    if not can_load_block(runtime.learner, tree, key):
        raise Http404
    return run_handler(runtime, request, key, handler, suffix or "")


def _nothing(request: HttpRequest) -> HttpResponse:
    """Stand for this view, whose exemption from the check must not count."""
    return HttpResponse()
