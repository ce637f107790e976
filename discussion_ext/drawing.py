"""Rows as one reader may see them: names as chosen, text as safe HTML, verdicts for those whom they concern."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from people import api as people
from people.data import NameData

from . import explanations
from .data import (
    ContributionData,
    ContributionKind,
    ContributionState,
    EvaluationData,
    OverrideData,
    RequirementItemData,
    SynthesisData,
)
from .exceptions import InvalidValueError
from .models import Contribution, Participation, Task
from .rendering import render_markdown


@dataclass
class Reader:
    """Who reads, and what has to be known to draw posts for them."""

    user_id: int
    is_team: bool = False
    names: Mapping[int, NameData] = field(default_factory=dict)
    verdicts: Mapping[int, RequirementItemData] = field(default_factory=dict)
    reports: Mapping[int, int] = field(default_factory=dict)
    new_since: datetime | None = None
    knows_new: bool = False


def draw(post: Contribution, reader: Reader, replies: tuple[ContributionData, ...] = ()) -> ContributionData:
    """Return a post as this reader may see it."""
    is_me = post.author_id == reader.user_id
    is_nameless = post.is_anonymous and not is_me and not reader.is_team
    may_know = is_me or reader.is_team
    is_parent_nameless = _is_parent_nameless(post, reader)
    return ContributionData(
        id=post.pk,
        case_id=post.task_id,
        kind=ContributionKind(post.kind),
        author_id=0 if is_nameless else post.author_id,
        author=None if is_nameless else reader.names.get(post.author_id),
        is_me=is_me,
        parent_id=post.parent_id,
        parent_author_id=None if is_parent_nameless else post.parent_author_id,
        parent_author=None if is_parent_nameless else reader.names.get(post.parent_author_id or 0),
        body=post.body,
        body_html=_("The text of this post is no longer kept.") if post.is_erased else render_markdown(post.body),
        words=post.words,
        created_at=post.created_at,
        edited_at=post.edited_at,
        state=ContributionState(post.state),
        state_reason=post.state_reason if may_know else "",
        state_actor_id=post.state_actor_id if reader.is_team else None,
        answers=post.answers,
        helpful=post.helpful,
        revision=post.revision,
        is_helpful_by_me=bool(getattr(post, "is_marked", False)),
        is_reported_by_me=bool(getattr(post, "is_reported", False)),
        is_new=is_new(post, reader),
        is_team=post.is_team,
        reports=reader.reports.get(post.pk, 0) if reader.is_team else 0,
        verdict=reader.verdicts.get(post.pk) if may_know else None,
        replies=replies,
    )


def _is_parent_nameless(post: Contribution, reader: Reader) -> bool:
    """Tell whether this reader may not know whom a post answers; lists bring ``is_parent_anonymous`` along."""
    if post.parent_id is None or reader.is_team or post.parent_author_id == reader.user_id:
        return False
    known = getattr(post, "is_parent_anonymous", None)
    return bool(post.parent is not None and post.parent.is_anonymous if known is None else known)


def draw_with_replies(
    rows: Iterable[Contribution], replies: Iterable[Contribution], reader: Reader
) -> tuple[ContributionData, ...]:
    """Return positions, each with the replies that belong to it."""
    beneath: dict[int | None, list[ContributionData]] = {}
    for reply in replies:
        beneath.setdefault(reply.root_id, []).append(draw(reply, reader))
    return tuple(draw(row, reader, tuple(beneath.get(row.pk, ()))) for row in rows)


def draw_override(participation: Participation) -> OverrideData | None:
    """Return the team's own decision about a grade, if there is one."""
    if participation.override_score is None or participation.override_at is None:
        return None
    actor_id = participation.override_by or 0
    return OverrideData(
        score=participation.override_score,
        reason=participation.override_reason,
        actor_id=actor_id,
        actor_name=people.real_names([actor_id]).get(actor_id, "") if actor_id else "",
        at=participation.override_at,
    )


def draw_synthesis(task: Task) -> SynthesisData | None:
    """Return the closing text, None where nothing is written."""
    if not task.synthesis:
        return None
    return SynthesisData(
        body=task.synthesis,
        body_html=render_markdown(task.synthesis),
        author_id=task.synthesis_by,
        written_at=task.synthesis_at,
    )


def names_for(posts: Iterable[Contribution], task: Task, extra: Iterable[int] = ()) -> dict[int, NameData]:
    """Return the names under which the people of these posts are shown here."""
    ids = {post.author_id for post in posts} | {post.parent_author_id for post in posts if post.parent_author_id}
    return people.display_names(sorted(ids | set(extra)), surface="post", context_key=task.course_id)


def explain(
    result: EvaluationData,
    names: Mapping[int, NameData],
    *,
    is_for_team: bool = False,
    nameless_ids: Collection[int] = (),
) -> EvaluationData:
    """Return an evaluation with its reasons in the active language; it names nobody of ``nameless_ids``."""
    return explanations.explain(
        result,
        names={user_id: name.text for user_id, name in names.items() if user_id not in nameless_ids},
        is_for_team=is_for_team,
        factors=settings.DISCUSSION_EXT_WORD_FACTORS,
    )


def people_in(result: EvaluationData) -> set[int]:
    """Return the ids of the people whom an evaluation speaks of."""
    items = [*result.verdicts.values(), *(item for each in result.requirements for item in each.items)]
    return {
        user_id for item in items for user_id in (item.peer_id, item.facts.get("of_peer_id")) if user_id is not None
    }


def check_page(page: Any) -> int:
    """Return a page number from 1 or raise InvalidValueError."""
    if isinstance(page, bool) or not isinstance(page, int) or page < 1:
        raise InvalidValueError(_("Pages are counted from 1."), field="page")
    return page


def draw_one(post: Contribution | None, reader: Reader) -> ContributionData | None:
    """Return a post, or None where there is none."""
    return draw(post, reader) if post is not None else None


def draw_all(posts: Iterable[Contribution], reader: Reader) -> tuple[ContributionData, ...]:
    """Return posts in their order."""
    return tuple(draw(post, reader) for post in posts)


def is_new(post: Contribution, reader: Reader) -> bool:
    """Tell whether a post is an answer to the reader since they were last here."""
    is_to_me = post.parent_author_id == reader.user_id and post.author_id != reader.user_id
    return is_to_me and reader.knows_new and (reader.new_since is None or post.created_at > reader.new_since)
