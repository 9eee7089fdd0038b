"""Keep what an advert's texts say the car has, as bits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0028_index_of_lowest_prices")]

    operations = [
        migrations.AddField(
            "listing",
            "equipment",
            models.BigIntegerField(
                null=True,
                editable=False,
                help_text="A bit for each of `Equipment` that the advert's texts say the car has; "
                "null where they have not been read.",
            ),
        ),
    ]
