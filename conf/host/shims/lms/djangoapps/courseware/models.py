"""What learners leave behind in blocks: state and score, and fields of wider scopes."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import BlockTypeKeyField, LearningContextKeyField, UsageKeyField


class StudentModule(models.Model):
    """State (JSON) and score of one learner in one block.

    .. no_pii:
    """

    module_type = models.CharField(max_length=32, db_index=True)
    module_state_key = UsageKeyField(max_length=255, db_column="module_id")
    student = models.ForeignKey(User, db_index=True, db_constraint=False, on_delete=models.CASCADE)
    course_id = LearningContextKeyField(max_length=255, db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True, db_index=True)
    max_grade = models.FloatField(null=True, blank=True)
    done = models.CharField(max_length=8, default="na")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        app_label = "courseware"
        unique_together = (("student", "module_state_key", "course_id"),)
        indexes = [models.Index(fields=["module_state_key", "grade", "student"], name="courseware_stats")]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.module_state_key}"


class XBlockFieldBase(models.Model):
    """One value of a field whose scope is wider than one learner in one block.

    .. no_pii:
    """

    field_name = models.CharField(max_length=64, db_index=True)
    value = models.TextField(default="null")
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "courseware"
        abstract = True

    def __str__(self) -> str:
        return self.field_name


class XModuleUserStateSummaryField(XBlockFieldBase):
    """A value shared by all learners of one block.

    .. no_pii:
    """

    usage_id = UsageKeyField(max_length=255, db_index=True)

    class Meta:
        app_label = "courseware"
        unique_together = (("usage_id", "field_name"),)


class XModuleStudentPrefsField(XBlockFieldBase):
    """A value of one learner in all blocks of a type.

    .. no_pii:
    """

    module_type = BlockTypeKeyField(max_length=64, db_index=True)
    student = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        app_label = "courseware"
        unique_together = (("student", "module_type", "field_name"),)


class XModuleStudentInfoField(XBlockFieldBase):
    """A value of one learner in all blocks.

    .. no_pii:
    """

    student = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        app_label = "courseware"
        unique_together = (("student", "field_name"),)
