"""Chapters, the regions they lie in, and the course rules that say who belongs to which of their boards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chapters.data import Audience, ChapterScope, ChapterState, ChapterType, Match
from people.fields import ExactCharField

STATES = [
    (ChapterState.PROPOSED.value, _("Proposed")),
    (ChapterState.FORMING.value, _("Forming")),
    (ChapterState.ACTIVE.value, _("Active")),
    (ChapterState.PAUSED.value, _("Paused")),
    (ChapterState.DORMANT.value, _("Dormant")),
    (ChapterState.ARCHIVED.value, _("Archived")),
    (ChapterState.DECLINED.value, _("Declined")),
]
SCOPES = [
    (ChapterScope.CITY.value, _("A city")),
    (ChapterScope.COUNTRY.value, _("A country")),
    (ChapterScope.ONLINE.value, _("Online")),
    (ChapterScope.TOPIC.value, _("A topic")),
]
TYPES = [
    (ChapterType.KNOWLEDGE.value, _("Knowledge on a topic")),
    (ChapterType.WORKS.value, _("Works that members show")),
    (ChapterType.SOCIAL.value, _("People who meet")),
]
AUDIENCES = [
    (Audience.EVERYONE.value, _("Everyone")),
    (Audience.LEARNERS.value, _("Learners")),
    (Audience.ALUMNI.value, _("Alumni")),
]
MATCHES = [(Match.ANY.value, _("any of them")), (Match.ALL.value, _("all of them"))]
NAME_FORMATS = [
    ("name", _("Amina Yusuf")),
    ("name_position", _("Amina Yusuf, team lead")),
    ("name_place", _("Amina Yusuf, Nairobi")),
    ("place_name_position", _("Nairobi, Amina Yusuf, team lead")),
]


class Region(models.Model):
    """A part of the world by which the directory is read. The site's staff sets them up; the order is theirs.

    .. no_pii:
    """

    slug = ExactCharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Chapter(models.Model):
    """A community with a purpose, a place or topic, and volunteers who run it.

    ``search_text`` is what the directory searches: name, place, topic and languages in all languages of the site, case
    folded. ``members`` counts memberships in state member; a nightly job compares it. ``listed_rank`` orders the
    directory: active first. ``state_reason`` is shown where the state is. ``last_active_at`` is the last post or event.
    ``open_key`` is made of proposer and name while a proposal waits and NULL afterwards: a double click proposes once.

    .. pii: The id of who proposed it, and the address by which its organizers can be reached.
    .. pii_types: id, email_address
    .. pii_retirement: local_api
    """

    slug = ExactCharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    state = ExactCharField(max_length=10, choices=STATES, default=ChapterState.PROPOSED.value)
    state_reason = models.CharField(max_length=500, blank=True)
    state_at = models.DateTimeField(null=True)
    paused_until = models.DateField(null=True, blank=True)
    scope = ExactCharField(max_length=8, choices=SCOPES, default=ChapterScope.CITY.value)
    type = ExactCharField(max_length=10, choices=TYPES, default=ChapterType.KNOWLEDGE.value)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="chapters", db_constraint=False
    )
    country = ExactCharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    topic = models.CharField(max_length=80, blank=True)
    zone = ExactCharField(max_length=64, default="UTC")
    languages = ExactCharField(max_length=120, blank=True)

    lead = models.CharField(max_length=200, blank=True)
    audience = models.CharField(max_length=120, blank=True)
    core_value = models.CharField(max_length=120, blank=True)
    tone = models.CharField(max_length=60, blank=True)
    unique_value = models.CharField(max_length=500, blank=True)
    lost = models.CharField(max_length=500, blank=True)
    goals = models.CharField(max_length=500, blank=True)
    field = models.CharField(max_length=300, blank=True)
    members_wanted = models.CharField(max_length=300, blank=True)
    results = models.CharField(max_length=300, blank=True)
    will_not = models.CharField(max_length=300, blank=True)
    welcome = models.TextField(blank=True)
    contact = models.CharField(max_length=254, blank=True)
    cover = models.PositiveSmallIntegerField(default=1)
    guidelines_version = ExactCharField(max_length=20, blank=True)

    entry = ExactCharField(max_length=8, choices=AUDIENCES, default=Audience.EVERYONE.value)
    has_questions = models.BooleanField(default=False)
    name_format = ExactCharField(max_length=20, choices=NAME_FORMATS, default="name")

    members = models.PositiveIntegerField(default=0)
    search_text = models.TextField(blank=True)
    listed_rank = models.PositiveSmallIntegerField(default=9)
    open_key = ExactCharField(max_length=80, null=True, unique=True)
    proposed_by = models.IntegerField(null=True, blank=True, db_index=True)
    needs_organizer = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    last_active_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        permissions = [("manage_chapters", "Can manage every chapter as a community manager")]
        indexes = [
            models.Index(fields=["listed_rank", "id"], name="chapters_listed"),
            models.Index(fields=["country", "listed_rank", "id"], name="chapters_by_country"),
            models.Index(fields=["zone", "listed_rank", "id"], name="chapters_by_zone"),
            models.Index(fields=["state", "id"], name="chapters_by_state"),
        ]

    def __str__(self) -> str:
        return self.name


class ChapterRule(models.Model):
    """By which courses people belong to an audience of a chapter. ``revision`` grows with each change: a reconcile
    that began before it starts over.

    .. no_pii:
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="rules", db_constraint=False)
    audience = ExactCharField(max_length=8, choices=AUDIENCES)
    match = ExactCharField(max_length=3, choices=MATCHES, default=Match.ANY.value)
    adds_members = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("course rule")
        verbose_name_plural = _("course rules")
        constraints = [models.UniqueConstraint(fields=["chapter", "audience"], name="chapters_rule_once")]

    def __str__(self) -> str:
        return f"{self.audience} of {self.chapter_id}"


class RuleCourse(models.Model):
    """One course, or one organization with all its courses, that a rule asks for; one of both is empty.

    .. no_pii:
    """

    rule = models.ForeignKey(ChapterRule, on_delete=models.CASCADE, related_name="courses", db_constraint=False)
    course_id = ExactCharField(max_length=255, blank=True)
    organization = ExactCharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "course_id", "organization"], name="chapters_rule_course_once")
        ]
        indexes = [
            models.Index(fields=["course_id"], name="chapters_rules_of_course"),
            models.Index(fields=["organization"], name="chapters_rules_of_org"),
        ]

    def __str__(self) -> str:
        return self.course_id or self.organization
