"""Words of a feed's status that a person is asked about once."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0017_sql_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedStatusWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=250)),
                ("said", models.CharField(max_length=250)),
                (
                    "meaning",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("available", "On sale"),
                            ("reserved", "Reserved"),
                            ("off_sale", "Not on sale, and not sold"),
                            ("sold", "Sold"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_words",
                        to="dealers.stockfeed",
                    ),
                ),
            ],
            options={
                "ordering": ("feed", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("feed", "key"), name="feed_asks_of_a_word_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("meaning__in", ("", "available", "reserved", "off_sale", "sold"))
                        ),
                        name="meaning_of_a_status_word_known",
                    ),
                ],
            },
        ),
    ]
