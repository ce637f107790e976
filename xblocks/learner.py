"""Say who is acting in a block, and whether this place lets them write.

The runtime knows a user, the request may know another one: while staff masquerade as a learner the runtime user *is*
the learner, and everything outside the runtime's own storage (forum posts, points) would really be written in the
learner's name. Handlers therefore ask here before they call an ``api``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crum import get_current_request
from django.utils.translation import gettext as _
from opaque_keys import OpaqueKey
from opaque_keys.edx.keys import CourseKey

STAFF_ATTRIBUTE = "edx-platform.user_is_staff"


@dataclass(frozen=True, kw_only=True)
class ActingPerson:
    """Whoever looks at the block or called its handler.

    ``course_key`` is None where there is no course (a content library); ``is_preview`` is true in Studio and libraries.
    """

    user_id: int | None
    course_key: CourseKey | None
    is_team: bool
    is_masquerade: bool
    is_preview: bool

    @property
    def signed_in_id(self) -> int:
        """Return the id of somebody who is known to be signed in: ask `refuse_write` before."""
        if self.user_id is None:
            raise LookupError("Nobody is signed in.")
        return self.user_id


@dataclass(frozen=True)
class Refusal:
    """Why nothing is written here, as a code for programs and a sentence for people."""

    code: str
    message: str


def acting_person(block: Any) -> ActingPerson:
    """Return who is acting in ``block``; nothing is looked up in the database."""
    course_key = _find_course_key(block)
    user_id = block.scope_ids.user_id
    user_id = user_id if isinstance(user_id, int) else None
    return ActingPerson(
        user_id=user_id,
        course_key=course_key,
        is_team=_is_team(block),
        is_masquerade=_is_masquerade(user_id, course_key),
        is_preview=course_key is None or bool(getattr(block.runtime, "is_author_mode", False)),
    )


def refuse_write(person: ActingPerson) -> Refusal | None:
    """Return why ``person`` may not write at all, or None. Enrolment is the caller's question, after this one."""
    if person.is_preview:
        return Refusal("preview", _("This is a preview. Nothing is kept here."))
    if person.is_masquerade:
        return Refusal(
            "masquerade", _("You are viewing the course as a learner, so nothing is kept. Return to your own view.")
        )
    if person.user_id is None:
        return Refusal("anonymous", _("Sign in to take part."))
    return None


def requesting_id() -> int | None:
    """Return who makes the present request; None in a background job."""
    user = getattr(get_current_request(), "user", None)
    return user.id if user is not None and user.is_authenticated else None


def may_author(block: Any) -> bool:
    """Return whether whoever calls may write the course that the block belongs to.

    Studio runs handlers for everybody who is signed in and only declines to store what others change, so a handler that
    shows or checks something has to ask. The LMS does not offer the service: nobody edits there.
    """
    permissions = block.runtime.service(block, "studio_user_permissions")
    key = getattr(block.scope_ids.usage_id, "context_key", None)
    if permissions is None or key is None:
        return False
    return bool(permissions.can_write(key.for_branch(None) if hasattr(key, "for_branch") else key))


def find_author_id(block: Any) -> int | None:
    """Return who edits in Studio, where the block itself is bound to nobody."""
    return _user_attributes(block).get("edx-platform.user_id")


def local_key(block: Any) -> OpaqueKey:
    """Return the block's usage key without branch and version, as it may be stored."""
    key = block.scope_ids.usage_id
    return key.for_branch(None) if hasattr(key, "for_branch") else key


def _find_course_key(block: Any) -> CourseKey | None:
    key = getattr(block.scope_ids.usage_id, "context_key", None)
    if key is None or not key.is_course:
        return None
    return key.for_branch(None) if hasattr(key, "for_branch") else key


def _user_attributes(block: Any) -> dict[str, Any]:
    service = block.runtime.service(block, "user")
    return service.get_current_user().opt_attrs if service else {}


def _is_team(block: Any) -> bool:
    return bool(_user_attributes(block).get(STAFF_ATTRIBUTE))


def _is_masquerade(user_id: int | None, course_key: CourseKey | None) -> bool:
    """Compare with the request's own user, who stays the staff member; the setting covers "view as a learner"."""
    user = getattr(get_current_request(), "user", None)
    if user is None or not user.is_authenticated or user_id is None:
        return False
    choice = getattr(user, "masquerade_settings", {}).get(course_key)
    return user.id != user_id or (choice is not None and getattr(choice, "role", "student") != "staff")
