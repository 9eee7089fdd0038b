"""No public address has anything of a sandbox; once the dealer is none, they all do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from dealers.models import Dealer, User
from dealers.permissions import SYSTEM
from dealers.suspension import set_sandbox
from listings.choices import PriceRating
from listings.models import AdvertReport, Listing
from listings.pages.sitemap import CHUNK
from listings.search.engines import engine
from listings.search.memory import MemoryEngine
from listings.search.suggest import index_cache
from listings.syndication import link_address, stock_link
from tests import make
from tests.listings.changes.mirrors import Mirror
from tests.marketplace.hostile.addresses import endpoints

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60
ID = 987_654_321
TRACES = ("zanzibar", "quagga", str(ID), f"/sitemap-{ID // CHUNK}.xml")

# Answers that count adverts: each is what it would be if the sandbox had none.
COUNTING = (
    "/api/v1/listings/?count=exact&facets=all",
    "/api/v1/listings/?make=ford&count=exact&ordering=price",
    "/api/v1/listings/?q=ford+fiesta&count=exact",
    "/api/v1/listings/{shown}/similar/",
    "/api/v1/listings/compare/?id={shown}&id={hidden}",
    "/api/v1/market/?make=ford&model=fiesta",
    "/api/v1/makes/",
    "/api/v1/makes/ford/models/",
    "/api/v1/suggest/?q=fiesta",
    "/api/v1/dealers/",
    "/api/v1/dealers/?name=zanz",
    "/api/v1/widget/?make=ford&limit=20",
    "/api/v1/widget/cards/?id={hidden}&id={shown}",
    "/oembed?url=http://testserver/cars/{hidden}/2018-ford-fiesta/",
)
SHOWING = (
    "/widget/fragment/?make=ford&limit=20",
    "/widget/frame/?make=ford&limit=20",
    "/cars/?make=ford",
    "/cars/compare/?id={shown}&id={hidden}",
    "/used-cars/ford/fiesta/",
    "/sitemap.xml",
    "/sitemap-{chunk}.xml",
    "/sitemap-dealers.xml",
    "/api/v1/changes/",
)
TO_THE_DEALER = {"renew/<str:token>/"}  # signed, and mailed to nobody else
# Those of them, and of the patterns of addresses, that show an advert of any dealer.
ONCE_OPEN = {
    *("api/v1/listings/", "api/v1/listings/<int:pk>/", "api/v1/dealers/"),
    *("api/v1/dealers/<slug:slug>/", "api/v1/widget/", "cars/", "cars/<int:pk>/"),
    *("cars/<int:pk>/enquire/", "cars/<int:pk>/report/"),
    *("cars/<int:pk>/reserve/", "dealers/<slug:slug>/", "widget/frame/<int:pk>/"),
    *("sitemap-dealers.xml", "widget/fragment/"),
}


@pytest.fixture(params=["postgres", "memory"])
def _engine(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    settings.SEARCH_ENGINE = request.param
    settings.REPLICA_SECONDS = 0.05
    engine.cache_clear()
    yield
    found = engine()
    if isinstance(found, MemoryEngine):
        found.replica.stop()


@pytest.fixture
def shown() -> Listing:
    """Return one of five adverts of as many dealers, so that figures of the market are told."""
    model = make.model("Fiesta", make.make("Ford"))
    rows = [make.live(model=model, price=9_000 + each, year=2018) for each in range(5)]
    for row in rows:
        make.value(row, 9_500, label=PriceRating.GOOD)
    return rows[0]


def sandbox_advert(shown: Listing) -> Listing:
    dealer = make.dealer(
        "Zanzibar Cars", is_sandbox=True, reservations="ask", phone="0113 496 0000"
    )
    row = make.live(
        id=ID,
        branch=make.branch(dealer, town="Quaggaville", latitude=53.8, longitude=-1.5),
        model=shown.model,
        derivative="Quagga Edition",
        price=8_000,
        year=2018,
    )
    make.value(row, 9_500, label=PriceRating.GREAT)
    return row


def follow() -> None:
    """Let everything that is kept in memory be as new as the database."""
    assert engine().catch_up(seconds=PATIENCE_SECONDS)
    if index_cache.cache_info().currsize:
        index_cache().stop()
        index_cache.cache_clear()
    cache.clear()


def filled(address: str, shown: Listing) -> str:
    return address.format(shown=shown.pk, hidden=ID, chunk=ID // CHUNK)


def counted(shown: Listing) -> dict[str, Any]:
    follow()
    answers = {each: Client().get(filled(each, shown), follow=True) for each in COUNTING}
    return {each: (answer.status_code, answer.content) for each, answer in answers.items()}


def showing(shown: Listing, row: Listing) -> set[str]:
    """Return the addresses, asked with the sandbox's keys, whose answers have a trace of it."""
    follow()
    rows = {Listing: row, Dealer: row.dealer, User: make.user()}
    public = [each for each in endpoints("public", "api") if each.route not in TO_THE_DEALER]
    asked = {each.route: each.address(rows) for each in public}
    asked |= {each: filled(each, shown) for each in (*COUNTING, *SHOWING)}
    link = stock_link(dealer_id=row.dealer_id, form="stock")
    asked["stock file"] = link_address(link).partition("8000")[2]
    found = set()
    for route, address in asked.items():
        answer = Client().get(address, follow=True)
        text = b"".join(answer) if answer.streaming else answer.content
        said = text.decode(errors="replace").lower()
        own = [trace for trace in TRACES if trace not in address]
        if any(trace in said for trace in own):
            found.add(route)
    return found


@pytest.mark.usefixtures("_engine")
def test_every_public_answer_is_what_it_were_without_the_sandbox(shown: Listing) -> None:
    before = counted(shown)
    row = sandbox_advert(shown)
    assert counted(shown) == before
    assert showing(shown, row) == set()
    set_sandbox(dealer_id=row.dealer_id, actor=SYSTEM, is_sandbox=False)
    after = counted(shown)
    assert {each for each in COUNTING if after[each] == before[each]} == set()
    assert showing(shown, row) >= ONCE_OPEN | set(SHOWING) | {"stock file"}
    set_sandbox(dealer_id=row.dealer_id, actor=SYSTEM, is_sandbox=True)
    assert counted(shown) == before
    assert showing(shown, row) == set()


def test_the_change_feed_tells_when_a_dealer_becomes_a_sandbox_and_when_not(
    client: Client, shown: Listing
) -> None:
    mirror = Mirror(client)
    row = sandbox_advert(shown)
    mirror.catch_up()
    assert row.pk not in mirror.held
    set_sandbox(dealer_id=row.dealer_id, actor=SYSTEM, is_sandbox=False)
    assert mirror.catch_up() == [("upsert", row.pk)]
    set_sandbox(dealer_id=row.dealer_id, actor=SYSTEM, is_sandbox=True)
    assert mirror.catch_up() == [("removal", row.pk)]


def test_what_buyers_send_about_its_adverts_is_refused_in_words(shown: Listing) -> None:
    row = sandbox_advert(shown)
    bodies: dict[str, dict[str, str]] = {
        "enquiries": {},
        "reports": {"reason": AdvertReport.ReportReason.FRAUD},
        "reservations": {"name": "Ann", "email": "ann@example.com", "consent": "Yes."},
    }
    for address, body in bodies.items():
        url = f"/api/v1/listings/{row.pk}/{address}/"
        answer = Client().post(url, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (404, "listing_not_found")
        assert answer.json()["detail"] == "There is no such advert."
