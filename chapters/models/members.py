"""Members of chapters, how they came in and went, and what keeps somebody out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chapters.data import (
    Digest,
    InvitationState,
    JoinedBy,
    LeaveReason,
    MembershipState,
    QuestionKind,
    StandingSource,
)
from people.fields import ExactCharField

from .chapters import AUDIENCES, Chapter

STATES = [(state.value, state.value) for state in MembershipState]
JOINED_BY = [(way.value, way.value) for way in JoinedBy]
SOURCES = [(source.value, source.value) for source in StandingSource]
INVITATION_STATES = [(state.value, state.value) for state in InvitationState]
DIGESTS = [
    (Digest.DAILY.value, _("Once a day")),
    (Digest.WEEKLY.value, _("Once a week")),
    (Digest.NEVER.value, _("Never")),
]
QUESTION_KINDS = [
    (QuestionKind.LINE.value, _("One line")),
    (QuestionKind.TEXT.value, _("A few sentences")),
    (QuestionKind.CHOICE.value, _("One of several answers")),
]
LEAVE_REASONS = [
    (LeaveReason.NO_TIME.value, _("I have no time for it now")),
    (LeaveReason.NOT_FOR_ME.value, _("It is about something else than I hoped")),
    (LeaveReason.TOO_QUIET.value, _("Too little happens")),
    (LeaveReason.TOO_MUCH.value, _("Too many messages")),
    (LeaveReason.MOVED.value, _("I moved, or changed my work")),
    (LeaveReason.UNPLEASANT.value, _("I did not feel at ease")),
    (LeaveReason.OTHER.value, _("Something else")),
]


class Membership(models.Model):
    """One person in one chapter, now or once: one row for all their comings and goings.

    ``due_at`` is by when a request is answered. ``private_fields`` names fields of the introduction that only
    organizers see, separated by blanks. ``digest_at`` is when the next digest is due, NULL for none. ``hellos`` counts
    greetings. ``left_at`` and the reason are of the last time somebody went, also after they came back.

    .. pii: A person's id, what they say of themselves, why they left, and who decided about them.
    .. pii_types: id, location, other
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="memberships", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    state = ExactCharField(max_length=10, choices=STATES)
    joined_by = ExactCharField(max_length=8, choices=JOINED_BY, default=JoinedBy.SELF.value)
    joined_at = models.DateTimeField(null=True)
    first_joined_at = models.DateTimeField(null=True)
    times_joined = models.PositiveIntegerField(default=0)

    position = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=80, blank=True)
    skills = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=500, blank=True)
    hobbies = models.CharField(max_length=300, blank=True)
    private_fields = ExactCharField(max_length=80, blank=True)

    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)

    left_at = models.DateTimeField(null=True)
    leave_reason = ExactCharField(max_length=12, choices=LEAVE_REASONS, blank=True)
    leave_note = models.CharField(max_length=500, blank=True)

    digest = ExactCharField(max_length=6, choices=DIGESTS, default=Digest.WEEKLY.value)
    digest_at = models.DateTimeField(null=True, db_index=True)
    paused_until = models.DateField(null=True)
    hellos = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["chapter", "user_id"], name="chapters_member_once")]
        indexes = [
            models.Index(fields=["chapter", "state", "joined_at", "id"], name="chapters_members_by_age"),
            models.Index(fields=["chapter", "state", "due_at", "id"], name="chapters_requests"),
            models.Index(fields=["chapter", "left_at"], name="chapters_leaving"),
            models.Index(fields=["state", "left_at"], name="chapters_leaving_site"),
            models.Index(fields=["state", "due_at"], name="chapters_requests_due"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.chapter_id}"


class MemberWord(models.Model):
    """One word of what a member says of themselves to all members, to find people without reading texts.

    .. pii: A word of a member's introduction.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, db_constraint=False)
    word = ExactCharField(max_length=32)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="words", db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chapter", "word", "membership"], name="chapters_member_word_once")
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.membership_id}"


class Standing(models.Model):
    """An audience that a member belongs to. One row for a member and audience, also after it ended: passing a course
    again opens the same row again. ``ended_at`` is NULL while it holds. A *manual* one is left alone by every job.

    .. pii: The id of the person who granted it, and their reason.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="standings", db_constraint=False)
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="standings", db_constraint=False)
    audience = ExactCharField(max_length=8, choices=AUDIENCES)
    source = ExactCharField(max_length=6, choices=SOURCES)
    course_id = ExactCharField(max_length=255, blank=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    granted_by = models.IntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [models.UniqueConstraint(fields=["membership", "audience"], name="chapters_standing_once")]
        indexes = [
            models.Index(fields=["chapter", "audience", "ended_at", "membership"], name="chapters_standings_now"),
        ]

    def __str__(self) -> str:
        return f"{self.audience} of membership {self.membership_id}"


class JoinQuestion(models.Model):
    """A question to who wants to join. One that was answered is retired rather than changed.

    .. no_pii:
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="questions", db_constraint=False)
    text = models.CharField(max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    kind = ExactCharField(max_length=6, choices=QUESTION_KINDS, default=QuestionKind.TEXT.value)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("join question")
        verbose_name_plural = _("join questions")

    def __str__(self) -> str:
        return self.text


class JoinAnswer(models.Model):
    """What an applicant answered, beside the question as it read then. Erased a while after the decision.

    .. pii: What a person answered when they asked to join.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    question = models.CharField(max_length=300)
    answer = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"answer of membership {self.membership_id}"


class Invitation(models.Model):
    """Somebody may come in because of a course: once for a chapter, audience and person, whatever happens in between.

    .. pii: The id of a person who was invited.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="invitations", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    audience = ExactCharField(max_length=8, choices=AUDIENCES)
    course_id = ExactCharField(max_length=255, blank=True)
    state = ExactCharField(max_length=10, choices=INVITATION_STATES, default=InvitationState.OPEN.value)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["chapter", "user_id", "audience"], name="chapters_invitation_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.chapter_id}"


class Greeting(models.Model):
    """One member said hello to another: once, without words.

    .. pii: The ids of two members.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="greetings", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "user_id"], name="chapters_greeting_once")]

    def __str__(self) -> str:
        return f"{self.user_id} to membership {self.membership_id}"


class Ban(models.Model):
    """Somebody may not be in a chapter. In force while ``lifted_at`` is NULL and ``expires_at`` is NULL or to come.

    .. pii: The id of a banned person, of who decided, the reasons, and the appeal.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="bans", db_constraint=False)
    user_id = models.IntegerField()
    reason = models.CharField(max_length=500)
    banned_by = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.IntegerField(null=True)
    appeal = models.CharField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_answer = models.CharField(max_length=500, blank=True)
    appeal_answered_at = models.DateTimeField(null=True)
    appeal_answered_by = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        # By person first: whoever looks with a lock whether somebody is banned meets no ban of another chapter.
        indexes = [
            models.Index(fields=["user_id", "chapter", "lifted_at", "expires_at"], name="chapters_ban_of_person")
        ]

    def __str__(self) -> str:
        return f"ban of {self.user_id} in {self.chapter_id}"
