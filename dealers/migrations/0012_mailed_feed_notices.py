"""Which notices of feeds were mailed, so that none goes out twice."""

from django.db import migrations, models

# Whoever reads runs with their feed locks them in this order: so does this, or they wait in a ring.
LOCK = "LOCK TABLE dealers_feedrun, dealers_stockfeed IN ACCESS EXCLUSIVE MODE"


class Migration(migrations.Migration):
    dependencies = [("dealers", "0011_feed_preview")]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
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
