from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_price_after_drops")]

    operations = [
        migrations.AlterField(
            model_name="priceschedule",
            name="next_drop_at",
            field=models.DateTimeField(
                null=True, help_text="Empty while the advert is off the market."
            ),
        ),
        # Going back, a paused schedule needs a time again; off the market nothing is applied.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "UPDATE listings_priceschedule SET next_drop_at = now() WHERE next_drop_at IS NULL",
        ),
    ]
