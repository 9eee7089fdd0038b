"""How long the log of webhooks is kept: by whole days, each of which is dropped at once."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from dealers.models import WebhookMessage

_ROLL = "SELECT webhook_log_roll(%s)"


def old_messages(before: datetime) -> QuerySet[WebhookMessage]:
    """Return the messages of the days (UTC) that were over at a moment."""
    midnight = datetime.combine(before.astimezone(UTC).date(), time(), UTC)
    return WebhookMessage.objects.filter(created_at__lt=midnight)


def drop_old_day() -> int:
    """Make the days to come, and drop the oldest that is past its time; return how many went.

    Days of which nothing is left go too. Raises `OperationalError` where somebody holds the log for
    longer than two seconds: nobody is to wait behind this.
    """
    removed: int | None = 0
    while removed == 0:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ROLL, [settings.WEBHOOKS_KEPT_DAYS])
            (removed,) = cursor.fetchone()
    return removed or 0
