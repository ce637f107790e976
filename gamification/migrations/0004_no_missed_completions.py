"""The table of missed completions goes; 0003 has emptied it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gamification", "0003_missed_completions_are_errands")]

    operations = [migrations.DeleteModel(name="MissedCompletion")]
