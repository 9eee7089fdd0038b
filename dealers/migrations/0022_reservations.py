"""Whether a dealer takes reservations, and for how long."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0021_enquiries"),
    ]

    operations = [
        migrations.AddField(
            model_name="dealer",
            name="reservation_hours",
            field=models.PositiveSmallIntegerField(
                db_default=48,
                default=48,
                help_text="How long a car is held; a request is answered within as many.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(336),
                ],
            ),
        ),
        migrations.AddField(
            model_name="dealer",
            name="reservations",
            field=models.CharField(
                choices=[
                    ("off", "Buyers cannot ask"),
                    ("ask", "Held once we have said yes"),
                    ("now", "Held at once"),
                ],
                db_default="off",
                default="off",
                help_text="Whether buyers may ask you to hold a car.",
                max_length=3,
            ),
        ),
    ]
