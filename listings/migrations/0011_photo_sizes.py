"""Photographs in several sizes, their originals, their addresses, and files to be deleted."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0010_outcode"),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscardedPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("image", models.CharField(max_length=100)),
                (
                    "widths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), db_default=[], size=None
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PhotoOriginal",
            fields=[
                (
                    "photo",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="original",
                        serialize=False,
                        to="listings.photo",
                    ),
                ),
                ("content", models.BinaryField()),
                ("attempts", models.PositiveSmallIntegerField(db_default=0)),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="Empty where it was tried too often.",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="photo",
            name="widths",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                db_default=[],
                editable=False,
                help_text="Of every size, smallest first; empty where there is but the image.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="image",
            field=models.FileField(help_text="The JPEG of the largest size.", upload_to="photos/"),
        ),
        migrations.CreateModel(
            name="PhotoSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=1000)),
                ("host", models.CharField(max_length=260)),
                (
                    "place",
                    models.PositiveSmallIntegerField(help_text="On the list; 0 is the first."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("fetched", "Fetched"),
                            ("failed", "Failed"),
                            ("removed", "Removed by a person"),
                            ("superseded", "Kept until its successor is there"),
                        ],
                        db_default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, db_default="", help_text="Of a failure.", max_length=200
                    ),
                ),
                ("etag", models.CharField(blank=True, db_default="", max_length=255)),
                ("last_modified", models.CharField(blank=True, db_default="", max_length=64)),
                ("digest", models.CharField(blank=True, db_default="", max_length=64)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        db_default=0, help_text="Since the last success."
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), null=True
                    ),
                ),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_sources",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "ordering": ("place",),
            },
        ),
        migrations.AddField(
            model_name="photo",
            name="source",
            field=models.OneToOneField(
                editable=False,
                help_text="Empty where a person uploaded it.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photo",
                to="listings.photosource",
            ),
        ),
        migrations.AddIndex(
            model_name="photosource",
            index=models.Index(
                condition=models.Q(("next_attempt_at__isnull", False)),
                fields=["host", "next_attempt_at"],
                name="photo_source_due_by_host",
            ),
        ),
        migrations.AddConstraint(
            model_name="photosource",
            constraint=models.UniqueConstraint(
                fields=("listing", "url"), name="photo_url_is_unique_in_listing"
            ),
        ),
        migrations.AddConstraint(
            model_name="photosource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("pending", "fetched", "failed", "removed", "superseded"))
                ),
                name="photo_source_state_is_known",
            ),
        ),
    ]
