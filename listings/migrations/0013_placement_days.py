"""Views and clicks of the block, summed for each day and placement."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0012_photo_files")]

    operations = [
        migrations.CreateModel(
            name="PlacementDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "origin",
                    models.CharField(
                        help_text="Scheme and host; empty: not known.",
                        max_length=200,
                        verbose_name="site",
                    ),
                ),
                (
                    "placement",
                    models.CharField(help_text="The name its site gave it.", max_length=64),
                ),
                (
                    "views",
                    models.PositiveIntegerField(default=0, help_text="Blocks that came into view."),
                ),
                (
                    "clicks",
                    models.PositiveIntegerField(default=0, help_text="Adverts opened."),
                ),
                (
                    "alls",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="“View all” followed.",
                        verbose_name="all deals",
                    ),
                ),
            ],
            options={
                "verbose_name": "placement",
                "verbose_name_plural": "placements of the block",
                "ordering": ("-day", "origin", "placement"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "origin", "placement"), name="placement_has_one_row_a_day"
                    )
                ],
            },
        ),
    ]
