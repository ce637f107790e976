from django.conf import settings
from django.db import migrations, models
from opaque_keys.edx.django.models import CourseKeyField


class Migration(migrations.Migration):
    """Create the forum roles."""

    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=30)),
                ("course_id", CourseKeyField(blank=True, db_index=True, max_length=255)),
                ("users", models.ManyToManyField(related_name="roles", to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "django_comment_client_role"},
        ),
    ]
