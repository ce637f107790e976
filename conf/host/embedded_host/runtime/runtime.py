"""The runtime itself: one course, one service, one person."""

from __future__ import annotations

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, format_html_join
from django.utils.safestring import mark_safe
from eventtracking import tracker
from opaque_keys.edx.keys import CourseKey, UsageKey
from web_fragments.fragment import Fragment
from xblock.fields import ScopeIds
from xblock.runtime import IdReader, MemoryIdManager, Runtime

from embedded_host.blocks import PlaceholderBlock
from embedded_host.courses.tree import CourseTree

from . import addresses
from .authored import AuthoredFieldData
from .mixin import PlatformMixin, can_complete_by_viewing
from .services import BlockI18nService


class KeyReader(IdReader):
    """Usage and definition are the same opaque key, which names the type itself."""

    def get_definition_id(self, usage_id: UsageKey) -> UsageKey:
        """Return the key."""
        return usage_id

    def get_block_type(self, def_id: UsageKey) -> str:
        """Return the type in the key."""
        return def_id.block_type

    get_usage_id_from_aside = get_definition_id_from_aside = None
    get_aside_type_from_usage = get_aside_type_from_definition = None


class HostRuntime(Runtime):
    """Runs blocks of one course for one person (or for nobody: ``learner_id`` None)."""

    def __init__(
        self,
        authored: AuthoredFieldData,
        *,
        learner: Any,
        learner_id: int | None,
        learner_state: Any,
        is_author_mode: bool,
        is_masquerade: bool = False,
        services: dict[str, Any],
    ) -> None:
        super().__init__(
            KeyReader(),
            MemoryIdManager(),
            mixins=(PlatformMixin,),
            services=services,
            default_class=PlaceholderBlock,
        )
        self._authored = authored
        self._learner = learner
        self._learner_id = learner_id
        self._learner_state = learner_state
        self._deprecated_per_instance_user_id = learner_id
        self.is_author_mode = is_author_mode
        self.is_masquerade = is_masquerade

    @property
    def learner(self) -> Any:
        """Return the user for whom blocks run: under masquerade the learner who is looked through."""
        return self._learner

    @property
    def tree(self) -> CourseTree:
        """Return the course tree as this runtime sees it now."""
        return self._authored.tree

    @property
    def course_id(self) -> CourseKey:
        """Return the course key."""
        return self.tree.course_key

    # What older blocks read from the runtime rather than from a service.

    @property
    def anonymous_student_id(self) -> str | None:
        """Return the learner's anonymous id in the course."""
        user = self._services["user"].get_current_user()
        return user.opt_attrs.get("edx-platform.anonymous_user_id")

    @property
    def user_is_staff(self) -> bool:
        """Tell whether the person is staff of the course."""
        return bool(self._services["user"].get_current_user().opt_attrs.get("edx-platform.user_is_staff"))

    def replace_urls(self, text: str) -> str:
        """Return the HTML with authors' addresses replaced."""
        return self._services["replace_urls"].replace_urls(text)

    def get_policy(self, usage_id: UsageKey) -> dict[str, Any]:
        """The host keeps no policies apart from fields."""
        return {}

    def render_template(self, template_name: str, dictionary: dict[str, Any]) -> str:
        """Render a Django template."""
        return render_to_string(template_name, dictionary)

    # Blocks.

    def get_block(self, usage_id: UsageKey, for_parent: Any = None) -> Any:
        """Return the block with its state; an unknown type gives a placeholder with its name."""
        keys = ScopeIds(self._learner_id, usage_id.block_type, usage_id, usage_id)
        return self.construct_xblock(usage_id.block_type, keys, for_parent=for_parent)

    def prefetch(self, usage_keys: list[UsageKey]) -> None:
        """Read the learner's state of these blocks in one query."""
        if self._learner_id is not None:
            self._learner_state.prefetch(self._learner_id, usage_keys)

    def service(self, block: Any, service_name: str) -> Any:
        """Return the service a block declared; its catalogue is its own."""
        service = super().service(block, service_name)
        return BlockI18nService(block) if service_name == "i18n" else service

    def applicable_aside_types(self, block: Any) -> list[str]:
        """The host has no asides."""
        return []

    # Addresses.

    def handler_url(
        self,
        block: Any,
        handler_name: str,
        suffix: str = "",
        query: str = "",
        thirdparty: bool = False,  # codespell:ignore thirdparty
    ) -> str:
        """Return the address of a handler in this service."""
        if thirdparty:  # codespell:ignore thirdparty
            raise NotImplementedError("The embedded host has no handlers for third parties")
        build = addresses.studio_handler_url if self.is_author_mode else addresses.lms_handler_url
        return build(block, handler_name, suffix, query)

    def local_resource_url(self, block: Any, uri: str) -> str:
        """Return the address of a file of the block's package."""
        return addresses.resource_url(block, uri)

    def resource_url(self, resource: str) -> str:
        """The platform has no files of its own for blocks either."""
        raise NotImplementedError("edX Platform doesn't currently implement XBlock resource urls")

    # Events.

    def publish(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        """Store a grade or completion of the learner; track everything else.

        In Studio and while staff view the course as a particular learner nothing is stored.
        """
        if event_type in {"grade", "completion", "progress"}:
            if self._learner_id is not None and not self.is_masquerade:
                self._store_result(block, event_type, event_data)
            return
        tracker.emit(event_type, {**event_data, "usage_key": str(block.scope_ids.usage_id)})

    def _store_result(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        if event_type == "grade":
            from lms.djangoapps.grades.signals.signals import SCORE_PUBLISHED

            SCORE_PUBLISHED.send(
                sender=None,
                block=block,
                user=self._learner,
                raw_earned=event_data["value"],
                raw_possible=event_data["max_value"],
                only_if_higher=event_data.get("only_if_higher"),
                score_deleted=event_data.get("score_deleted"),
                grader_response=event_data.get("grader_response"),
            )
        elif event_type == "completion":
            from completion.models import BlockCompletion

            BlockCompletion.objects.submit_completion(
                user=self._learner, block_key=block.scope_ids.usage_id, completion=event_data["completion"]
            )

    # Rendering.

    def wrap_xblock(self, block: Any, view: str, frag: Fragment, context: Any) -> Fragment:
        """Put the block's HTML into the element that the page's script starts it from, marked as the LMS marks it."""
        attributes = {
            "usage-id": block.scope_ids.usage_id,
            "usage": block.scope_ids.usage_id,
            "block-type": block.scope_ids.block_type,
            "course-id": self.course_id,
            "runtime-class": "StudioRuntime" if self.is_author_mode else "LmsRuntime",
            "handler-base": addresses.studio_handler_url(block, "") if self.is_author_mode
            else addresses.lms_handler_url(block, ""),
        }  # fmt: skip
        if frag.js_init_fn:
            attributes |= {"init": frag.js_init_fn, "runtime-version": frag.js_init_version}
        if view == "student_view" and self._learner_id is not None and can_complete_by_viewing(block):
            attributes["completable-by-viewing"] = "true"
        name = block.scope_ids.block_type
        html = [
            f'<div class="xblock xblock-v1 xblock-{view} xblock-{view}-{escape(name)}"',
            format_html_join("", ' data-{}="{}"', attributes.items()),
            ">",
            frag.content,
        ]
        if frag.json_init_args is not None:
            html.append(f'<script type="json/xblock-args" class="xblock-json-init-args">{_script_json(frag)}</script>')
        html.append("</div>")
        wrapped = Fragment(mark_safe("".join(html)))  # noqa: S308  (a block's own HTML)
        wrapped.add_fragment_resources(frag)
        return wrapped


def _script_json(fragment: Fragment) -> str:
    """Return the arguments as JSON that cannot end the script element."""
    return json.dumps(fragment.json_init_args).replace("<", "\\u003c")
