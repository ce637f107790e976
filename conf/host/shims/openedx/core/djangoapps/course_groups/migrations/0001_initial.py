import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from opaque_keys.edx.django.models import CourseKeyField

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """Create cohorts, their members and their settings."""

    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="CourseCohortsSettings",
            fields=[
                ("id", ID.clone()),
                ("is_cohorted", models.BooleanField(default=False)),
                ("course_id", CourseKeyField(max_length=255, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="CourseUserGroup",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=255)),
                ("course_id", CourseKeyField(db_index=True, max_length=255)),
                (
                    "group_type",
                    models.CharField(choices=[("cohort", "Cohort")], default="cohort", max_length=20),
                ),
                ("users", models.ManyToManyField(related_name="course_groups", to=settings.AUTH_USER_MODEL)),
            ],
            options={"unique_together": {("name", "course_id")}},
        ),
        migrations.CreateModel(
            name="CourseCohort",
            fields=[
                ("id", ID.clone()),
                (
                    "assignment_type",
                    models.CharField(
                        choices=[("random", "Random"), ("manual", "Manual")], default="manual", max_length=20
                    ),
                ),
                (
                    "course_user_group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cohort",
                        to="course_groups.courseusergroup",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CohortMembership",
            fields=[
                ("id", ID.clone()),
                ("course_id", CourseKeyField(max_length=255)),
                (
                    "course_user_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="course_groups.courseusergroup"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"unique_together": {("user", "course_id")}},
        ),
    ]
