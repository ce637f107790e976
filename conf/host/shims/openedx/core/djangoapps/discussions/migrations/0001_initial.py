from django.db import migrations, models
from opaque_keys.edx.django.models import LearningContextKeyField

RESTRICTIONS = [("disabled", "Disabled"), ("scheduled", "Scheduled"), ("enabled", "Enabled")]


class Migration(migrations.Migration):
    """Create the discussion configuration."""

    initial = True
    dependencies: list = []
    operations = [
        migrations.CreateModel(
            name="DiscussionsConfiguration",
            fields=[
                ("context_key", LearningContextKeyField(max_length=255, primary_key=True, serialize=False)),
                ("enabled", models.BooleanField(default=True)),
                (
                    "posting_restrictions",
                    models.CharField(choices=RESTRICTIONS, default="disabled", max_length=15),
                ),
                ("provider_type", models.CharField(default="openedx", max_length=100)),
                ("plugin_configuration", models.JSONField(blank=True, default=dict)),
            ],
        ),
    ]
