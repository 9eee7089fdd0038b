"""Events say which call wrote them, and hold what that call wrote over."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0021_change_set")]

    operations = [
        migrations.AddField(
            model_name="listingevent",
            name="change_set",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="The call that wrote this; empty where it is not kept.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="events",
                to="listings.changeset",
            ),
        ),
        migrations.AlterField(
            model_name="listingevent",
            name="changes",
            field=models.JSONField(
                help_text="What was written, each field with its value before and after.", null=True
            ),
        ),
    ]
