"""Which of several like processes does a work that one must do at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0007_index_of_suppressed_digest"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("ends_at", models.DateTimeField()),
            ],
        ),
    ]
