"""What each audience may be told, and that what is for all of them names no dealer."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

_ADVERTS = ["listing.created", "listing.updated", "listing.removed", "listing.price_changed"]
_OF_DEALERS = [*_ADVERTS, "listing.status_changed", "enquiry.created", "feed_run.finished"]
_OF_STAFF = [*_ADVERTS, "listing.status_changed", "feed_run.finished", "report.created"]

_OF_A_DEALER_OR_OF_ALL = Q(audience="dealer", dealer__isnull=False) | Q(
    ~Q(audience="dealer"), dealer__isnull=True
)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0031_webhook_audience")]

    operations = [
        migrations.RemoveConstraint(
            model_name="webhookendpoint",
            name="webhook_events_are_known",
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=(
                    Q(audience="dealer", events__contained_by=_OF_DEALERS)
                    | Q(audience="mirror", events__contained_by=_ADVERTS)
                    | Q(audience="staff", events__contained_by=_OF_STAFF)
                )
                & Q(events__len__gt=0),
                name="webhook_events_are_those_of_its_audience",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=_OF_A_DEALER_OR_OF_ALL, name="webhook_is_of_a_dealer_or_of_all"
            ),
        ),
        AddConstraintNotValid(
            model_name="webhookmessage",
            constraint=models.CheckConstraint(
                condition=_OF_A_DEALER_OR_OF_ALL, name="webhook_message_is_of_a_dealer_or_of_all"
            ),
        ),
    ]
