"""The invitation on the certificate page: who completed a course reads there where its people go on together.

The page is drawn by the platform, with a banner above it for the certificate's owner alone. There is no place for
plugins on it, so our sentence joins the one that the banner says already, as markup that is safe to print. A site's own
certificate template shows it wherever it shows that sentence. Whatever goes wrong costs the invitation, never the page.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db import transaction
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from openedx_filters.filters import PipelineStep

from people import api as people

from . import addresses, availability
from .data import InvitationData
from .edx_platform import pages
from .membership.invitations import find_invitation

log = logging.getLogger(__name__)

#: What the banner says to the certificate's owner, under the platform's name for it.
BANNER: Final = "accomplishment_banner_congrats"


class AddInvitation(PipelineStep):
    """Adds an invitation to what the banner of a certificate says to its owner."""

    def run_filter(self, context: dict[str, Any], custom_template: Any, **others: Any) -> dict[str, Any]:
        """Return the arguments; ``context`` has the invitation where its owner looks and is invited by this course."""
        try:
            with transaction.atomic():
                context = _with_invitation(context)
        except Exception as error:  # noqa: BLE001 - the certificate is not ours to break
            log.error("chapters.certificate_invitation_failed error=%s", people.name_error(error))
        return {"context": context, "custom_template": custom_template, **others}


def _with_invitation(context: dict[str, Any]) -> dict[str, Any]:
    user_id = pages.find_viewer_id()
    if user_id is None or str(context.get("accomplishment_user_id")) != str(user_id):
        return context
    course_key = CourseKey.from_string(str(context["course_id"]))
    if not availability.is_on(course_key):
        return context
    invitation = find_invitation(user_id=user_id, course_key=str(course_key))
    if invitation is None:
        return context
    return {**context, BANNER: _join(context.get(BANNER, ""), invitation)}


def _join(said: Any, invitation: InvitationData) -> SafeString:
    """Return what the banner said, escaped unless it is markup already, and our sentence and link after it."""
    chapter = invitation.chapter
    sentence = _("People who completed this course go on together: you are invited to %(chapter)s.")
    return format_html(
        # The classes of the buttons beside it, without which the link is dark blue on the banner's black.
        '{}<br>{} <span class="message-actions"><a class="action" href="{}">{}</a></span>',
        said,
        sentence % {"chapter": chapter.name},
        people.absolute_url(addresses.chapter_url(chapter.slug)),
        _("See the chapter"),
    )
