"""How often mails, webhooks, enquiries and feed runs came out how, for whoever watches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0010_vacuum_of_the_outbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutcomeCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=30)),
                ("outcome", models.CharField(max_length=20)),
                ("shard", models.PositiveSmallIntegerField()),
                ("total", models.PositiveBigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "outcome", "shard"),
                        name="one_count_per_outcome_and_shard",
                    )
                ],
            },
        ),
    ]
