"""What a photo is known by when it is saved anew, for a job to fill."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0056_room_for_updates")]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="difference_hash",
            field=models.BigIntegerField(
                editable=False,
                help_text="0 where the picture tells nothing; empty until it is worked out.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="carclue",
            name="kind",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "VIN"), (2, "Registration mark"), (3, "Photo"), (4, "Picture")]
            ),
        ),
    ]
