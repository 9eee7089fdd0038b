"""What a row of the stage holds is called by its name; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0015_staff_visits")]

    operations = [
        migrations.AlterField(
            model_name="feedstage",
            name="said",
            field=models.JSONField(help_text="A `StagedCar`, or the marks of a rejected row."),
        ),
    ]
