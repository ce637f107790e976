"""Make runtimes: for a learner in the LMS, for an author in Studio, for nobody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from opaque_keys.edx.keys import CourseKey
from xblock.field_data import ReadOnlyFieldData, SplitFieldData
from xblock.fields import Scope
from xblock.runtime import KvsFieldData

from embedded_host.courses.tree import CourseTree
from lms.djangoapps.courseware.access import has_staff_roles
from lms.djangoapps.courseware.masquerade import is_masquerading_as_specific_student, setup_masquerade

from .authored import AuthoredFieldData
from .learner_state import LearnerStateStore, MasqueradingStore, NobodyStore
from .runtime import HostRuntime
from .services import (
    BlockI18nService,
    HostCacheService,
    HostSettingsService,
    HostUserService,
    PublishService,
    ReplaceURLService,
    StudioPermissionsService,
)

AUTHORED_SCOPES = (Scope.content, Scope.settings, Scope.parent, Scope.children)
LEARNER_SCOPES = (Scope.user_state, Scope.user_state_summary, Scope.preferences, Scope.user_info)


def build_learner_runtime(tree: CourseTree, request: Any) -> HostRuntime:
    """Return the LMS's runtime for the request's user, or for the learner that staff look through."""
    course_key = tree.course_key
    _, learner = setup_masquerade(request, course_key, has_staff_roles(request.user, course_key))
    is_masquerade = is_masquerading_as_specific_student(request.user, course_key)
    state = LearnerStateStore()
    store = MasqueradingStore(state, request.session) if is_masquerade else state
    return _build(
        tree,
        user=learner,
        learner_id=learner.id if learner.is_authenticated else None,
        store=store if learner.is_authenticated else NobodyStore(),
        is_author_mode=False,
        is_masquerade=is_masquerade,
    )


def build_author_runtime(tree: CourseTree, user: Any) -> HostRuntime:
    """Return Studio's runtime: blocks are bound to nobody and authored fields can be written."""
    return _build(tree, user=user, learner_id=None, store=NobodyStore(), is_author_mode=True)


def build_unbound_runtime(tree: CourseTree, *, is_author_mode: bool) -> HostRuntime:
    """Return a runtime for nobody, as the course store hands out blocks."""
    return _build(tree, user=AnonymousUser(), learner_id=None, store=NobodyStore(), is_author_mode=is_author_mode)


def _build(
    tree: CourseTree,
    *,
    user: Any,
    learner_id: int | None,
    store: Any,
    is_author_mode: bool,
    is_masquerade: bool = False,
) -> HostRuntime:
    authored = AuthoredFieldData(tree)
    by_author = authored if is_author_mode else ReadOnlyFieldData(_with_own_dates(authored, tree, user, learner_id))
    scopes = dict.fromkeys(AUTHORED_SCOPES, by_author) | dict.fromkeys(LEARNER_SCOPES, KvsFieldData(store))
    services: dict[str, Any] = {
        "field-data": SplitFieldData(scopes),
        "user": HostUserService(user, tree.course_key, is_author_mode=is_author_mode),
        "i18n": BlockI18nService(),
        "settings": HostSettingsService(),
        "cache": HostCacheService(),
        "replace_urls": ReplaceURLService(tree.course_key),
    }
    if is_author_mode:
        services["studio_user_permissions"] = StudioPermissionsService(user)
    runtime = HostRuntime(
        authored,
        learner=user,
        learner_id=learner_id,
        learner_state=store,
        is_author_mode=is_author_mode,
        is_masquerade=is_masquerade,
        services=services,
    )
    if not is_author_mode:
        services["publish"] = PublishService(runtime)
        completion = _completion_service(user, tree.course_key)
        if completion is not None:
            services["completion"] = completion
    return runtime


def _with_own_dates(authored: AuthoredFieldData, tree: CourseTree, user: Any, learner_id: int | None) -> Any:
    """Return field data that knows a learner's own due dates; without the cache, which the LMS keeps for minutes."""
    if learner_id is None:
        return authored
    from edx_when.field_data import DateLookupFieldData

    return DateLookupFieldData(authored, course_id=tree.course_key, user=user, use_cached=False)


def _completion_service(user: Any, course_key: CourseKey) -> Any:
    """Return edx-completion's service; absent for nobody, as in the LMS."""
    if not user.is_authenticated:
        return None
    from completion.services import CompletionService

    return CompletionService(user, course_key)
