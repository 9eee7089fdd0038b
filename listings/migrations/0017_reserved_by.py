"""Who reserved a car."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0016_keys_over_two_columns_alone")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="reserved_by",
            field=models.CharField(
                choices=[("feed", "Stock feed"), ("person", "Dealer"), ("buyer", "Buyer")],
                editable=False,
                help_text="Who reserved the car; set exactly while it is reserved.",
                max_length=6,
                null=True,
            ),
        ),
    ]
