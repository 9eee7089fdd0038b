"""What tests of verbs do in a worker's place."""

from typing import Any

from celery import current_app
from django.core import mail
from django.core.mail import EmailMessage

from marketplace.models import OutboxTask


def sent_mails() -> list[EmailMessage]:
    """Send the mails that are queued, and return all that were sent."""
    mailed = OutboxTask.objects.filter(task__regex=r"^(dealers|listings\.buyers)\.tasks\.")
    for row in mailed.order_by("pk"):
        headers: dict[str, Any] = {"outbox_id": row.pk}
        current_app.tasks[row.task].apply(row.arguments, headers=headers, throw=True)
    return list(mail.outbox)
