"""As what somebody acted: as a person of the dealer, as staff, by a key, or the system."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0012_mailed_feed_notices")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="source",
            field=models.CharField(
                "as",
                max_length=6,
                choices=[
                    ("person", "A person of the dealer"),
                    ("staff", "Staff"),
                    ("key", "API key"),
                    ("system", "The system"),
                ],
                blank=True,
                db_default="",
                help_text="As what they acted; empty in events from before this was kept.",
            ),
        )
    ]
