"""Keep which saved searches have been told of which adverts."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("listings", "0039_replaced_photo_list")]

    operations = [
        migrations.CreateModel(
            "AlertLedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listing_id", models.BigIntegerField()),
                ("price", models.PositiveIntegerField(null=True)),
                ("searches", models.BinaryField()),
                ("told_at", models.DateTimeField(db_default=Now())),
            ],
            options={"verbose_name_plural": "alert ledger entries"},
        ),
        migrations.AddConstraint(
            "alertledgerentry",
            models.UniqueConstraint(
                fields=("listing_id", "price"),
                nulls_distinct=False,
                name="one_ledger_entry_per_advert_and_price",
            ),
        ),
    ]
