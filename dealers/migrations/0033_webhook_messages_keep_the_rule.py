"""Look once at the messages that were there before the rule, while they are written on."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dealers", "0032_webhook_audience_rules")]

    operations = [
        ValidateConstraint(
            model_name="webhookmessage", name="webhook_message_is_of_a_dealer_or_of_all"
        ),
    ]
