"""The LMS's discussion REST routes, as far as the suite and its tests rely on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.http import Http404, QueryDict
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from rest_framework import permissions, viewsets
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import layer, lists
from .access import parse_course_key
from .inputs import check_object
from .ratelimit import is_content_creation_rate_limited

MAX_PAGE_SIZE = 100
VIEWS = ("unread", "unanswered", "unresponded")


class MergePatchParser(JSONParser):
    """The only content type a change is accepted in."""

    media_type = "application/merge-patch+json"


class DiscussionView(APIView):
    """Signed-in people only; errors in the platform's form with ``developer_message`` and ``field_errors``."""

    permission_classes = (permissions.IsAuthenticated,)
    parser_classes = (JSONParser, MergePatchParser)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn an error into a response; what is no error of the caller's stays a 500."""
        if isinstance(exc, ValidationError):
            return Response(_describe(exc), status=400)
        if isinstance(exc, APIException):
            return Response({"developer_message": exc.detail}, status=exc.status_code)
        if isinstance(exc, (Http404, ObjectDoesNotExist)):
            return Response({"developer_message": str(exc) or "Not found."}, status=404)
        raise exc


class ThreadViewSet(viewsets.ViewSetMixin, DiscussionView):
    """``threads/`` and ``threads/{thread_id}/``."""

    lookup_field = "thread_id"

    def list(self, request: Request) -> Response:
        """List a course's threads: by topic, text, author or those followed."""
        query = request.query_params
        course_key = _course_key(query)
        if sum(bool(query.get(name)) for name in ("topic_id", "text_search", "following")) > 1:
            raise ValidationError(
                "The following query parameters are mutually exclusive: topic_id, text_search, following"
            )
        wanted = lists.ThreadQuery(
            page=_positive(query, "page", 1),
            page_size=min(_positive(query, "page_size", 10), MAX_PAGE_SIZE),
            topic_ids=_several(query, "topic_id"),
            text_search=query.get("text_search", ""),
            following=bool(_boolean(query, "following")),
            author=query.get("author", ""),
            thread_type=_choice(query, "thread_type", ("discussion", "question")),
            flagged=bool(_boolean(query, "flagged")),
            view=_choice(query, "view", VIEWS),
            order_by=_choice(query, "order_by", tuple(lists.SORT_KEYS)) or "last_activity_at",
        )
        page = lists.get_thread_list(request, course_key, wanted)
        return _paged(request, page)

    def retrieve(self, request: Request, thread_id: str) -> Response:
        """Return one thread, a standalone one too."""
        return Response(lists.get_thread(request, thread_id))

    def create(self, request: Request) -> Response:
        """Create a thread."""
        return _create(request, layer.create_thread)

    def partial_update(self, request: Request, thread_id: str) -> Response:
        """Change a thread."""
        _require_merge_patch(request)
        return Response(layer.update_thread(request, thread_id, check_object(request.data)))

    def destroy(self, request: Request, thread_id: str) -> Response:
        """Delete a thread."""
        layer.delete_thread(request, thread_id)
        return Response(status=204)


class CommentViewSet(viewsets.ViewSetMixin, DiscussionView):
    """``comments/`` and ``comments/{comment_id}/``."""

    lookup_field = "comment_id"

    def list(self, request: Request) -> Response:
        """List the responses of a thread."""
        query = request.query_params
        if not query.get("thread_id"):
            raise ValidationError({"thread_id": ["This field is required."]})
        page = lists.get_comment_list(
            request,
            query["thread_id"],
            _boolean(query, "endorsed"),
            _positive(query, "page", 1),
            min(_positive(query, "page_size", 10), MAX_PAGE_SIZE),
            merge_question_type_responses=bool(_boolean(query, "merge_question_type_responses")),
        )
        return _paged(request, page)

    def create(self, request: Request) -> Response:
        """Create a response, or a comment on one."""
        return _create(request, layer.create_comment)

    def partial_update(self, request: Request, comment_id: str) -> Response:
        """Change a response or comment."""
        _require_merge_patch(request)
        return Response(layer.update_comment(request, comment_id, check_object(request.data)))

    def destroy(self, request: Request, comment_id: str) -> Response:
        """Delete a response or comment."""
        layer.delete_comment(request, comment_id)
        return Response(status=204)


class CourseView(DiscussionView):
    """``courses/{course_id}/``."""

    def get(self, request: Request, course_id: str) -> Response:
        """Describe the discussion of a course."""
        return Response(lists.get_course(request, parse_course_key(course_id)))


class CourseTopicsView(DiscussionView):
    """``course_topics/{course_id}``."""

    def get(self, request: Request, course_id: str) -> Response:
        """List the topics of a course."""
        wanted = _several(request.query_params, "topic_id")
        return Response(lists.get_course_topics_v2(parse_course_key(course_id), request.user, wanted))


def _create(request: Request, create: Callable[[Any, Any], dict[str, Any]]) -> Response:
    course_id = request.data.get("course_id") if isinstance(request.data, dict) else None
    try:
        course_key = CourseKey.from_string(course_id) if isinstance(course_id, str) else None
    except InvalidKeyError:
        course_key = None
    if is_content_creation_rate_limited(request, course_key=course_key):
        return Response({"developer_message": "Too many requests"}, status=429)
    return Response(create(request, request.data))


def _require_merge_patch(request: Request) -> None:
    if request.content_type != MergePatchParser.media_type:
        raise UnsupportedMediaType(request.content_type)


def _describe(error: ValidationError) -> dict[str, Any]:
    if not hasattr(error, "message_dict"):
        return {"developer_message": error.messages[0]}
    fields = dict(error.message_dict)
    general = fields.pop(NON_FIELD_ERRORS, []) + fields.pop("non_field_errors", [])
    described: dict[str, Any] = {"developer_message": general[0]} if general else {}
    if fields:
        described["field_errors"] = {name: {"developer_message": texts[0]} for name, texts in fields.items()}
    return described


def _course_key(query: QueryDict) -> CourseKey:
    text = query.get("course_id")
    if not text:
        raise ValidationError({"course_id": ["This field is required."]})
    try:
        return CourseKey.from_string(text)
    except InvalidKeyError as error:
        raise ValidationError({"course_id": [f"'{text}' is not a valid course id"]}) from error


def _positive(query: QueryDict, name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10):
        raise ValidationError({name: ["Ensure this value is a whole number from 1."]})
    return int(text)


def _boolean(query: QueryDict, name: str) -> bool | None:
    text = query.get(name)
    if not text:
        return None
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValidationError({name: ["Invalid Boolean Value."]})
    return text.lower() in ("true", "1")


def _choice(query: QueryDict, name: str, choices: tuple[str, ...]) -> str | None:
    value = query.get(name) or None
    if value is not None and value not in choices:
        raise ValidationError({name: [f"Select a valid choice. {value} is not one of the available choices."]})
    return value


def _several(query: QueryDict, name: str) -> list[str]:
    return [part for value in query.getlist(name) for part in value.split(",") if part]


def _paged(request: Request, page: lists.Page) -> Response:
    def link(number: int) -> str | None:
        if not 1 <= number <= page.pages:
            return None
        query = request.query_params.copy()
        query["page"] = str(number)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    pagination = {
        "next": link(page.number + 1),
        "previous": link(page.number - 1),
        "count": page.count,
        "num_pages": page.pages,
    }
    return Response({"results": page.results, "pagination": pagination, **page.extra})
