"""Webhooks by key: set up, tried, read and sent again; and nothing of another dealer's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import AuditEvent, Dealer, Scope, WebhookDelivery, WebhookEndpoint
from dealers.permissions import SYSTEM
from dealers.suspension import suspend_dealer
from dealers.webhooks.endpoints import add_marketplace_endpoint
from dealers.webhooks.queue import Event, queue
from dealers.webhooks.sender import WebhookSender
from tests import make
from tests.dealers.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db
WEBHOOKS = "/api/v1/webhooks/"
UPDATED = "listing.updated"


class System:
    """A dealer's system, with a key."""

    def __init__(self, dealer: Dealer, *scopes: str) -> None:
        self.headers = {"Authorization": f"Bearer {make.key(dealer, *scopes)}"}

    def ask(self, method: str, path: str = "", body: Any = None) -> Any:
        send = getattr(Client(), method)
        content = {} if body is None else {"data": body, "content_type": "application/json"}
        return send(f"{WEBHOOKS}{path}", headers=self.headers, **content)


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer()


@pytest.fixture
def system(dealer: Dealer) -> System:
    return System(dealer)


def wanted(receiver: Receiver, **fields: Any) -> dict[str, Any]:
    return {"address": receiver.url(), "events": [UPDATED], **fields}


def test_a_system_adds_tries_and_looks_into_a_webhook(
    system: System, receiver: Receiver, sender: WebhookSender, dealer: Dealer
) -> None:
    answer = system.ask("post", body=wanted(receiver, description="CRM"))
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    made = answer.json()
    item = f"{made['webhook']['id']}/"
    assert system.ask("get", item).json() == made["webhook"]
    assert system.ask("get").json() == {"results": [made["webhook"]]}
    assert made["secret"] not in system.ask("get", item).content.decode()
    assert system.ask("post", f"{item}test/").status_code == 202
    queue([Event(dealer.pk, UPDATED, "listing:5", {"id": 5})])
    sender.send_due()
    for each in receiver.received:
        each.verify(made["secret"])
    page = system.ask("get", f"{item}deliveries/?page_size=1").json()
    (row,) = page["results"]
    assert (row["type"], row["state"], row["answer_status"]) == (UPDATED, "delivered", 204)
    assert row["body"] == receiver.received[1].body
    assert row["message_id"] == receiver.received[1].id
    second = system.ask("get", f"{item}deliveries/?cursor={page['next_cursor']}").json()
    assert [each["type"] for each in second["results"]] == ["webhook.test"]
    now = timezone.now()
    body = {"since": (now - timedelta(hours=1)).isoformat(), "until": now.isoformat()}
    assert system.ask("post", f"{item}replay/", body).json() == {"messages": 1}
    new = system.ask("post", f"{item}rotate/").json()["secret"]
    sender.send_due()
    receiver.received[2].verify(new)
    assert receiver.received[2].id == receiver.received[1].id
    changed = system.ask("put", item, wanted(receiver, events=["enquiry.created"])).json()
    assert (changed["events"], changed["description"]) == (["enquiry.created"], "")
    assert system.ask("delete", item).status_code == 204
    assert not WebhookEndpoint.objects.exists()
    noted = AuditEvent.objects.filter(kind="webhook_changed", dealer=dealer)
    assert noted.count() == 5
    assert made["secret"] not in str(list(noted.values()))


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"address": "http://example.com/hook"}, "url"),
        ({"address": "ftp://example.com/hook"}, "url"),
        ({"address": "not an address"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["listing.exploded"]}, "events"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_by_field(
    system: System, receiver: Receiver, fields: dict[str, Any], at_fault: str
) -> None:
    answer = system.ask("post", body=wanted(receiver, **fields))
    assert answer.status_code == 400
    assert at_fault in answer.json()["fields"]
    assert not WebhookEndpoint.objects.exists()


def test_a_range_that_is_empty_is_refused(system: System, receiver: Receiver) -> None:
    item = f"{system.ask('post', body=wanted(receiver)).json()['webhook']['id']}/"
    now = timezone.now().isoformat()
    answer = system.ask("post", f"{item}replay/", {"since": now, "until": now})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_webhook")


def test_a_key_needs_the_scope_and_a_suspended_dealer_only_reads(
    dealer: Dealer, system: System, receiver: Receiver
) -> None:
    item = f"{system.ask('post', body=wanted(receiver)).json()['webhook']['id']}/"
    reader = System(dealer, Scope.WEBHOOKS_READ)
    assert reader.ask("get", item).status_code == 200
    for method, path in (("post", f"{item}test/"), ("post", f"{item}rotate/"), ("delete", item)):
        assert reader.ask(method, path).json()["code"] == "scope_missing"
    assert System(dealer, Scope.STOCK_READ).ask("get").json()["code"] == "scope_missing"
    suspend_dealer(dealer_id=dealer.pk, actor=SYSTEM, reason="Unpaid")
    assert system.ask("get", item).status_code == 200
    assert system.ask("post", f"{item}test/").json()["code"] == "dealer_suspended"
    assert not WebhookDelivery.objects.exists()


CALLS = [
    ("get", "", None),
    ("put", "", {"address": "https://example.com/", "events": [UPDATED]}),
    ("delete", "", None),
    ("get", "deliveries/", None),
    *(("post", f"{verb}/", None) for verb in ("rotate", "switch-on", "test")),
    ("post", "replay/", {"since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_dealers_webhook_is_as_one_that_does_not_exist(
    system: System, receiver: Receiver, method: str, path: str, body: Any
) -> None:
    owner = make.dealer()
    theirs = System(owner).ask("post", body=wanted(receiver)).json()["webhook"]["id"]
    queue([Event(owner.pk, UPDATED, "listing:1", {})])
    before = list(WebhookEndpoint.objects.values()), list(WebhookDelivery.objects.values())
    found = system.ask(method, f"{theirs}/{path}", body)
    nothing = system.ask(method, f"{theirs + 1}/{path}", body)
    assert (found.status_code, found.content) == (404, nothing.content)
    assert system.ask("get").json() == {"results": []}
    after = list(WebhookEndpoint.objects.values()), list(WebhookDelivery.objects.values())
    assert after == before


@pytest.mark.parametrize("audience", ["mirror", "staff"])
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_webhook_of_the_marketplace_is_as_one_that_does_not_exist(
    system: System, receiver: Receiver, audience: str, method: str, path: str, body: Any
) -> None:
    made = add_marketplace_endpoint(
        audience=audience, actor=SYSTEM, url=receiver.url(), events=["listing.created"]
    ).endpoint
    before = list(WebhookEndpoint.objects.values())
    found = system.ask(method, f"{made.pk}/{path}", body)
    nothing = system.ask(method, f"{made.pk + 1}/{path}", body)
    assert (found.status_code, found.content) == (404, nothing.content)
    assert system.ask("get").json() == {"results": []}
    assert list(WebhookEndpoint.objects.values()) == before
    assert not WebhookDelivery.objects.exists()


WRITES = [
    ("put", "", {"address": "https://example.com/", "events": [UPDATED]}),
    ("post", "switch-on/", {}),
    ("post", "test/", {}),
    ("post", "replay/", {"since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_that_comes_twice_by_one_key_is_done_once(
    system: System, receiver: Receiver, method: str, path: str, body: Any
) -> None:
    item = f"{system.ask('post', body=wanted(receiver)).json()['webhook']['id']}/{path}"
    WebhookEndpoint.objects.update(switched_off_at=timezone.now())
    system.headers["Idempotency-Key"] = "once-1"
    first = system.ask(method, item, body)
    noted = WebhookDelivery.objects.count(), AuditEvent.objects.count()
    again = system.ask(method, item, body)
    assert first.status_code in (200, 202)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert (WebhookDelivery.objects.count(), AuditEvent.objects.count()) == noted
    other = {"since": "2021-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}
    assert system.ask("post", f"{item.partition('/')[0]}/replay/", other).status_code == 422


def test_a_dealer_asks_in_vain_for_what_is_told_to_staff(
    system: System, receiver: Receiver
) -> None:
    answer = system.ask("post", body=wanted(receiver, events=["report.created"]))
    assert answer.status_code == 400
    assert not WebhookEndpoint.objects.exists()


def test_a_dealer_has_so_many_webhooks(system: System, receiver: Receiver) -> None:
    for _ in range(10):
        assert system.ask("post", body=wanted(receiver)).status_code == 201
    answer = system.ask("post", body=wanted(receiver))
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_reached")
