"""Webhooks that no dealer owns: mirrors hear what buyers see, the staff's own of every dealer."""

import html
import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from dealers import account_emails
from dealers.exceptions import InvalidWebhook
from dealers.models import (
    EVENTS_OF,
    AuditEvent,
    FeedRun,
    WebhookAudience,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookListing,
    WebhookMessage,
)
from dealers.permissions import SYSTEM
from dealers.suspension import reinstate_dealer, set_sandbox, suspend_dealer
from dealers.webhooks.endpoints import (
    add_endpoint,
    add_marketplace_endpoint,
    end_endpoint,
    replay,
)
from dealers.webhooks.sender import WebhookSender
from listings.choices import Status
from listings.models import AdvertReport, BuyerRecord, Listing
from tests import make
from tests.dealers.webhooks.follower import Follower
from tests.dealers.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
MIRROR, STAFF = WebhookAudience.MIRROR, WebhookAudience.STAFF
PAGE = "/admin/dealers/webhookendpoint/"
URL = "https://mirror.example.com/hook"


def listen(audience: str, url: str = URL) -> WebhookEndpoint:
    return add_marketplace_endpoint(
        audience=audience, actor=SYSTEM, url=url, events=EVENTS_OF[audience]
    ).endpoint


def told(audience: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the types and data of what was queued for an audience since this was last asked."""
    rows = WebhookMessage.objects.filter(audience=audience).order_by("pk")
    found = [(row.type, json.loads(row.body)["data"]) for row in rows]
    rows.delete()
    return found


def change(car: Listing, **values: Any) -> None:
    Listing.objects.filter(pk=car.pk).update(**values)


def test_a_mirror_is_told_what_buyers_see_and_nothing_else(follower: Follower) -> None:
    there, draft = make.live(stock_ref="S-1"), make.draft(stock_ref="S-2")
    listen(MIRROR)

    def now_told() -> list[tuple[str, dict[str, Any]]]:
        follower.catch_up()
        return told(MIRROR)

    shown = {"id": there.pk, "url": f"http://testserver/api/v1/listings/{there.pk}/"}
    assert now_told() == []  # both were there before
    change(there, price=30_000)
    (first,) = now_told()
    assert first[1]["url"].endswith(f"/api/v1/listings/{there.pk}/")
    shown["url"] = first[1]["url"]
    data = {**shown, "price": 30_000, "previous_price": 33_999}
    assert first == ("listing.price_changed", data)
    change(there, mileage=72_999)
    assert now_told() == [("listing.updated", {**shown, "price": 30_000})]
    change(there, status=Status.WITHDRAWN)
    assert now_told() == [("listing.removed", {"id": there.pk})]
    change(there, price=29_000)
    change(draft, price=1_000)
    assert now_told() == []  # nobody sees either
    change(there, status=Status.LIVE)
    assert now_told() == [("listing.created", {**shown, "price": 29_000})]
    suspend_dealer(dealer_id=there.dealer_id, actor=SYSTEM, reason="Unpaid")
    assert now_told() == [("listing.removed", {"id": there.pk})]
    change(there, price=28_000)
    assert now_told() == []
    reinstate_dealer(dealer_id=there.dealer_id, actor=SYSTEM)
    assert now_told() == [("listing.created", {**shown, "price": 28_000})]
    set_sandbox(dealer_id=there.dealer_id, actor=SYSTEM, is_sandbox=True)
    assert now_told() == [("listing.removed", {"id": there.pk})]
    set_sandbox(dealer_id=there.dealer_id, actor=SYSTEM, is_sandbox=False)
    assert now_told() == [("listing.created", {**shown, "price": 28_000})]
    change(there, expires_at=timezone.now() - timedelta(seconds=1))
    assert now_told() == [("listing.removed", {"id": there.pk})]
    Listing.objects.filter(pk=there.pk).delete()
    assert now_told() == []


def test_an_advert_that_is_deleted_while_it_is_public_is_removed(follower: Follower) -> None:
    car = make.live()
    listen(MIRROR)
    follower.catch_up()
    Listing.objects.filter(pk=car.pk).delete()
    follower.catch_up()
    assert told(MIRROR) == [("listing.removed", {"id": car.pk})]


def test_what_was_public_is_known_from_the_start_where_a_dealer_listened_before(
    follower: Follower,
) -> None:
    car = make.live()
    add_endpoint(dealer_id=car.dealer_id, actor=SYSTEM, url=URL, events=["listing.status_changed"])
    WebhookListing.objects.update(is_public=False)  # as it was left before mirrors could listen
    listen(MIRROR)
    change(car, status=Status.WITHDRAWN)
    follower.catch_up()
    assert told(MIRROR) == [("listing.removed", {"id": car.pk})]
    assert [kind for kind, _ in told(WebhookAudience.DEALER)] == ["listing.status_changed"]


def test_the_marketplaces_own_is_told_of_every_dealer_by_its_name(follower: Follower) -> None:
    car, other = make.live(stock_ref="A-1"), make.live()
    listen(STAFF)
    feed = make.feed(other.branch)
    change(car, status=Status.WITHDRAWN)
    change(other, price=100)
    record = BuyerRecord.objects.create(
        kind="report", name="Ann Other", email="ann@example.com", kept_until=timezone.now()
    )
    report = AdvertReport.objects.create(
        record=record, listing=other, reason="fraud", text="He lives at 4 Elm Road."
    )
    now = timezone.now()
    run = FeedRun.objects.create(feed=feed, state="done", source_at=now, finished_at=now)
    follower.catch_up()
    bodies = " ".join(WebhookMessage.objects.values_list("body", flat=True))
    assert "Elm" not in bodies
    assert "Ann" not in bodies
    found = dict(told(STAFF))
    status, price = found["listing.status_changed"], found["listing.price_changed"]
    assert (status["dealer"], status["stock_ref"], status["status"], status["previous_status"]) == (
        *(car.dealer.slug, "A-1", "withdrawn", "live"),
    )
    assert (price["dealer"], price["price"]) == (other.dealer.slug, 100)
    assert status["url"].endswith(f"/admin/listings/listing/{car.pk}/change/")
    assert found["report.created"] == {
        "id": report.pk,
        "listing_id": other.pk,
        "dealer": other.dealer.slug,
        "reason": "fraud",
        "url": found["report.created"]["url"],
    }
    ended = found["feed_run.finished"]
    assert (ended["id"], ended["dealer"], ended["state"]) == (run.pk, feed.dealer.slug, "done")
    assert set(found) == {
        *("listing.status_changed", "listing.price_changed"),
        *("report.created", "feed_run.finished"),
    }


def test_runs_and_reports_are_told_once(follower: Follower) -> None:
    car = make.live()
    listen(STAFF)
    record = BuyerRecord.objects.create(kind="report", kept_until=timezone.now())
    AdvertReport.objects.create(record=record, listing=car, reason="sold")
    now = timezone.now()
    feed = make.feed(car.branch)
    FeedRun.objects.create(feed=feed, state="done", source_at=now, finished_at=now)
    follower.catch_up()
    follower.catch_up()
    kinds = sorted(WebhookMessage.objects.values_list("type", flat=True))
    assert kinds == ["feed_run.finished", "report.created"]


def test_each_hears_its_own_words_and_nobody_those_of_others(
    follower: Follower, receiver: Receiver, sender: WebhookSender
) -> None:
    car, other = make.live(stock_ref="SECRET-1"), make.live()
    for dealer_id, path in ((car.dealer_id, "/own"), (other.dealer_id, "/other")):
        add_endpoint(
            dealer_id=dealer_id,
            actor=SYSTEM,
            url=receiver.url(path),
            events=EVENTS_OF[WebhookAudience.DEALER],
        )
    mirror = listen(MIRROR, receiver.url("/mirror"))
    listen(STAFF, receiver.url("/staff"))
    change(car, price=100)
    follower.catch_up()
    sender.send_due()
    found = {each.path: each for each in receiver.received}
    assert sorted(each.path for each in receiver.received) == ["/mirror", "/own", "/staff"]
    assert set(found["/mirror"].content["data"]) == {"id", "price", "previous_price", "url"}
    assert "SECRET" not in found["/mirror"].body
    assert "dealer" not in found["/own"].content["data"]
    assert found["/staff"].content["data"]["dealer"] == car.dealer.slug
    minute = timedelta(minutes=1)
    again = {"since": timezone.now() - minute, "until": timezone.now() + minute}
    assert replay(endpoint_id=mirror.pk, actor=SYSTEM, **again) == 1
    receiver.received.clear()
    sender.send_due()
    assert [(each.path, each.id) for each in receiver.received] == [
        ("/mirror", found["/mirror"].id)
    ]


@pytest.mark.parametrize("event", ["listing.status_changed", "enquiry.created", "report.created"])
def test_a_mirror_asks_in_vain_for_what_the_public_api_does_not_show(event: str) -> None:
    with pytest.raises(InvalidWebhook):
        add_marketplace_endpoint(audience=MIRROR, actor=SYSTEM, url=URL, events=[event])
    assert not WebhookEndpoint.objects.exists()
    made = listen(MIRROR)
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEndpoint.objects.filter(pk=made.pk).update(events=[event])


def test_what_is_kept_goes_with_the_last_that_needs_it(follower: Follower) -> None:
    car, other = make.live(), make.live()
    own = add_endpoint(
        dealer_id=car.dealer_id, actor=SYSTEM, url=URL, events=["listing.updated"]
    ).endpoint
    mirror, second = listen(MIRROR), listen(MIRROR)
    change(other, price=100)
    follower.catch_up()
    end_endpoint(endpoint_id=mirror.pk, actor=SYSTEM)
    assert WebhookListing.objects.count() == 2
    assert WebhookMessage.objects.count() == 1
    end_endpoint(endpoint_id=second.pk, actor=SYSTEM)
    assert [row.pk for row in WebhookListing.objects.all()] == [car.pk]
    assert not WebhookMessage.objects.exists()
    end_endpoint(endpoint_id=own.pk, actor=SYSTEM)
    assert not WebhookListing.objects.exists()


def signed_in(*permissions: str) -> Client:
    """Return somebody of the staff who may do just this."""
    person = make.staff(is_superuser=False)
    wanted = [each.partition(".")[2] for each in permissions]
    person.user_permissions.set(
        DjangoPermission.objects.filter(content_type__app_label="dealers", codename__in=wanted)
    )
    client = Client()
    client.force_login(person)
    return client


def test_staff_add_try_and_end_one_and_see_its_secret_once(
    receiver: Receiver, sender: WebhookSender
) -> None:
    client = signed_in("dealers.view_webhookendpoint", "dealers.change_webhookendpoint")
    given = {"audience": "mirror", "url": receiver.url(), "events": ["listing.created"]}
    page = html.unescape(client.post(PAGE, given).content.decode())
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert found is not None
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.audience, endpoint.dealer_id) == ("mirror", None)
    item = f"{PAGE}{endpoint.pk}/"
    for address in (PAGE, item):
        assert "whsec_" not in client.get(address).content.decode()
    assert client.post(item, {"act": "test"}).status_code == 302
    sender.send_due()
    receiver.received[0].verify(found[0])
    assert receiver.received[0].body in html.unescape(client.get(item).content.decode())
    client.post(item, {"act": "end"})
    assert not WebhookEndpoint.objects.exists()
    noted = AuditEvent.objects.filter(kind="webhook_changed")
    assert [(each.source, each.dealer_id) for each in noted] == [("staff", None)] * 2
    assert found[0] not in str(list(noted.values()))


def test_staff_need_the_permission_and_see_no_dealers_webhooks() -> None:
    own = add_endpoint(
        dealer_id=make.dealer().pk,
        actor=SYSTEM,
        url="https://dealers-own.example.com/",
        events=["listing.updated"],
    ).endpoint
    mirror = listen(MIRROR)
    given = {"audience": "mirror", "url": URL, "events": ["listing.created"]}
    assert signed_in().get(PAGE).status_code == 403
    looking = signed_in("dealers.view_webhookendpoint")
    page = looking.get(PAGE).content.decode()
    assert URL in page
    assert "dealers-own" not in page
    assert looking.get(f"{PAGE}{own.pk}/").status_code == 404
    assert looking.post(PAGE, given).status_code == 403
    assert looking.post(f"{PAGE}{mirror.pk}/", {"act": "end"}).status_code == 403
    person = Client()
    person.force_login(make.member(make.dealer()))
    assert person.get(PAGE).status_code == 302
    assert WebhookEndpoint.objects.count() == 2


def test_what_cannot_be_one_is_told_beside_its_field() -> None:
    client = signed_in("dealers.view_webhookendpoint", "dealers.change_webhookendpoint")
    given = {"audience": "mirror", "url": URL, "events": ["report.created"]}
    page = client.post(PAGE, given)
    assert page.status_code == 200
    assert "There is no event report.created." in page.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_the_command_adds_one_and_prints_its_secret() -> None:
    printed = StringIO()
    call_command("add_webhook", "mirror", URL, stdout=printed)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.events == [str(each) for each in EVENTS_OF[MIRROR]]
    assert printed.getvalue().startswith("whsec_")
    with pytest.raises(CommandError, match="https://"):
        call_command("add_webhook", "staff", "http://example.com/")
    assert WebhookEndpoint.objects.count() == 1


def test_whoever_added_one_is_told_that_it_is_off(mailoutbox: list[Any]) -> None:
    person = make.staff(email="ops@example.com")
    endpoint = listen(MIRROR)
    off = {"switched_off_at": timezone.now(), "off_reason": "Gone."}
    WebhookEndpoint.objects.update(created_by=person, **off)
    assert account_emails.send_webhook_notice(endpoint_id=endpoint.pk)
    (mail,) = mailoutbox
    assert mail.to == [person.email]
    assert PAGE in mail.body
    WebhookEndpoint.objects.update(mailed_at=None)
    type(person).objects.filter(pk=person.pk).update(is_staff=False)
    assert not account_emails.send_webhook_notice(endpoint_id=endpoint.pk)
    assert len(mailoutbox) == 1
    assert not WebhookDelivery.objects.exists()
