"""Somebody with a browser's session on a running platform: addresses, cookies and tokens, nothing of the suite."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from lxml import html

PATIENCE_SECONDS = 60  # workers, and caches of a course that was published a moment ago


@dataclass(frozen=True)
class Platform:
    """Where the two services answer, without a slash at the end."""

    lms: str
    cms: str


def eventually(ask: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
    """Return the first true answer of ``ask``, or its last one: what a worker does arrives a little later."""
    until = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.5)
    return answer


class Person:
    """One person with one session, good for the LMS and (by its single sign-on) for Studio."""

    def __init__(self, platform: Platform, name: str = "", password: str = "") -> None:
        self.platform = platform
        self.name = name
        self.password = password
        self.session = requests.Session()
        self.session.get(f"{platform.lms}/csrf/api/v1/token", timeout=60).raise_for_status()

    # -- requests ------------------------------------------------------------------------------------------------------

    def lms(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask the LMS; ``path`` begins with a slash."""
        return self._ask(method, self.platform.lms, path, **options)

    def cms(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask Studio; ``path`` begins with a slash."""
        return self._ask(method, self.platform.cms, path, **options)

    def read(self, path: str, **options: Any) -> Any:
        """Return the JSON that the LMS answers with; anything but 200 fails."""
        response = self.lms("GET", path, **options)
        assert response.status_code == 200, f"{self.name} {path}: {response.status_code} {response.text[:300]}"
        return response.json()

    def patch(self, path: str, **fields: Any) -> requests.Response:
        """Send a merge patch, the only kind the platform takes at these addresses."""
        headers = {"Content-Type": "application/merge-patch+json"}
        return self.lms("PATCH", path, data=json.dumps(fields), headers=headers)

    def _ask(self, method: str, base: str, path: str, **options: Any) -> requests.Response:
        headers = {
            "Accept": "application/json",
            "Referer": f"{base}/",
            "Origin": base,
            "X-CSRFToken": self._token(base),
        }
        headers |= options.pop("headers", {})
        return self.session.request(method, base + path, headers=headers, timeout=300, **options)

    def _token(self, base: str) -> str:
        host = urlsplit(base).hostname or ""
        tokens = [
            c.value for c in self.session.cookies if c.name == "csrftoken" and host.endswith(c.domain.lstrip("."))
        ]
        return tokens[0] or "" if tokens else ""

    # -- account -------------------------------------------------------------------------------------------------------

    def register(self, full_name: str) -> requests.Response:
        """Make the account through the platform's own registration."""
        fields = {
            "username": self.name,
            "email": f"{self.name}@example.com",
            "name": full_name,
            "password": self.password,
            "honor_code": "true",
            "terms_of_service": "true",
            "country": "NL",
        }
        return self.lms("POST", "/api/user/v2/account/registration/", data=fields)

    def sign_in(self) -> requests.Response:
        """Begin a session; nothing is raised, so that a caller can ask why it was refused."""
        fields = {"email_or_username": self.name, "password": self.password}
        return self.lms("POST", "/api/user/v2/account/login_session/", data=fields)

    def activate(self, name: str) -> None:
        """As a superuser, activate the account ``name`` in Django's admin: the mail with the link is not read here."""
        found = re.search(r"/admin/auth/user/\d+/change/", self.lms("GET", f"/admin/auth/user/?q={name}").text)
        assert found, f"no account {name} in the admin"
        form = html.fromstring(self.lms("GET", found[0]).text).get_element_by_id("user_form")
        fields = [*form.form_values(), ("is_active", "on")]
        saved = self.lms("POST", found[0], data=fields, allow_redirects=False)
        assert saved.status_code == 302, f"the admin did not activate {name}: {saved.status_code}"

    def speak(self, language: str) -> None:
        """Choose the language of the interface."""
        saved = self.patch(f"/api/user/v1/preferences/{self.name}", **{"pref-lang": language or None})
        assert saved.status_code == 204, saved.text[:300]

    # -- courses -------------------------------------------------------------------------------------------------------

    def enrol(self, course_id: str) -> None:
        """Join an open course."""
        joined = self.lms("POST", "/api/enrollment/v1/enrollment", json={"course_details": {"course_id": course_id}})
        assert joined.status_code == 200, joined.text[:300]

    def leave(self, course_id: str) -> None:
        """Leave the course."""
        left = self.lms("POST", "/change_enrollment", data={"course_id": course_id, "enrollment_action": "unenroll"})
        assert left.status_code == 200, left.text[:300]

    # -- the platform's own discussion ---------------------------------------------------------------------------------

    def start_thread(self, course_id: str, topic: str, *, title: str, body: str) -> dict[str, Any]:
        """Post a thread through the discussion API."""
        fields = {"course_id": course_id, "topic_id": topic, "type": "discussion", "title": title, "raw_body": body}
        posted = self.lms("POST", "/api/discussion/v1/threads/", json=fields)
        assert posted.status_code == 200, posted.text[:300]
        return dict(posted.json())

    def respond(self, thread_id: str, body: str) -> dict[str, Any]:
        """Post a response through the discussion API."""
        posted = self.lms("POST", "/api/discussion/v1/comments/", json={"thread_id": thread_id, "raw_body": body})
        assert posted.status_code == 200, posted.text[:300]
        return dict(posted.json())

    def change_post(self, kind: str, post_id: str, body: str) -> None:
        """Change an own post; ``kind`` is ``threads`` or ``comments``."""
        changed = self.patch(f"/api/discussion/v1/{kind}/{post_id}/", raw_body=body)
        assert changed.status_code == 200, changed.text[:300]

    def delete_post(self, kind: str, post_id: str) -> None:
        """Delete a post as its author or as a moderator."""
        deleted = self.lms("DELETE", f"/api/discussion/v1/{kind}/{post_id}/")
        assert deleted.status_code == 204, deleted.text[:300]
