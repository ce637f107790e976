"""The page behind a mail's "stop these mails"."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from . import api


@method_decorator([csrf_exempt, api.personal_page], name="dispatch")
class UnsubscribeView(View):
    """Stop one kind of mail, or let it come again, without logging in.

    Opening the page changes nothing: mail programs and scanners open every link. The button posts, and so does a mail
    program's own one-click button (RFC 8058), which carries no CSRF token; the signed address itself is the proof.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse a token that is not ours, whatever the method."""
        try:
            self.user_id, self.kind = api.read_token(kwargs["token"])
            self.kind_title = api.say_kind(self.kind)
        except (api.InvalidTokenError, api.UnknownMessageKindError):
            return _unlinked(render(request, "people/unsubscribe.html", {"is_unreadable": True}, status=404))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what would stop and one button."""
        return self._page(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Stop the mail; with ``act=resume`` let it come again."""
        try:
            api.keep_pace(
                act="people.unsubscribe", who=f"{self.user_id}:{self.kind}", limit=settings.PEOPLE_UNSUBSCRIBE_LIMIT
            )
        except api.TooFastError as refused:
            response = self._page(request, problem=str(refused), status=429)
            response.headers["Retry-After"] = str(refused.wait_seconds)
            return response
        if request.POST.get("act") == "resume":
            api.subscribe(self.user_id, self.kind)
        else:
            api.unsubscribe(self.user_id, self.kind)
        return self._page(request, is_changed=True)

    def _page(
        self, request: HttpRequest, *, is_changed: bool = False, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "kind_title": self.kind_title,
            "is_subscribed": api.is_subscribed(self.user_id, self.kind),
            "is_changed": is_changed,
            "problem": problem,
        }
        return _unlinked(render(request, "people/unsubscribe.html", context, status=status))


def _unlinked(response: HttpResponse) -> HttpResponse:
    """Keep the address, which is a key, from every page that is opened from this one."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
