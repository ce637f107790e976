"""A block that does nothing but answer what a runtime gives it."""

from __future__ import annotations

import json
from typing import Any

from web_fragments.fragment import Fragment
from webob import Response
from xblock.completable import CompletableXBlockMixin
from xblock.core import XBlock
from xblock.exceptions import NoSuchServiceError
from xblock.fields import Integer, List, Scope, String

GIVEN = ("user", "i18n", "settings", "completion", "cache", "publish", "replace_urls", "field-data")
ABSENT = ("grade", "grades", "discussion", "notes", "badging", "comments", "cohorts", "xqueue", "lti-configuration")


@XBlock.needs(*(name for name in GIVEN + ABSENT if name != "completion"))
@XBlock.wants("completion")
class HostProbeBlock(CompletableXBlockMixin, XBlock):
    """Reports services and ids, stores a number in every scope, publishes what it is told."""

    has_score = True

    title = String(default="Probe", scope=Scope.settings)
    limit = Integer(default=3, scope=Scope.content)
    words = List(default=[], scope=Scope.content)
    count = Integer(default=0, scope=Scope.user_state)
    note = String(default="", scope=Scope.user_state)
    everybody = Integer(default=0, scope=Scope.user_state_summary)
    preferred = Integer(default=0, scope=Scope.preferences)
    about_me = Integer(default=0, scope=Scope.user_info)

    def student_view(self, context: Any = None) -> Fragment:
        fragment = Fragment(f"<p>{self.title}: {self.count}</p>")
        fragment.add_javascript("function HostProbe(runtime, element, args) {}")
        fragment.initialize_js("HostProbe", {"text": "</script><b>"})
        return fragment

    @XBlock.handler
    def add(self, request: Any, suffix: str = "") -> Response:
        self.count += 1
        self.everybody += 1
        self.preferred += 1
        self.about_me += 1
        return _json({"count": self.count, "everybody": self.everybody})

    @XBlock.json_handler
    def write_authored(self, data: Any, suffix: str = "") -> dict[str, Any]:
        self.title = data["title"]
        self.words = [*self.words, "more"]
        return {}

    @XBlock.json_handler
    def publish_event(self, data: Any, suffix: str = "") -> dict[str, Any]:
        self.runtime.publish(self, data["type"], data["event"])
        return {}

    @XBlock.handler
    def who(self, request: Any, suffix: str = "") -> Response:
        user = self.runtime.service(self, "user").get_current_user()
        return _json({"scope_user_id": self.scope_ids.user_id, "name": user.full_name, **user.opt_attrs})

    @XBlock.handler
    def services(self, request: Any, suffix: str = "") -> Response:
        present = []
        for name in GIVEN + ABSENT:
            try:
                if self.runtime.service(self, name) is not None:
                    present.append(name)
            except NoSuchServiceError:
                continue
        return _json({"present": present})


def _json(data: dict[str, Any]) -> Response:
    return Response(json.dumps(data), content_type="application/json", charset="utf-8")
