"""The first halves of postcodes, with their centres."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("listings", "0009_index_of_title_words")]

    operations = [
        migrations.CreateModel(
            name="Outcode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=4, unique=True)),
                ("latitude", models.FloatField(help_text="Degrees north, WGS 84.")),
                ("longitude", models.FloatField(help_text="Degrees east, WGS 84.")),
                ("town", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(code__regex="^[A-Z]{1,2}[0-9][A-Z0-9]?$"),
                        name="outcode_is_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            latitude__gte=-90,
                            latitude__lte=90,
                            longitude__gte=-180,
                            longitude__lte=180,
                        ),
                        name="outcode_is_on_earth",
                    ),
                ],
            },
        ),
    ]
