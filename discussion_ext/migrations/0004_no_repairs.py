"""The table of repairs goes; 0003 has emptied it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("discussion_ext", "0003_repairs_are_errands")]

    operations = [migrations.DeleteModel(name="Repair")]
