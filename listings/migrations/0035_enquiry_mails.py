"""The mails that an enquiry causes, how its car stood, and the records of a dealer in order.

All of it belongs to tables that are still empty when this runs.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0034_buyers")]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="car_status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("live", "Live"),
                    ("expired", "Expired"),
                    ("sold", "Sold"),
                    ("withdrawn", "Withdrawn"),
                    ("rejected", "Rejected"),
                ],
                db_default="live",
                help_text="Of the advert at the time.",
                max_length=9,
            ),
        ),
        migrations.CreateModel(
            name="EnquiryMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recipient",
                    models.CharField(
                        choices=[
                            ("dealer", "Dealer"),
                            ("crm", "Dealer's CRM"),
                            ("buyer", "Buyer, as a receipt"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "sent_at",
                    models.DateTimeField(help_text="When a mail server took it.", null=True),
                ),
                (
                    "refused_at",
                    models.DateTimeField(
                        help_text="When its address was refused for good.", null=True
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "recipient"), name="enquiry_is_mailed_once_to_each"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="buyerrecord",
            index=models.Index(fields=["dealer", "kind", "id"], name="record_of_dealer"),
        ),
    ]
