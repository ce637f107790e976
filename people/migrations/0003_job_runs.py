"""The record of periodic jobs."""

from django.db import migrations, models

import people.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0002_errands")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", people.fields.ExactCharField(max_length=64, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                ("counts", models.JSONField(default=dict)),
                ("error", people.fields.ExactCharField(blank=True, default="", max_length=128)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("runner", people.fields.ExactCharField(blank=True, default="", max_length=80)),
                ("token", people.fields.ExactCharField(blank=True, default="", max_length=32)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
