"""The tasks that have to run, as rows."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_stored_answer")]

    operations = [
        migrations.CreateModel(
            name="OutboxTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("task", models.CharField(max_length=200)),
                ("arguments", models.JSONField()),
                ("request_id", models.CharField(db_default="", max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("due_at", models.DateTimeField()),
                ("publications", models.PositiveSmallIntegerField(db_default=0)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(db_default="", max_length=200)),
            ],
            options={
                "verbose_name": "queued task",
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at__isnull", True)),
                        fields=["due_at"],
                        name="outbox_task_due",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("given_up_at__isnull", True), ("started_at__isnull", True)
                        ),
                        fields=["task", "arguments"],
                        name="outbox_task_waiting",
                    ),
                ],
            },
        ),
    ]
