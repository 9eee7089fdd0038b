"""One endpoint's messages, sent one after the other; what comes of each, and nothing written."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dealers.exceptions import WebhookSecretLost
from dealers.models import WebhookEndpoint
from dealers.webhooks.signatures import signed_headers, signing_secrets
from marketplace.fetching import FetchFailed, Resolver, post

SECONDS_MAX = 15.0
BATCH_SECONDS = 20.0
"""No message of a batch is begun later; with the last one's 15 seconds less than a claim lasts."""
GONE = 410
ANSWER_MAX = 500


@dataclass(frozen=True)
class DueDelivery:
    """A delivery that is due."""

    id: int
    message_id: int
    subject: str
    attempts: int
    queued_at: datetime
    webhook_id: str
    body: str


@dataclass(frozen=True)
class Attempt:
    """What came of sending one; `status` is None where nothing answered."""

    waiting: DueDelivery
    status: int | None
    answer: str
    at: datetime
    milliseconds: int
    is_secret_lost: bool = False

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def attempt_each(
    endpoint: WebhookEndpoint, waiting: Sequence[DueDelivery], resolve: Resolver
) -> list[Attempt]:
    """Send until one fails or time is up: what fails is asked again later, and so are the rest."""
    begun = time.monotonic()
    made: list[Attempt] = []
    for each in waiting:
        if made and time.monotonic() - begun > BATCH_SECONDS:
            break
        made.append(_attempt(endpoint, each, resolve))
        if not made[-1].is_delivered:
            break
    return made


def _attempt(endpoint: WebhookEndpoint, waiting: DueDelivery, resolve: Resolver) -> Attempt:
    begun, now = time.monotonic(), timezone.now()
    status, is_secret_lost = None, False
    try:
        secrets = signing_secrets(endpoint, now)
        posted = post(
            endpoint.url,
            waiting.body.encode(),
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"used-car-marketplace (+{settings.PUBLIC_URL})",
                **signed_headers(waiting.webhook_id, waiting.body, secrets, now),
            },
            seconds_max=SECONDS_MAX,
            resolve=resolve,
        )
        status, answer = posted.status, posted.beginning.decode("utf-8", "replace")
    except WebhookSecretLost as lost:
        answer, is_secret_lost = lost.message, True
    except FetchFailed as failure:
        answer = failure.message
    spent = round(1_000 * (time.monotonic() - begun))
    text = answer.replace("\0", "")[:ANSWER_MAX]
    return Attempt(waiting, status, text, now, spent, is_secret_lost)
