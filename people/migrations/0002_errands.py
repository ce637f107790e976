"""One table for what packages must still do."""

from django.db import migrations, models

import people.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("id", people.fields.ExactCharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", people.fields.ExactCharField(max_length=64)),
                ("key", people.fields.ExactCharField(max_length=255)),
                ("facts", models.JSONField(default=dict)),
                ("ticket", people.fields.ExactCharField(max_length=32)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("error", people.fields.ExactCharField(blank=True, default="", max_length=128)),
                ("due_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["due_at"], name="people_due_errands")]},
        ),
    ]
