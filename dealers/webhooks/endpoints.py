"""Endpoints of webhooks: added, changed, tried, given another secret, switched on and ended."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dealers import audit
from dealers.exceptions import InvalidWebhook, WebhookNotFound
from dealers.models import (
    EVENTS_OF,
    WEBHOOK_TEST,
    AuditEvent,
    WebhookAudience,
    WebhookEndpoint,
    WebhookMessage,
)
from dealers.permissions import Actor, Permission, require
from dealers.webhooks import baseline, queue, signatures
from marketplace import quotas
from marketplace.fetching import FetchRefused, host_of

URL_MAX = 500
DESCRIPTION_MAX = 80


@dataclass(frozen=True)
class NewSecret:
    """An endpoint and, this once, the secret that its messages are signed by."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


@transaction.atomic
def add_endpoint(
    *, dealer_id: int, actor: Actor, url: str, events: Collection[str], description: str = ""
) -> NewSecret:
    """Send events to an address from now on; raises `InvalidWebhook` and `QuotaReached`."""
    require(Permission.EDIT_WEBHOOKS, dealer_id=dealer_id, actor=actor)
    endpoint = WebhookEndpoint(audience=WebhookAudience.DEALER, dealer_id=dealer_id)
    _fill(endpoint, url, events, description)
    rows = WebhookEndpoint.objects.for_dealer(dealer_id)
    quotas.require("webhooks", dealer_id=dealer_id, count=rows.count)
    baseline.begin_dealer(dealer_id)
    return _added(endpoint, actor)


@transaction.atomic
def add_marketplace_endpoint(
    *, audience: str, actor: Actor, url: str, events: Collection[str], description: str = ""
) -> NewSecret:
    """Tell a mirror, or the marketplace's own system, of all dealers from now on; for staff.

    Raises `NotPermitted` and `InvalidWebhook`.
    """
    require(Permission.MANAGE_WEBHOOKS, dealer_id=0, actor=actor)
    endpoint = WebhookEndpoint(audience=audience)
    _fill(endpoint, url, events, description)
    baseline.begin_marketplace()
    return _added(endpoint, actor)


@transaction.atomic
def change_endpoint(
    *, endpoint_id: int, actor: Actor, url: str, events: Collection[str], description: str
) -> WebhookEndpoint:
    """Write where it is and what it wants; raises `WebhookNotFound` and `InvalidWebhook`."""
    endpoint = _own(endpoint_id, actor)
    _fill(endpoint, url, events, description)
    endpoint.save(update_fields=["url", "events", "description"])
    _record(endpoint, ["", "changed"], actor)
    return endpoint


@transaction.atomic
def end_endpoint(*, endpoint_id: int, actor: Actor) -> None:
    """Delete it with its log; raises `WebhookNotFound`."""
    endpoint = _own(endpoint_id, actor)
    _record(endpoint, ["added", ""], actor)
    endpoint.delete()
    baseline.forget_unheard(endpoint)


@transaction.atomic
def rotate_secret(*, endpoint_id: int, actor: Actor) -> NewSecret:
    """Make another secret; for a day the old one signs as well. Raises `WebhookNotFound`."""
    endpoint = _own(endpoint_id, actor)
    secret = signatures.rotate(endpoint, timezone.now())
    endpoint.save(update_fields=["nonce", "key_check", "old_nonce", "old_key_check", "old_until"])
    _record(endpoint, ["a secret", "another secret"], actor)
    return NewSecret(endpoint, secret)


@transaction.atomic
def switch_on(*, endpoint_id: int, actor: Actor) -> WebhookEndpoint:
    """Send to it again, what waits first; raises `WebhookNotFound`."""
    endpoint = _own(endpoint_id, actor)
    if endpoint.switched_off_at is not None:
        endpoint.switched_off_at = endpoint.failing_since = endpoint.mailed_at = None
        endpoint.off_reason, endpoint.failures = "", 0
        endpoint.save(
            update_fields=[
                *("switched_off_at", "failing_since", "mailed_at", "off_reason", "failures")
            ]
        )
        queue.wake([endpoint.pk])
        _record(endpoint, ["off", "on"], actor)
    return endpoint


@transaction.atomic
def send_test(*, endpoint_id: int, actor: Actor) -> WebhookMessage:
    """Send a message that says nothing but that it is a test; raises `WebhookNotFound`."""
    endpoint = _own(endpoint_id, actor)
    subject = f"webhook:{endpoint.pk}"
    data = {"id": endpoint.pk}
    event = queue.Event(endpoint.dealer_id, WEBHOOK_TEST, subject, data, endpoint.audience)
    return queue.queue_for(endpoint, event)


@transaction.atomic
def replay(*, endpoint_id: int, actor: Actor, since: datetime, until: datetime) -> int:
    """Send what happened in a time again; return how many messages.

    Raises `WebhookNotFound` and `InvalidWebhook`.
    """
    endpoint = _own(endpoint_id, actor)
    if since >= until:
        raise InvalidWebhook("The range is empty.", fields={"until": ["Must be after `since`."]})
    kept = timezone.now() - timedelta(days=settings.WEBHOOKS_KEPT_DAYS)
    count = queue.replay(endpoint, max(since, kept), until)
    _record(endpoint, ["", f"{count} messages again"], actor)
    return count


def _own(endpoint_id: int, actor: Actor) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise WebhookNotFound("There is no such webhook.")
    if endpoint.dealer_id is None:
        require(Permission.MANAGE_WEBHOOKS, dealer_id=0, actor=actor)
    else:
        require(Permission.EDIT_WEBHOOKS, dealer_id=endpoint.dealer_id, actor=actor)
    return endpoint


def _added(endpoint: WebhookEndpoint, actor: Actor) -> NewSecret:
    made = signatures.new_nonce()
    endpoint.nonce, endpoint.key_check = made.nonce, made.key_check
    endpoint.created_by_id = actor.user_id
    endpoint.save()
    endpoint.refresh_from_db()
    _record(endpoint, ["", "added"], actor)
    return NewSecret(endpoint, signatures.secret_of(made.nonce, made.key_check))


def _fill(endpoint: WebhookEndpoint, url: str, events: Collection[str], description: str) -> None:
    refused: dict[str, list[str]] = {}
    url, description = url.strip(), description.strip()
    if message := _refusal_of_url(url):
        refused["url"] = [message]
    allowed = EVENTS_OF.get(endpoint.audience)
    if allowed is None:
        raise InvalidWebhook("Nobody has this name.", fields={"audience": ["Choose one of those."]})
    if unknown := sorted(set(events) - set(allowed)):
        refused["events"] = [f"There is no event {', '.join(unknown)}."]
    elif not events:
        refused["events"] = ["Choose at least one."]
    if len(description) > DESCRIPTION_MAX or "\0" in description:
        refused["description"] = [f"At most {DESCRIPTION_MAX} characters, none of them null."]
    if refused:
        raise InvalidWebhook("This webhook cannot be accepted.", fields=refused)
    endpoint.url, endpoint.description = url, description
    endpoint.events = [str(each) for each in allowed if each in events]


def _refusal_of_url(url: str) -> str:
    if not url or len(url) > URL_MAX or "\0" in url:
        return f"An address of at most {URL_MAX} characters."
    try:
        scheme, host = host_of(url)
    except FetchRefused as refusal:
        return refusal.message
    allowed = host.lower() in {each.strip().lower() for each in settings.FETCH_ALLOWED_HOSTS}
    if scheme != "https" and not (scheme == "http" and allowed):
        return "An address begins with https://."
    return "" if host else "The address names no host."


def _record(endpoint: WebhookEndpoint, change: list[object], actor: Actor) -> None:
    audit.record(
        AuditEvent.AuditKind.WEBHOOK_CHANGED,
        actor=actor,
        dealer_id=endpoint.dealer_id,
        subject=str(endpoint),
        changes={"webhook": change},
    )
