"""Find live adverts by the words of their title."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import listings.models.titles


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0008_title_words")]

    operations = [
        AddIndexConcurrently(
            "listing",
            django.contrib.postgres.indexes.GinIndex(
                listings.models.titles.TitleWords("title"),
                condition=models.Q(status="live"),
                name="live_by_title_words",
            ),
        ),
    ]
