"""How far each course's past has been taken up, and which posts of it earn nothing."""

from django.db import migrations, models

import people.fields


class Migration(migrations.Migration):
    dependencies = [("discussion_ext", "0004_no_repairs")]

    operations = [
        migrations.CreateModel(
            name="Backfill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("course_id", people.fields.ExactCharField(max_length=255, unique=True)),
                ("since", models.DateTimeField(null=True)),
                ("has_points", models.BooleanField(default=False)),
                ("thread_id", models.BigIntegerField(default=0)),
                ("comment_id", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            model_name="contribution",
            name="is_unpaid",
            field=models.BooleanField(default=False),
        ),
    ]
