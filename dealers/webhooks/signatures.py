"""Secrets of webhooks, which nobody keeps, and signatures by the Standard Webhooks specification.

A secret is made of a random nonce, which is kept, and the key of `marketplace.digests`, which is
not in the database: who has the rows alone can sign nothing. Where that key changes, those before
go on making the secrets of their time.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from dealers.exceptions import WebhookSecretLost
from dealers.models import WebhookEndpoint
from marketplace.digests import digest, digests

OLD_SECRET_HOURS = 24

_SECRET = "webhook secret"  # noqa: S105 - the purpose of a digest
_CHECK = "webhook key"


@dataclass(frozen=True)
class Nonce:
    """What a secret is made of, and which key makes it."""

    nonce: str
    key_check: str


def new_nonce() -> Nonce:
    nonce = secrets.token_urlsafe(32)
    return Nonce(nonce, digest(_CHECK, nonce))


def secret_of(nonce: str, key_check: str) -> str:
    """Return a secret as the receiver is given it; raises `WebhookSecretLost`."""
    keyed = zip(digests(_CHECK, nonce), digests(_SECRET, nonce), strict=True)
    for check, made in keyed:
        if secrets.compare_digest(check, key_check):
            return f"whsec_{base64.b64encode(bytes.fromhex(made)).decode()}"
    raise WebhookSecretLost("The key that this secret was made by is gone: make another secret.")


def rotate(endpoint: WebhookEndpoint, now: datetime) -> str:
    """Give an endpoint another secret and return it; both sign for a day."""
    endpoint.old_nonce, endpoint.old_key_check = endpoint.nonce, endpoint.key_check
    endpoint.old_until = now + timedelta(hours=OLD_SECRET_HOURS)
    made = new_nonce()
    endpoint.nonce, endpoint.key_check = made.nonce, made.key_check
    return secret_of(made.nonce, made.key_check)


def signing_secrets(endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
    """Return the secrets that sign now; raises `WebhookSecretLost` where the newest is gone."""
    newest = secret_of(endpoint.nonce, endpoint.key_check)
    if endpoint.old_until is None or endpoint.old_until <= now:
        return (newest,)
    try:
        return newest, secret_of(endpoint.old_nonce, endpoint.old_key_check)
    except WebhookSecretLost:
        return (newest,)


def signed_headers(
    webhook_id: str, body: str, keys: tuple[str, ...], now: datetime
) -> dict[str, str]:
    """Return the specification's headers, with a signature by each secret."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(webhook_id, now, body) for key in keys),
    }
