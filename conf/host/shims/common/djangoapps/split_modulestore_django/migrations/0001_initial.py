from django.db import migrations, models
import opaque_keys.edx.django.models


class Migration(migrations.Migration):

    initial = True

    operations = [
        migrations.CreateModel(
            name='SplitModulestoreCourseIndex',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course_id', opaque_keys.edx.django.models.LearningContextKeyField(max_length=255, unique=True)),
            ],
        ),
    ]
