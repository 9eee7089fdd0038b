"""No page of the staff admin shows a hash, an empty bracket or the inside of the program.

The rows are of every model that has pages, and the pages come from the site itself, so that a model
added later is walked as well.
"""

import re
from typing import Any

import pytest
from django.contrib import admin as sites
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.utils import timezone
from lxml import html

from dealers.models import AuditEvent, FeedRun
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_marketplace_endpoint
from listings.models import (
    AdvertSignal,
    BuyerRecord,
    CarLink,
    Listing,
    Make,
    MarketFit,
    Model,
    NamedText,
    PriceChange,
)
from marketplace.models import OutboxTask, RetentionDay, SuppressedAddress
from tests import make
from tests.dealers.panel.rows import any_row, fill

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
HASH = "0123456789abcdef0123456789abcdef"
REQUEST = HASH[::-1]
"""The number of a request is copied to look it up in the log: the one hash that may be shown."""

FAULTS = {
    "a class and a key": r"\bobject \(",
    "an object's address": r"\bobject at 0x|<class ",
    "an empty bracket": r"\(\s*\)|\[\s*\]|\{\s*\}",
    "a list or dict of the program": r"\[['\"\d{]|\{['\"]",
    "a value of the program": r"\b(None|True|False|null|NaN)\b",
    "a hash": r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,}\b",
    "a name of the program": r"\b[a-z]+_[a-z_]+\b|\b\w+\.(tasks|periodic)\.\w+",
}


def faults_of(text: str) -> list[str]:
    """Return what of a text no person should read, with its surroundings."""
    return [
        f"{kind}: …{text[max(0, found.start() - 30) : found.end() + 30]}…"
        for kind, pattern in FAULTS.items()
        for found in re.finditer(pattern, text)
    ]


def read(page: str) -> str:
    """Return what people read of a page: its text, its labels and its title."""
    tree: Any = html.fromstring(page)
    for part in tree.xpath("//script | //style | //template"):
        part.drop_tree()
    labels = tree.xpath("//@title | //@aria-label | //@placeholder | //@alt")
    icons = tree.xpath("//*[contains(@class, 'material-symbols-outlined')]")
    for icon in icons:
        icon.text = ""
    return " ".join(" ".join([tree.text_content(), *labels]).split()).replace(REQUEST, "")


def test_a_fault_is_seen() -> None:
    for text in (
        "Listing object (12)",
        "<dealers.Thing object at 0x7f>",
        "Golf ()",
        "Arguments []",
        "[12, 'a']",
        "Reason None",
        f"SHA-256 {HASH}",
        "dealers.tasks.send_invitation",
        "hold_code",
    ):
        assert faults_of(text), text
    assert faults_of("Land Rover Range Rover 3.0 TDV6 (2015), £33,999, 12 March 2026, 09:14") == []


@pytest.fixture
def rows() -> list[models.Model]:
    """A row of every model with pages, with everything filled in that a page shows."""
    dealer = make.dealer("Harbour Cars")
    made: dict[type[models.Model], Any] = dict(fill(dealer, "Ours"))
    listing = made[Listing]
    feed_run = FeedRun.objects.filter(pk=made[FeedRun].pk)
    feed_run.update(file_hash=HASH * 2, hold_code="withdraws", failure="The file ends too early.")
    made[Make] = make.make("Rovver", confirmation="pending")
    made[Model] = make.model("Vitesse", made[Make], confirmation="pending")
    made[MarketFit] = make.market_fit(details={"held_out": {"error": 6.5}, "rows": [1, 2]})
    made[Group] = Group.objects.create(name="Moderators")
    made[AuditEvent] = AuditEvent.objects.create(
        kind="dealer_changed",
        subject="Harbour Cars",
        dealer=dealer,
        changes={"is_active": [True, False], "phone": ["", "0113 496 0000"], "website": [None, ""]},
    )
    made[NamedText] = NamedText.objects.create(place="report", row_id=1)
    made[AdvertSignal] = AdvertSignal.objects.create(listing=listing, suspicion="low_price")
    made[CarLink] = CarLink.objects.create(listing=listing, car=7)
    made[PriceChange] = PriceChange.objects.filter(listing=listing).first()
    made[RetentionDay] = RetentionDay.objects.create(kind="former_names", day=timezone.now())
    made[SuppressedAddress] = SuppressedAddress.objects.create(digest=HASH * 2, email=None)
    made[OutboxTask] = OutboxTask.objects.create(
        task="dealers.tasks.send_feed_notice",
        arguments=[12, None],
        request_id=REQUEST,
        due_at=timezone.now(),
        given_up_at=timezone.now(),
        failure="marketplace.mail.MailServerAway",
    )
    endpoint = add_marketplace_endpoint(
        audience="mirror", actor=SYSTEM, url="https://example.com/all", events=["listing.created"]
    ).endpoint
    found = []
    for model in sites.site._registry:
        row = endpoint if model is type(endpoint) else made.get(model)
        row = row or model._default_manager.first()
        found.append(row or any_row(model, dealer, "Ours", made))
    BuyerRecord.objects.update(kept_because="The police asked.")
    return found


def pages_of(row: models.Model) -> list[str]:
    """Return the addresses of a row's pages and of its list."""
    options = row._meta
    base = f"/admin/{options.app_label}/{options.model_name}/"
    own = "" if options.model_name == "webhookendpoint" else "change/"
    pages = [base, f"{base}{row.pk}/{own}"]
    return pages if not own else [*pages, f"{base}{row.pk}/history/", f"{base}{row.pk}/delete/"]


def test_every_page_is_for_people(admin: Client, rows: list[models.Model]) -> None:
    assert {type(row) for row in rows} == set(sites.site._registry)
    seen = {}
    for row in rows:
        for address in pages_of(row):
            answer = admin.get(address)
            if answer.status_code == 403:  # nobody deletes or adds these
                continue
            assert answer.status_code == 200, address
            if faults := faults_of(read(answer.content.decode())):
                seen[address] = faults
    assert not seen, "\n".join(
        f"{page}: {fault}" for page, found in seen.items() for fault in found
    )


def test_what_was_done_is_told_by_names(admin: Client, rows: list[models.Model]) -> None:
    """The list of one's last actions, on the first page, names each row as its page does."""
    for row in rows:
        assert faults_of(str(row)) == [], type(row)
        assert str(row).strip(), type(row)


def test_the_audit_log_tells_changes_in_words(admin: Client, rows: list[models.Model]) -> None:
    (event,) = (row for row in rows if isinstance(row, AuditEvent))
    page = read(admin.get(f"/admin/dealers/auditevent/{event.pk}/change/").content.decode())
    assert "active: yes to no" in page
    assert "phone: 0113 496 0000" in page
