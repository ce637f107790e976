"""A learner's grade in a course: by the kinds of work that its grading policy names, and what each weighs."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from opaque_keys.edx.keys import CourseKey

from embedded_host.courses import assets
from embedded_host.courses.store import CourseStore
from embedded_host.courses.tree import CourseTree, Node
from embedded_host.models import Branch
from embedded_host.runtime.build import build_unbound_runtime
from lms.djangoapps.courseware.models import StudentModule

#: Where a course brings no policy: all graded work weighs the same, and half of it passes.
_PASS: Final = 0.5


@dataclass(frozen=True)
class CourseGrade:
    """A grade of 0 to 1; ``letter_grade`` is empty for who does not pass."""

    percent: float
    letter_grade: str
    is_attempted: bool
    policy_hash: str

    @property
    def passed(self) -> bool:
        """Tell whether the learner passes."""
        return bool(self.letter_grade)


def grade_learner(learner: Any, course_key: CourseKey) -> CourseGrade | None:
    """Return the learner's grade in the published course, or None where there is none or nothing in it is graded."""
    store = CourseStore(Branch.PUBLISHED)
    if not store.has_course(course_key):
        return None
    tree = store.get_tree(course_key)
    parts = [node for node in tree.walk() if node.block_type == "sequential" and node.fields.get("graded")]
    if not parts:
        return None
    policy = _read_policy(course_key)
    scores = _read_scores(learner, course_key)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for part in parts:
        by_kind[part.fields.get("format", "")].append(_score_part(tree, part, scores))
    percent = round(_weigh(by_kind, policy), 4)
    return CourseGrade(
        percent=percent,
        letter_grade=_find_letter(percent, policy),
        is_attempted=bool(scores),
        policy_hash=hashlib.sha1(json.dumps(policy, sort_keys=True).encode(), usedforsecurity=False).hexdigest(),
    )


def _read_policy(course_key: CourseKey) -> dict[str, Any]:
    paths: Iterator[Any] = assets.course_folder(course_key).glob("beside/policies/*/grading_policy.json")
    path = next(paths, None)
    return json.loads(path.read_text(encoding="utf-8")) if path else {}


def _read_scores(learner: Any, course_key: CourseKey) -> dict[str, tuple[float, float]]:
    rows = StudentModule.objects.filter(student_id=learner.id, course_id=course_key, max_grade__isnull=False)
    return {
        str(key): (earned or 0.0, most)
        for key, earned, most in rows.values_list("module_state_key", "grade", "max_grade")
    }


def _score_part(tree: CourseTree, part: Node, scores: Mapping[str, tuple[float, float]]) -> float:
    """Return the share of the points of a part that was earned; what was not tried counts with its full worth."""
    runtime = build_unbound_runtime(tree, is_author_mode=False)
    earned = possible = 0.0
    for node in tree.walk(part.usage_key):
        score = scores.get(str(node.usage_key))
        if score is None:
            block = runtime.get_block(node.usage_key)
            score = (0.0, float(block.max_score() or 0.0)) if getattr(block, "has_score", False) else (0.0, 0.0)
        earned, possible = earned + score[0], possible + score[1]
    return earned / possible if possible else 0.0


def _weigh(by_kind: Mapping[str, list[float]], policy: Mapping[str, Any]) -> float:
    graders = policy.get("GRADER") or []
    if not graders:
        shares = [share for kind in by_kind.values() for share in kind]
        return sum(shares) / len(shares)
    return sum(_grade_kind(by_kind.get(grader["type"], []), grader) * grader["weight"] for grader in graders)


def _grade_kind(shares: list[float], grader: Mapping[str, Any]) -> float:
    """Return the mean of a kind of work: what is missing to its least number is nothing, the worst is dropped."""
    kept = sorted([*shares, *[0.0] * (int(grader.get("min_count", 0)) - len(shares))], reverse=True)
    kept = kept[: len(kept) - int(grader.get("drop_count", 0))] or [0.0]
    return sum(kept) / len(kept)


def _find_letter(percent: float, policy: Mapping[str, Any]) -> str:
    cutoffs = policy.get("GRADE_CUTOFFS") or {"Pass": _PASS}
    reached = [(least, letter) for letter, least in cutoffs.items() if percent >= least]
    return max(reached)[1] if reached else ""
