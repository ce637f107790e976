import people.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("chapters", "0003_courses_that_show_chapters"),
    ]

    operations = [
        migrations.AddField(
            model_name="chapter",
            name="open_key",
            field=people.fields.ExactCharField(max_length=80, null=True, unique=True),
        ),
    ]
