"""A feed remembers a car's mark and VIN; one reference may name several cars in turn."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dealers", "0019_undo")]

    operations = [
        migrations.AddField(
            model_name="feedcar",
            name="vrm",
            field=models.CharField(db_default="", max_length=7),
        ),
        migrations.AddField(
            model_name="feedcar",
            name="vin",
            field=models.CharField(db_default="", max_length=17),
        ),
        AddIndexConcurrently(
            model_name="feedcar",
            index=models.Index(F("feed"), F("key"), name="feed_car_by_key"),
        ),
        migrations.RemoveConstraint(model_name="feedcar", name="feed_knows_a_car_once"),
    ]
