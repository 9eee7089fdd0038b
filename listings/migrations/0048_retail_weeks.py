"""How each kind of car sells in the whole marketplace, by week."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("listings", "0047_market_plans")]

    operations = [
        migrations.CreateModel(
            name="RetailWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(help_text="London's Monday.", unique=True)),
                ("figures", models.JSONField()),
                ("measured_at", models.DateTimeField(db_default=Now())),
            ],
        ),
    ]
