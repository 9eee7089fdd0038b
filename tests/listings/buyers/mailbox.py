"""What a worker would do with buyers' tasks, and what their mails say."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings

from marketplace.models import OutboxTask
from tests.dealers.mail_server import MailServer

ROUNDS_MAX = 10


def work() -> None:
    """Run the tasks that wait, and those that they enqueue."""
    for _ in range(ROUNDS_MAX):
        rows = list(OutboxTask.objects.filter(task__startswith="listings.buyers.").order_by("pk"))
        if not rows:
            return
        for row in rows:
            run(row)


def run(row: OutboxTask) -> None:
    headers: dict[str, Any] = {"outbox_id": row.pk}
    current_app.tasks[row.task].apply(row.arguments, headers=headers, throw=True)


def delivered(server: MailServer) -> list[EmailMessage]:
    """Return the mails that a server took, first to last."""
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(each) for each in server.mails]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def links_of(mail: EmailMessage) -> list[str]:
    """Return the paths on our site that a mail's text links to, in their order."""
    words = text_of(mail).split()
    found = (word for word in words if word.startswith(settings.PUBLIC_URL))
    return [path_of(each) for each in found]


def told(server: MailServer) -> list[list[int]]:
    """Return the adverts that each mail so far links to."""
    return [
        [int(pk) for pk in re.findall(r"/cars/(\d+)/", " ".join(links_of(mail)))]
        for mail in delivered(server)
    ]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
