"""One row per service: which version of the suite it started with."""

from django.db import migrations, models

import people.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0004_exact_keys")]

    operations = [
        migrations.CreateModel(
            name="Service",
            fields=[
                ("name", people.fields.ExactCharField(max_length=16, primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=64)),
                ("apps", models.JSONField(default=list)),
                ("python", models.CharField(max_length=32)),
                ("django", models.CharField(max_length=32)),
                ("started_at", models.DateTimeField()),
            ],
            options={"verbose_name": "service", "verbose_name_plural": "community status"},
        ),
    ]
