"""A suppressed address may be known by its digest alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0005_retention_day")]

    operations = [
        migrations.AddField(
            model_name="suppressedaddress",
            name="digest",
            field=models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name="suppressedaddress",
            name="email",
            field=models.EmailField(
                max_length=254, null=True, unique=True, verbose_name="e-mail address"
            ),
        ),
    ]
