"""Which notices of feeds were mailed, so that none goes out twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0011_feed_preview")]

    operations = [
        migrations.AddField(
            model_name="feedrun",
            name="mailed_at",
            field=models.DateTimeField(help_text="When the mail about it went out.", null=True),
        ),
        migrations.AddField(
            model_name="stockfeed",
            name="mailed_pause_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The pause that a mail went out about, by its time.",
                null=True,
            ),
        ),
    ]
