"""What the instructor's tools call on a graded block for one learner: score, override, rescore, reset."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from xblock.scorable import ScorableXBlockMixin, Score

from discussion_ext import api as cases

from .learner import local_key, requesting_id


class TaskGradesMixin(ScorableXBlockMixin):
    """Grades that ``discussion_ext`` keeps for the block's task; the block itself says `max_score`."""

    def max_score(self) -> float:
        """Return the full grade; collected at publish without a user."""
        raise NotImplementedError

    def has_submitted_answer(self) -> bool:
        """Return whether the learner has written anything here."""
        return cases.has_taken_part(**self._learner())

    def get_score(self) -> Score:
        """Return the grade as it stands, with the team's decision applied."""
        earned, possible = cases.get_score(**self._learner()) or (0.0, self.max_score())
        return Score(raw_earned=earned, raw_possible=possible)

    def calculate_score(self) -> Score:
        """Return the grade that the evidence alone gives."""
        earned, possible = cases.calculate_score(**self._learner())
        return Score(raw_earned=earned, raw_possible=possible)

    def set_score(self, score: Score) -> None:
        """Keep a grade that staff set in the platform's own tools, so that no later evaluation replaces it."""
        reason = _("Set with the instructor tools.")
        cases.override_grade(**self._learner(), actor_id=requesting_id(), score=score.raw_earned, reason=reason)

    def publish_grade(self) -> None:
        """Publish the grade as it stands; called by the override task right after `set_score`."""
        self._publish_grade(self.get_score(), only_if_higher=False)

    def rescore(self, only_if_higher: bool) -> None:
        """Evaluate again; a grade that staff had set is given up, unless only a higher one is wanted."""
        cases.rescore(**self._learner(), only_if_higher=only_if_higher, actor_id=requesting_id())

    def clear_student_state(self, *, user_id: int, requesting_user_id: int, **_keys: str) -> None:
        """Start a learner over: what was done until now stays where it stands and no longer counts."""
        cases.reset_learner(usage_key=local_key(self), user_id=user_id, actor_id=requesting_user_id)

    def _learner(self) -> dict[str, Any]:
        return {"usage_key": local_key(self), "user_id": self.scope_ids.user_id}
