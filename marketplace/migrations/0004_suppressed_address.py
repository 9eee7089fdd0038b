"""The addresses that nothing is sent to."""

import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0003_outbox_task")]

    operations = [
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(max_length=254, unique=True, verbose_name="e-mail address"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "Mail comes back"),
                            ("complaint", "Reported as spam"),
                            ("staff", "Entered by staff"),
                        ],
                        default="staff",
                        max_length=9,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "suppressed addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="suppressed_address_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ("bounce", "complaint", "staff"))),
                        name="suppression_reason_is_known",
                    ),
                ],
            },
        ),
    ]
