"""What a learner has done in a course: completion and scores per unit, each read in one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from completion.models import BlockCompletion
from edx_when.api import get_dates_for_course
from opaque_keys.edx.keys import UsageKey
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock

from embedded_host.blocks import PlaceholderBlock
from embedded_host.courses.tree import CourseTree, Node
from embedded_host.runtime.build import build_unbound_runtime
from lms.djangoapps.courseware.models import StudentModule


@dataclass(frozen=True)
class ScoreLine:
    """One scored block: its title and what was earned of what."""

    title: str
    earned: float
    possible: float
    is_attempted: bool


@dataclass
class UnitLine:
    """One unit: how many of its blocks are done, and its scores."""

    usage_key: UsageKey
    title: str
    done: int
    blocks: int
    is_hidden: bool
    scores: list[ScoreLine] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Tell whether everything in the unit is done."""
        return self.blocks > 0 and self.done >= self.blocks


@dataclass
class PartLine:
    """One subsection."""

    title: str
    due: Any
    is_graded: bool
    units: list[UnitLine]


@dataclass
class SectionLine:
    """One section."""

    title: str
    parts: list[PartLine]

    @property
    def done(self) -> int:
        """Return how many units are done."""
        return sum(unit.is_done for part in self.parts for unit in part.units)

    @property
    def units(self) -> int:
        """Return how many units there are."""
        return sum(len(part.units) for part in self.parts)


def outline(tree: CourseTree, learner: Any, *, shows_hidden: bool, with_scores: bool = False) -> list[SectionLine]:
    """Return the sections of the course with the learner's completion, and scores where wanted."""
    reader = _Reader(tree, learner, with_scores=with_scores)
    sections = []
    for section in tree.nodes[tree.root_key].children:
        parts = [reader.part(tree.nodes[key], shows_hidden=shows_hidden) for key in tree.nodes[section].children]
        sections.append(SectionLine(reader.title(tree.nodes[section]), parts))
    return sections


class _Reader:
    """Holds one learner's completions and scores while the lines are made."""

    def __init__(self, tree: CourseTree, learner: Any, *, with_scores: bool) -> None:
        self.tree = tree
        self.runtime = build_unbound_runtime(tree, is_author_mode=False)
        self.dates = get_dates_for_course(tree.course_key, user=learner, use_cached=False)
        completions = BlockCompletion.objects.filter(user_id=learner.id, context_key=tree.course_key, completion__gte=1)
        self.done = {str(key) for key in completions.values_list("block_key", flat=True)}
        self.scores: dict[str, tuple[float, float]] = {}
        self.with_scores = with_scores
        if with_scores:
            rows = StudentModule.objects.filter(
                student_id=learner.id, course_id=tree.course_key, max_grade__isnull=False
            )
            self.scores = {str(key): (earned or 0.0, most) for key, earned, most in
                           rows.values_list("module_state_key", "grade", "max_grade")}  # fmt: skip

    def title(self, node: Node) -> str:
        return node.fields.get("display_name") or node.usage_key.block_id.replace("_", " ")

    def part(self, node: Node, *, shows_hidden: bool) -> PartLine:
        block = self.runtime.get_block(node.usage_key)
        units = [self.unit(self.tree.nodes[key]) for key in node.children]
        return PartLine(
            title=self.title(node),
            due=self.dates.get((node.usage_key, "due"), block.due),
            is_graded=block.graded,
            units=[unit for unit in units if shows_hidden or not unit.is_hidden],
        )

    def unit(self, node: Node) -> UnitLine:
        leaves = [leaf for leaf in self.tree.walk(node.usage_key) if _mode(leaf) == XBlockCompletionMode.COMPLETABLE]
        path = [node, *self.tree.ancestors(node.usage_key)]
        return UnitLine(
            usage_key=node.usage_key,
            title=self.title(node),
            done=sum(str(leaf.usage_key) in self.done for leaf in leaves),
            blocks=len(leaves),
            is_hidden=any(each.fields.get("visible_to_staff_only") for each in path),
            scores=[self.score(leaf) for leaf in leaves if getattr(_class(leaf), "has_score", False)]
            if self.with_scores
            else [],
        )

    def score(self, node: Node) -> ScoreLine:
        block = self.runtime.get_block(node.usage_key)
        earned, possible = self.scores.get(str(node.usage_key), (0.0, block.max_score() or 0.0))
        return ScoreLine(
            title=block.display_name_with_default,
            earned=earned,
            possible=possible,
            is_attempted=str(node.usage_key) in self.scores,
        )


def _class(node: Node) -> Any:
    return XBlock.load_class(node.block_type, default=PlaceholderBlock)


def _mode(node: Node) -> str:
    mode: str = XBlockCompletionMode.get_mode(_class(node))
    return mode
