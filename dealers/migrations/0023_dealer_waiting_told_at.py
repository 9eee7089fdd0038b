"""When a dealer was last told what waits for an answer: one mail a day, whatever it is about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0022_reservations")]

    operations = [
        migrations.AddField(
            model_name="dealer",
            name="waiting_told_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When a mail last told what waits for an answer.",
                null=True,
            ),
        ),
    ]
