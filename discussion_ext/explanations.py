"""An evaluation in words, for one reader, in the active language and with people's names as they are shown now.

The learner reads what would make a post count, as long as that is possible. The course team, and everybody after
closing, reads the bare reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from . import words
from .data import EvaluationData, RequirementData, RequirementItemData, RequirementState

Facts = Mapping[str, Any]


def explain(
    evaluation: EvaluationData,
    *,
    names: Mapping[int, str],
    is_for_team: bool = False,
    factors: Mapping[str, float] = words.DEFAULT_FACTORS,
) -> EvaluationData:
    """Return the evaluation with titles, details and reasons.

    ``names`` are those of the peers answered, by id; who is missing is called a classmate. ``factors`` are those of the
    site, so that a reader of Chinese is told the minimum in characters.
    """

    def tell(item: RequirementItemData) -> RequirementItemData:
        return explain_item(item, names=names, is_for_team=is_for_team, factors=factors)

    def tell_requirement(requirement: RequirementData) -> RequirementData:
        facts = {**requirement.facts, "asked": _in_readers_words(requirement.facts.get("minimum", 0), factors)}
        own_post = evaluation.verdicts.get(requirement.contribution_id or 0)
        why = tell(own_post).why if own_post else _why_of_answers(requirement)
        items = (tell(item) for item in requirement.items)
        return replace(
            requirement,
            title=_title(requirement.kind, facts),
            detail=_detail(requirement, facts),
            why=why,
            items=tuple(replace(item, why="") if item.why == why else item for item in items),
        )

    return replace(
        evaluation,
        requirements=tuple(tell_requirement(requirement) for requirement in evaluation.requirements),
        verdicts={post_id: tell(verdict) for post_id, verdict in evaluation.verdicts.items()},
    )


def explain_item(
    item: RequirementItemData,
    *,
    names: Mapping[int, str],
    is_for_team: bool = False,
    factors: Mapping[str, float] = words.DEFAULT_FACTORS,
) -> RequirementItemData:
    """Return one item with title, detail and reason; see `explain`."""
    facts = {**item.facts, "name": names.get(item.peer_id or 0, "")}
    facts["is_answer"] = item.peer_id is not None
    facts["of_name"] = names.get(facts.get("of_peer_id") or 0, "")
    facts["asked"] = _in_readers_words(facts.get("minimum", 0), factors)
    title = _item_title(item, facts)
    return replace(item, title=title, detail=_item_detail(item, facts), why=_why(item.code, facts, is_for_team))


def _in_readers_words(number: int, factors: Mapping[str, float]) -> int:
    return words.effective_minimum("", number, factors=factors, language=get_language() or "")


# -- titles and the word at the end ------------------------------------------------------------------------------------


def _title(kind: str, facts: Facts) -> str:
    if kind == "position":
        return _("Your own position")
    if kind == "look_back":
        return _("A look back")
    wanted = facts["wanted"]
    return ngettext("Answer to %(count)d classmate", "Answers to %(count)d different classmates", wanted) % {
        "count": wanted
    }


def _detail(requirement: RequirementData, facts: Facts) -> str:
    if requirement.kind == "answers" and requirement.state != RequirementState.IMPOSSIBLE:
        if requirement.state == RequirementState.OPEN and not facts["done"]:
            if facts["wanted"] == 1:
                return _state_in_words(requirement.state, facts)
            return ngettext("%(count)d word each", "%(count)d words each", facts["asked"]) % {"count": facts["asked"]}
        return _("%(done)d of %(wanted)d") % {"done": facts["done"], "wanted": facts["possible"]}
    if requirement.code == "missed":
        return _("Not written")
    return _state_in_words(requirement.state, facts)


def _item_title(item: RequirementItemData, facts: Facts) -> str:
    count = facts.get("count")
    if count:
        return ngettext("One more classmate", "%(count)d more classmates", count) % {"count": count}
    if item.code == "own_post":
        return _("Answer to a post of one’s own")
    if item.code == "team_post":
        return _("Answer to the course team")
    if facts["name"]:
        return _("Answer to %(name)s") % facts
    return _("Answer to a classmate")


def _item_detail(item: RequirementItemData, facts: Facts) -> str:
    return _("Not written") if item.code == "missed" else _state_in_words(item.state, facts)


def _state_in_words(state: RequirementState, facts: Facts) -> str:
    if state == RequirementState.OPEN:
        return ngettext("%(count)d word or more", "%(count)d words or more", facts["asked"]) % {"count": facts["asked"]}
    return {
        RequirementState.MET: _("Counts"),
        RequirementState.NOT: _("Does not count"),
        RequirementState.WAITING: _("Waiting"),
        RequirementState.IMPOSSIBLE: _("Not possible for you"),
    }[state]


# -- reasons -----------------------------------------------------------------------------------------------------------


def _why_of_answers(requirement: RequirementData) -> str:
    """Return the reason of the answers as a whole where it is not that of one of the items."""
    if requirement.state in (RequirementState.WAITING, RequirementState.IMPOSSIBLE):
        return _SENTENCES[requirement.state]({})
    return ""


def _why(code: str, facts: Facts, is_for_team: bool) -> str:
    is_advice = not is_for_team and not facts.get("is_closed")
    sentence = (_ADVICE.get(code) if is_advice else None) or _SENTENCES.get(code)
    return sentence(facts) % facts if sentence else ""


# The functions below choose a sentence; its numbers and names are filled in by `_why`.


def _say_counts(facts: Facts) -> str:
    if not facts.get("is_second_try"):
        return ngettext("%(words)d word", "%(words)d words", facts["words"])
    if facts["name"]:
        return _("The first answer to %(name)s did not count; a later one does.")
    return _("The first answer to this classmate did not count; a later one does.")


def _say_too_short(facts: Facts) -> str:
    if facts["borrowed"] or facts["repeated"]:
        return _(
            "%(words)d of its %(total)d words count, %(minimum)d are asked. What stands in the case or in the post "
            "it answers, or is said twice, is left out."
        )
    return ngettext(
        "It has %(words)d word, %(minimum)d are asked.",
        "It has %(words)d words, %(minimum)d are asked.",
        facts["words"],
    )


def _advise_too_short(facts: Facts) -> str:
    if facts["borrowed"] or facts["repeated"]:
        return ngettext(
            "%(words)d of its %(total)d words count: what stands in the case or in the post it answers, or is said "
            "twice, is left out. One more and it will count.",
            "%(words)d of its %(total)d words count: what stands in the case or in the post it answers, or is said "
            "twice, is left out. %(missing)d more and it will count.",
            facts["missing"],
        )
    return ngettext(
        "It has %(words)d of the %(minimum)d words asked. One more and it will count.",
        "It has %(words)d of the %(minimum)d words asked. %(missing)d more and it will count.",
        facts["missing"],
    )


def _advise_too_long(facts: Facts) -> str:
    return ngettext(
        "It has %(words)d words, %(maximum)d at most are asked. Take one word out, and it will count.",
        "It has %(words)d words, %(maximum)d at most are asked. Take %(surplus)d words out, and it will count.",
        facts["surplus"],
    )


def _advise_copy_of_own(facts: Facts) -> str:
    if facts["of_kind"] != "position":
        return _(
            "It repeats %(same)d of its %(total)d words from an earlier post of yours. "
            "Say what is new here, and it will count."
        )
    if facts["is_answer"]:
        return _(
            "It repeats %(same)d of its %(total)d words from your own position. "
            "Say what this classmate’s argument adds or where it breaks, and it will count."
        )
    return _(
        "It repeats %(same)d of its %(total)d words from your own position. "
        "Say what you see differently now, and it will count."
    )


def _say_copy_of_own(facts: Facts) -> str:
    if facts["of_kind"] == "position":
        return _("%(same)d of its %(total)d words equal the author’s own position.")
    if facts["of_name"]:
        return _("%(same)d of its %(total)d words equal the same author’s answer to %(of_name)s.")
    return _("%(same)d of its %(total)d words equal an earlier post by the same author.")


def _say_removed(facts: Facts) -> str:
    if facts.get("reason"):
        return _("The course team removed it. Reason: %(reason)s")
    return _("The course team removed it. No reason was given.")


_SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "counts": _say_counts,
    "too_short": _say_too_short,
    "too_long": lambda _facts: _("It has %(words)d words, %(maximum)d at most are asked."),
    "empty": lambda _facts: _("It has no words of its own: links, pictures, emoji and quotes are left out."),
    "copy_of_own": _say_copy_of_own,
    "copy_of_parent": lambda _facts: _("%(same)d of its %(total)d words equal the post it answers."),
    "copy_of_peer": lambda _facts: _("%(same)d of its %(total)d words equal an earlier post by a classmate."),
    "copy_of_case": lambda _facts: _("%(same)d of its %(total)d words equal the case or its question."),
    "own_post": lambda _facts: _("It answers a post by the same author."),
    "team_post": lambda _facts: _("It answers the course team. Answers to classmates are asked."),
    "nobody": lambda _facts: _("It is not known whom it answers."),
    "too_early": lambda _facts: _("It was posted before the case opened."),
    "too_late": lambda _facts: _("It was posted after the case had closed."),
    "edited_late": lambda _facts: _("It was changed after the case had closed."),
    "withdrawn": lambda _facts: _("It was withdrawn."),
    "removed": _say_removed,
    "missed": lambda _facts: _("The case closed before it was written."),
    "waiting": lambda _facts: _("Too few classmates have posted so far. You can go on as soon as another one does."),
    "impossible": lambda _facts: _("Too few classmates posted before the case closed. This does not lower your grade."),
}

_ADVICE: Mapping[str, Callable[[Facts], str]] = {
    "too_short": _advise_too_short,
    "too_long": _advise_too_long,
    "empty": lambda _facts: _(
        "It has no words of its own: links, pictures, emoji and quotes are left out. Say it in words and it will count."
    ),
    "copy_of_own": _advise_copy_of_own,
    "copy_of_parent": lambda _facts: _(
        "It repeats %(same)d of its %(total)d words from the post you answer. "
        "Say what you think of it, and it will count."
    ),
    "copy_of_peer": lambda _facts: _(
        "It repeats %(same)d of its %(total)d words from a classmate’s post. "
        "Say it in your own words, and it will count."
    ),
    "copy_of_case": lambda _facts: _(
        "It repeats %(same)d of its %(total)d words from the case. Say what you think, and it will count."
    ),
    "own_post": lambda _facts: _("It answers your own post. An answer to a classmate will count."),
    "team_post": lambda _facts: _("It answers the course team. An answer to a classmate will count."),
    "nobody": lambda _facts: _("It is not known whom it answers. Answer a classmate’s position, and it will count."),
    "too_early": lambda _facts: _("It was posted before the case opened. Edit it, and it will count."),
    "withdrawn": lambda _facts: _("You withdrew it. Post again, and it will count."),
}
