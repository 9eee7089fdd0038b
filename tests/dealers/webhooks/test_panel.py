"""Webhooks in the panel: added, tried, looked into, sent again, ended; by owners and managers."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Dealer, WebhookDelivery, WebhookEndpoint
from dealers.webhooks.queue import Event, queue
from dealers.webhooks.sender import WebhookSender
from marketplace.london_time import in_london
from tests import make
from tests.dealers.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db
PAGE = "/dealer/webhooks/"


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer()


def signed_in(dealer: Dealer, role: str = "owner") -> Client:
    client = Client()
    client.force_login(make.member(dealer, role))
    return client


def secret_in(page: Any) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(page.content.decode()))
    assert found is not None
    return found[0]


def add(client: Client, receiver: Receiver, **fields: Any) -> Any:
    wanted = {"url": receiver.url(), "events": ["listing.updated"], "description": "Our CRM"}
    return client.post(PAGE, {**wanted, **fields})


def test_a_manager_adds_a_webhook_and_sees_its_secret_once(
    dealer: Dealer, receiver: Receiver, sender: WebhookSender
) -> None:
    client = signed_in(dealer, "manager")
    secret = secret_in(add(client, receiver))
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.dealer, endpoint.events) == (dealer, ["listing.updated"])
    item = f"{PAGE}{endpoint.pk}/"
    for address in (PAGE, item):
        assert "whsec_" not in client.get(address).content.decode()
    assert client.post(item, {"act": "test"}).status_code == 302
    sender.send_due()
    receiver.received[0].verify(secret)
    shown = html.unescape(client.get(item).content.decode())
    assert receiver.received[0].body in shown
    assert "Delivered" in shown
    new = secret_in(client.post(item, {"act": "rotate"}))
    assert new != secret
    client.post(item, {"act": "end"})
    assert not WebhookEndpoint.objects.exists()


def test_a_time_is_sent_again_and_one_that_is_off_is_switched_on(
    dealer: Dealer, receiver: Receiver, sender: WebhookSender
) -> None:
    client = signed_in(dealer)
    add(client, receiver)
    endpoint = WebhookEndpoint.objects.get()
    item = f"{PAGE}{endpoint.pk}/"
    WebhookEndpoint.objects.update(switched_off_at=timezone.now(), off_reason="Gone for good.")
    queue([Event(dealer.pk, "listing.updated", "listing:1", {"id": 1})])
    assert "Gone for good." in client.get(item).content.decode()
    assert not WebhookDelivery.objects.exists()
    now = in_london(timezone.now())
    times = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    posted = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in times.items()}
    client.post(item, {"act": "replay", **posted})
    assert sender.send_due() == 0
    client.post(item, {"act": "on"})
    sender.send_due()
    assert receiver.types == ["listing.updated"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"url": "http://example.com"}, "https://"), ({"events": []}, "required")],
)
def test_what_cannot_be_a_webhook_is_told_beside_its_field(
    dealer: Dealer, receiver: Receiver, fields: dict[str, Any], said: str
) -> None:
    page = add(signed_in(dealer), receiver, **fields)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_changed_webhook_keeps_its_secret_and_a_wrong_range_is_told(
    dealer: Dealer, receiver: Receiver
) -> None:
    client = signed_in(dealer)
    add(client, receiver)
    endpoint = WebhookEndpoint.objects.get()
    item = f"{PAGE}{endpoint.pk}/"
    given = {"url": "https://example.com/x", "events": ["enquiry.created"], "description": ""}
    client.post(item, {"act": "change", **given})
    changed = WebhookEndpoint.objects.get()
    assert (changed.url, changed.nonce) == ("https://example.com/x", endpoint.nonce)
    same = {"since": "2026-01-01T10:00", "until": "2026-01-01T10:00"}
    assert "Must be after" in client.post(item, {"act": "replay", **same}).content.decode()


def test_sales_have_no_webhooks(dealer: Dealer, receiver: Receiver) -> None:
    client = signed_in(dealer, "sales")
    assert add(client, receiver).status_code == 403
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/dealer/").content.decode()
