"""Inserting a row locks no row that it points at any more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('discussion_ext', '0005_backfills'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contribution',
            name='parent',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='discussion_ext.contribution'),
        ),
        migrations.AlterField(
            model_name='contribution',
            name='root',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='descendants', to='discussion_ext.contribution'),
        ),
        migrations.AlterField(
            model_name='contribution',
            name='task',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='helpfulmark',
            name='contribution',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='discussion_ext.contribution'),
        ),
        migrations.AlterField(
            model_name='participation',
            name='task',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='pendingevaluation',
            name='task',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='report',
            name='contribution',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='discussion_ext.contribution'),
        ),
        migrations.AlterField(
            model_name='report',
            name='task',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='sketchhash',
            name='contribution',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='sketch', to='discussion_ext.contribution'),
        ),
        migrations.AlterField(
            model_name='sketchhash',
            name='task',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='taskgroup',
            name='task',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='discussion_ext.task'),
        ),
        migrations.AlterField(
            model_name='taskversion',
            name='task',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='discussion_ext.task'),
        ),
    ]
