"""How often each job ran, for whoever watches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0008_lease"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("runs", models.PositiveBigIntegerField(db_default=0)),
                ("failures", models.PositiveBigIntegerField(db_default=0)),
                ("seconds", models.FloatField(db_default=0.0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
