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
    ]
