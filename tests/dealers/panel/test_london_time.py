"""What people read is on London's clock: late on a July evening it is the next day there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client

from dealers.expiry_digest import send_digest
from dealers.models import Branch, Dealer, ExpiryNotice, FeedRun
from dealers.waiting_digest import send_waiting
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring
from tests.dealers.panel.rows import fill, shown_models
from tests.dealers.panel.test_runs import LIST, exported
from tests.dealers.panel.walking import places
from tests.enqueued import sent_mails

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
PAST = datetime(2020, 7, 10, 23, 30, tzinfo=UTC)
TO_COME = datetime(2031, 7, 10, 23, 30, tzinfo=UTC)
OF_THE_FUTURE = frozenset({"expires_at", "reserved_until", "next_drop_at", "next_poll_at"})
OF_UTC = re.compile(r"23:30|\b10(?:th)? Jul|\bJul(?:y|\.)? 10\b|20(?:20|31)-07-10")
OF_LONDON = re.compile(r"00:30|\b11(?:th)? Jul|\bJul(?:y|\.)? 11\b|20(?:20|31)-07-11")


def set_clocks() -> None:
    """Let all that has happened or will happen be at this hour."""
    for model in shown_models():
        for field in model._meta.concrete_fields:
            if type(field) is not models.DateTimeField or field.name.startswith(("price_", "low")):
                continue
            moment = TO_COME if field.name in OF_THE_FUTURE else PAST
            model._base_manager.exclude(**{field.name: None}).update(**{field.name: moment})


def test_every_page_of_the_panel_tells_the_day_and_the_hour_of_london() -> None:
    dealer = make.dealer("Our Cars")
    rows = fill(dealer, "Ours")
    listing = rows[Listing]
    Listing.objects.filter(pk=listing.pk).update(
        status="live", published_at=PAST, expires_at=TO_COME, confirmed_at=PAST, sold_at=None,
        reserved_until=TO_COME, reserved_by="person",
    )  # fmt: skip
    set_clocks()
    client = Client()
    client.force_login(make.member(dealer))
    told = set()
    for place in places():
        for address in place.addresses(rows):
            response: Any = client.get(address)
            if response.status_code != 200 or response.streaming:
                continue
            body = response.content.decode()
            found = OF_UTC.search(body)
            assert not found, (address, body[found.start() - 200 : found.end() + 50])
            if OF_LONDON.search(body):
                told.add(place.route)
    assert told >= {
        "dealers/feedrun/<path:object_id>/change/",
        "dealers/stockfeed/<path:object_id>/change/",
        "keys/",
        "listings/listing/<path:object_id>/change/",
    }


def test_the_export_and_the_mails_tell_the_day_of_london(desk: Client, branch: Branch) -> None:
    row = make.live(
        branch=branch, published_at=PAST, expires_at=TO_COME, reserved_until=TO_COME, vrm="AB15AAB"
    )
    head, line = exported(desk.post(LIST, {"action": "export", "_selected_action": [row.pk]}))
    told = dict(zip(head, line, strict=True))
    assert (told["Expires"], told["Reserved until"]) == ("2031-07-11", "2031-07-11 00:30")
    ExpiryNotice.objects.create(listing=row, expires_at=TO_COME, days_before=7)
    send_digest(dealer_id=branch.dealer_id)
    held = bring(make.feed(branch), [])
    night = datetime.now(UTC).replace(month=7, day=10, hour=23, minute=30)
    FeedRun.objects.filter(pk=held.pk).update(received_at=night + timedelta(days=366))
    send_waiting(dealer_id=branch.dealer_id)
    digest, waiting = sent_mails()
    for text in (digest.body, digest.alternatives[0].content, waiting.body):  # type: ignore[attr-defined]
        assert OF_LONDON.search(str(text))
        assert not OF_UTC.search(str(text))


def test_the_api_speaks_utc_whoever_read_an_advert_before(client: Client, desk: Client) -> None:
    row = make.live(branch=make.branch(Dealer.objects.get()), published_at=PAST, expires_at=TO_COME)
    assert client.get("/cars/").status_code == 200
    (card,) = client.get("/api/v1/listings/").json()["results"]
    assert card["published_at"] == "2020-07-10T23:30:00Z"
    assert client.get(f"/api/v1/listings/{row.pk}/").json()["expires_at"] == "2031-07-10T23:30:00Z"
