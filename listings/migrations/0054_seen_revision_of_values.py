"""A value knows the revision of its advert, which is cheaper to compare than what it rests on."""

from django.db import migrations

import listings.models.fields


class Migration(migrations.Migration):
    dependencies = [("listings", "0053_rating_history")]

    operations = [
        migrations.AddField(
            model_name="listingvalue",
            name="seen",
            field=listings.models.fields.TransactionIdField(
                help_text="The advert's revision when `inputs` was its digest; null where not "
                "known.",
            ),
        ),
    ]
