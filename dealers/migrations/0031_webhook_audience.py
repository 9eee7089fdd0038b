"""Webhooks that no dealer owns: of mirrors, and of the marketplace's own systems."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0030_vacuum_of_feed_rows")]

    operations = [
        migrations.AlterModelOptions(
            name="webhookendpoint",
            options={"ordering": ("id",), "verbose_name": "webhook"},
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="audience",
            field=models.CharField(
                choices=[
                    ("dealer", "A dealer's own systems"),
                    ("mirror", "A mirror of the public stock"),
                    ("staff", "The marketplace's own systems"),
                ],
                db_default="dealer",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="webhookmessage",
            name="audience",
            field=models.CharField(
                choices=[
                    ("dealer", "A dealer's own systems"),
                    ("mirror", "A mirror of the public stock"),
                    ("staff", "The marketplace's own systems"),
                ],
                db_default="dealer",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="webhooklisting",
            name="is_public",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AlterField(
            model_name="webhookendpoint",
            name="dealer",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhook_endpoints",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="webhookmessage",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="webhookendpoint",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("listing.created", "An advert is published for the first time"),
                        ("listing.updated", "An advert changes in another way"),
                        ("listing.removed", "An advert is deleted"),
                        ("listing.price_changed", "An advert's price changes"),
                        ("listing.status_changed", "An advert's status changes"),
                        ("enquiry.created", "A buyer asks about a car"),
                        ("feed_run.finished", "A file of a stock feed comes to its end"),
                        ("report.created", "Somebody reports an advert"),
                    ],
                    max_length=30,
                ),
                size=None,
            ),
        ),
    ]
