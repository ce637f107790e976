"""Until when a mail is worth sending."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_services")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="useful_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
