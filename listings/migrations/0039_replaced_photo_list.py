"""The addresses of photos before a change set, for as long as it can be undone."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("listings", "0038_mileage_of_a_make_needs_no_index")]

    operations = [
        migrations.CreateModel(
            name="ReplacedPhotoList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("change_set_id", models.BigIntegerField()),
                ("urls", models.JSONField()),
                ("digest", models.CharField(max_length=32, null=True)),
                ("replaced_at", models.DateTimeField(db_default=Now())),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["change_set_id", "listing"], name="photo_list_of_change_set"
                    ),
                    models.Index(fields=["replaced_at"], name="photo_list_by_age"),
                ],
            },
        ),
    ]
