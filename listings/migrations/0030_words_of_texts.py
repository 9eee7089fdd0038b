"""Keep the words of features and descriptions beside the adverts, for a job to fill."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import listings.models.words

# A word leads to many rows, of which only the keys are wanted: the words are kept out of their way.
NARROW = """
    ALTER TABLE listings_listingwords SET (toast_tuple_target = 128);
    ALTER TABLE listings_listingwords ALTER COLUMN words SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0029_equipment")]

    operations = [
        migrations.CreateModel(
            name="ChangesFollower",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("position", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ListingWords",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                ("words", listings.models.words.WordsField()),
                ("digest", models.BigIntegerField()),
                ("blanks", models.TextField(db_default=" " * 2_100, editable=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="listing_by_words_of_texts"
                    )
                ],
            },
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
    ]
