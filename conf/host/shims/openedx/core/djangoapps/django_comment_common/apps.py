"""Application of the forum roles."""

from django.apps import AppConfig


class DjangoCommentCommonConfig(AppConfig):
    """Forum roles per course; the learner role is given on enrolment as in the platform."""

    name = "openedx.core.djangoapps.django_comment_common"
    label = "django_comment_common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the learner role to whoever enrols."""
        from django.db.models.signals import post_save

        from common.djangoapps.student.models import CourseEnrollment

        from .models import assign_default_role_on_enrollment

        post_save.connect(
            assign_default_role_on_enrollment,
            sender=CourseEnrollment,
            dispatch_uid="django_comment_common.assign_default_role",
        )
