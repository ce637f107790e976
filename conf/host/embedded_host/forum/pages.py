"""The discussion as plain pages: every act is a form, nothing needs a script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from rest_framework.exceptions import APIException

from . import layer
from .access import Requester, access_course, is_open_for, parse_course_key
from .inputs import CLOSE_REASONS
from .ratelimit import is_content_creation_rate_limited
from .reading import list_threads, read_thread
from .topics import find_topic, list_topics

View = Callable[..., HttpResponse]


class ThreadForm(forms.Form):
    """A new thread."""

    topic_id = forms.ChoiceField(label=gettext_lazy("Topic"))
    type = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[("discussion", gettext_lazy("A discussion")), ("question", gettext_lazy("A question"))],
        widget=forms.RadioSelect,
        initial="discussion",
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=1024)
    raw_body = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Markdown works: **bold**, lists, links."),
    )

    def __init__(self, *args: Any, topics: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic_id"] = forms.ChoiceField(
            label=_("Topic"), choices=[(topic.id, topic.name) for topic in topics]
        )


class EditForm(forms.Form):
    """The text of a post; threads have a title too."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=1024)
    raw_body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args: Any, is_thread: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_thread:
            del self.fields["title"]


def discussion_page(view: View) -> View:
    """Open the course for the view; who may not enter it, or any post in it, sees "not found"."""

    @login_required
    @wraps(view)
    def opened(request: HttpRequest, course_id: str, **kwargs: Any) -> HttpResponse:
        try:
            requester = access_course(request, parse_course_key(course_id))
            thread_id = kwargs.get("thread_id")
            if thread_id is not None and not (thread_id.isascii() and thread_id.isdigit() and len(thread_id) < 19):
                raise Http404
            return view(request, requester, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error

    return opened


@discussion_page
def threads(request: HttpRequest, requester: Requester) -> HttpResponse:
    """List the threads of the course, of one topic, one's own, or those found."""
    topic_id, search = request.GET.get("topic", ""), request.GET.get("search", "").strip()[:200]
    mine = request.GET.get("mine") == "1"
    rows, page = list_threads(requester, topic_id=topic_id, search=search, mine=mine, page=request.GET.get("page", 1))
    topics = list_topics(requester.course)
    names = {topic.id: topic.name for topic in topics}
    context = {
        "rows": [(row, names.get(row.topic_id, row.topic_id)) for row in rows],
        "page": page,
        "topics": topics,
        "topic": find_topic(requester.course, topic_id),
        "search": search,
        "mine": mine,
        "is_open": is_open_for(requester),
        "page_query": _query_without_page(request),
    }
    return _render(request, requester, "threads", context)


def single_thread(request: HttpRequest, course_id: str, discussion_id: str, thread_id: str) -> HttpResponse:
    """Lead from the platform's address of a thread, which names its topic too, to the thread."""
    return redirect("forum_thread", course_id=course_id, thread_id=thread_id)


@discussion_page
def new_thread(request: HttpRequest, requester: Requester) -> HttpResponse:
    """Show and take the form of a new thread."""
    topics = list_topics(requester.course)
    form = ThreadForm(request.POST or None, topics=topics, initial={"topic_id": request.GET.get("topic")})
    if request.method == "POST" and form.is_valid():
        data = {"course_id": str(requester.course_key), **form.cleaned_data}
        created = _try(request, form, lambda: layer.create_thread(request, data), requester=requester)
        if created:
            messages.success(request, _("Your post is in the discussion."))
            return redirect("forum_thread", str(requester.course_key), created["id"])
    status = 400 if form.errors else 200
    context = {"form": form, "is_open": is_open_for(requester)}
    return _render(request, requester, "new_thread", context, status=status)


@discussion_page
def thread(request: HttpRequest, requester: Requester, thread_id: str) -> HttpResponse:
    """Show a thread with its responses; a POST adds a response or a comment."""
    status, draft = 200, {}
    if request.method == "POST":
        draft = {"parent_id": request.POST.get("parent_id", ""), "body": request.POST.get("raw_body", "")}
        data = {"thread_id": thread_id, "raw_body": draft["body"]}
        if draft["parent_id"]:
            data["parent_id"] = draft["parent_id"]
        created = _try(request, None, lambda: layer.create_comment(request, data), requester=requester)
        if created:
            messages.success(request, _("Your answer is in the discussion."))
            return _to_post(requester, thread_id, f"comment-{created['id']}")
        status = 400
    shown = read_thread(requester, thread_id, page=request.GET.get("page", 1))
    context = {
        "thread": shown,
        "topic": find_topic(requester.course, shown.topic_id),
        "close_reasons": CLOSE_REASONS.items(),
        "can_answer": is_open_for(requester) and not shown.is_closed,
        "draft": draft,
        "page": shown.page,
        "page_query": _query_without_page(request),
    }
    return _render(request, requester, "thread", context, status=status)


@require_POST
@discussion_page
def act(request: HttpRequest, requester: Requester, thread_id: str) -> HttpResponse:
    """Vote, follow, report, pin, close or endorse; the form names the post, the act and its value."""
    name, value = request.POST.get("act", ""), request.POST.get("value") == "1"
    comment_id = request.POST.get("comment_id", "")
    allowed = {"voted", "abuse_flagged", "endorsed"} if comment_id else ACTS_ON_THREADS
    if name not in allowed:
        raise Http404
    data: dict[str, Any] = {name: value}
    if name == "closed" and value:
        data["close_reason_code"] = request.POST.get("close_reason_code", "")
    if comment_id:
        done = _try(request, None, lambda: layer.update_comment(request, comment_id, data))
    else:
        done = _try(request, None, lambda: layer.update_thread(request, thread_id, data))
    if done:
        messages.success(request, DONE[name, value])
    return _to_post(requester, thread_id, f"comment-{comment_id}" if comment_id else "thread")


@discussion_page
def edit(request: HttpRequest, requester: Requester, thread_id: str) -> HttpResponse:
    """Show and take the form that changes a post."""
    shown = read_thread(requester, thread_id)
    comment_id = request.GET.get("comment_id") or request.POST.get("comment_id", "")
    post = _find_post(thread_id, comment_id)
    initial = {"title": shown.title, "raw_body": post.body}
    form = EditForm(request.POST or None, is_thread=not comment_id, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if comment_id:
            done = _try(request, form, lambda: layer.update_comment(request, comment_id, data))
        else:
            done = _try(request, form, lambda: layer.update_thread(request, thread_id, data))
        if done:
            messages.success(request, _("Your changes are saved."))
            return _to_post(requester, thread_id, f"comment-{comment_id}" if comment_id else "thread")
    context = {"form": form, "thread": shown, "comment_id": comment_id}
    return _render(request, requester, "edit", context, status=400 if form.errors else 200)


@discussion_page
def delete(request: HttpRequest, requester: Requester, thread_id: str) -> HttpResponse:
    """Ask, then delete a post with everything below it."""
    shown = read_thread(requester, thread_id)
    comment_id = request.GET.get("comment_id") or request.POST.get("comment_id", "")
    post = _find_post(thread_id, comment_id)
    if request.method == "POST":
        if comment_id:
            done = _try(request, None, lambda: layer.delete_comment(request, comment_id) or True)
        else:
            done = _try(request, None, lambda: layer.delete_thread(request, thread_id) or True)
        if done:
            messages.success(request, _("The post is deleted."))
            if comment_id:
                return _to_post(requester, thread_id, "responses")
            return redirect("forum_form_discussion", str(requester.course_key))
        return _to_post(requester, thread_id, f"comment-{comment_id}" if comment_id else "thread")
    context = {"thread": shown, "comment_id": comment_id, "body": post.body}
    return _render(request, requester, "delete", context)


ACTS_ON_THREADS = {"voted", "following", "abuse_flagged", "pinned", "closed"}
DONE = {
    ("voted", True): gettext_lazy("Your vote is counted."),
    ("voted", False): gettext_lazy("Your vote is taken back."),
    ("following", True): gettext_lazy("You follow this discussion."),
    ("following", False): gettext_lazy("You no longer follow this discussion."),
    ("abuse_flagged", True): gettext_lazy("Reported. The course team looks at it."),
    ("abuse_flagged", False): gettext_lazy("The report is taken back."),
    ("pinned", True): gettext_lazy("The discussion stays on top of the list."),
    ("pinned", False): gettext_lazy("The discussion is no longer on top of the list."),
    ("closed", True): gettext_lazy("The discussion is closed for answers."),
    ("closed", False): gettext_lazy("The discussion is open again."),
    ("endorsed", True): gettext_lazy("The answer is marked as good."),
    ("endorsed", False): gettext_lazy("The mark is taken away."),
}


def _try(request: HttpRequest, form: Any, work: Callable[[], Any], *, requester: Requester | None = None) -> Any:
    """Do the work; a refusal becomes form errors or a message. With a requester, the work counts as a post."""
    if requester and is_content_creation_rate_limited(request, course_key=requester.course_key):
        messages.error(request, _("You post very fast. Wait a minute and try again."))
        return None
    try:
        return work()
    except ValidationError as error:
        for name, text in _errors_of(error):
            if form is not None and name in form.fields:
                form.add_error(name, text)
            else:
                messages.error(request, text)
    except APIException as error:
        messages.error(request, str(error.detail))
    return None


def _errors_of(error: ValidationError) -> list[tuple[str | None, str]]:
    if hasattr(error, "message_dict"):
        return [(name, text) for name, texts in error.message_dict.items() for text in texts]
    return [(None, text) for text in error.messages]


def _find_post(thread_id: str, comment_id: str) -> Any:
    from forum.models import Comment, CommentThread

    if not comment_id:
        return CommentThread.objects.get(pk=int(thread_id))
    if not (comment_id.isascii() and comment_id.isdigit() and len(comment_id) < 19):
        raise Http404
    return Comment.objects.get(pk=int(comment_id), comment_thread_id=int(thread_id))


def _to_post(requester: Requester, thread_id: str, anchor: str) -> HttpResponse:
    return redirect(f"{reverse('forum_thread', args=[str(requester.course_key), thread_id])}#{anchor}")


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _render(
    request: HttpRequest, requester: Requester, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shared = {
        "course": requester.course,
        "course_id": str(requester.course_key),
        "is_moderator": requester.is_moderator,
        "active_page": "discussion",
    }
    return render(request, f"host_forum/{name}.html", {**shared, **context}, status=status)
