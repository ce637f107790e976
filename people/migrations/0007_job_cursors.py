"""From where a job goes on that was not finished."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_deliveries_end")]

    operations = [
        migrations.AddField(
            model_name="jobrun",
            name="cursor",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
