"""A call of each operation of the API, on the demo: what its examples are recorded from."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, Dealer, FeedStatusWord, StockFeed
from listings.buyers.consents import words_now
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, car
from tests.scenes import booth, saved
from tests.vehicle_registers import FOCUS, FORD, running

ADVERTS = 600
ROWS_MAX = 2
HOST = "https://cars.example.com"
SECRET = "whsec_bWFkZS11cC1mb3ItdGhlLWRvY3VtZW50YXRpb24="
COLUMNS = (*make.FEED_COLUMNS, "status")
PERSON = {"name": "Ann Buyer", "email": "ann.buyer@example.com", "phone": "07700 900123"}
NEW_CAR = {
    "make": "Ford",
    "model": "Fiesta",
    "derivative": "1.0 EcoBoost Zetec 5dr",
    "year": 2018,
    "mileage": 41_000,
    "price": 8_995,
}
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, operations in yaml.safe_load(Path("docs/openapi.yaml").read_text())["paths"].items()
    for method, operation in operations.items()
}


class DemoCalls:
    """Calls operations as a front end, and as the system of the demo's first dealer."""

    def __init__(self) -> None:
        call_command("load_demo", listings=ADVERTS, stdout=io.StringIO())
        call_command("refit_values", stdout=io.StringIO())
        self.dealer = Dealer.objects.get(slug="harbour-prestige-cars")
        self.branch = Branch.objects.filter(dealer=self.dealer).earliest("pk")
        self.token = make.key(self.dealer)
        self.recorded: dict[str, Any] = {}
        self._client = Client()

    def call(self, operation_id: str, *, query: Any = (), body: Any = None, **parts: Any) -> Any:
        """Call an operation with the parts of its path, note it, and return its answer."""
        method, path, operation = OPERATIONS[operation_id]
        address = path.format(**parts) + (f"?{urlencode(query)}" if query else "")
        sent, media_type = body, None
        content: dict[str, Any] = {}
        if isinstance(body, bytes):
            sent, media_type = body.decode(), "application/octet-stream"
            content = {"data": body, "content_type": media_type}
        elif isinstance(body, dict) and any(isinstance(each, io.BytesIO) for each in body.values()):
            sent = {name: file.name for name, file in body.items()}
            media_type, content = "multipart/form-data", {"data": body}
        elif body is not None:
            media_type = "application/json"
            content = {"data": json.dumps(body), "content_type": media_type}
        headers = {"Authorization": f"Bearer {self.token}"} if _is_keyed(operation) else {}
        answer = getattr(self._client, method)(address, headers=headers, **content)
        assert 200 <= answer.status_code < 300, (operation_id, answer.status_code, answer.content)
        told = _told(answer)
        self.recorded[operation_id] = {
            "method": method.upper(),
            "address": address,
            **({} if media_type is None else {"media_type": media_type, "body": sent}),
            "status": answer.status_code,
            **({} if told is None else {"answer": _shown(told)}),
        }
        return told

    def all(self) -> dict[str, Any]:
        """Call every operation once, in the order of the document."""
        for part in (self.search, self.buyers, self.stock, self.feeds, self.webhooks):
            part()
        return {name: self.recorded[name] for name in OPERATIONS if name in self.recorded}

    def search(self) -> None:
        self.call("getIndex")
        rovers = {"make": "land-rover", "model": "range-rover"}
        filters = {**rovers, "price_max": 40_000, "ordering": "price", "count": "exact"}
        page = self.call("listListings", query=filters)
        first, second = (each["id"] for each in page["results"][:2])
        self.call("getListing", id=first)
        self.call("listSimilarListings", id=first)
        self.call("listComparables", id=_valued() or first)
        self.call("compareListings", query=[("id", first), ("id", second)])
        self.call("suggest", query={"q": "range ro"})
        self.call("listMakes", query={"name": "land"})
        self.call("listModels", slug="land-rover", query={"name": "range"})
        self.call("showMarket", query={"make": "ford"})
        self.call("listDealers", query={"page_size": 2})
        self.call("getDealer", slug=self.dealer.slug)
        self.call("listChanges", query={"page_size": 2})
        self.call("getWidget", query={"limit": 2, **rovers})
        self.call("getWidgetCards", query={"id": first})
        self.call("countWidgetEvents", body={"placements": [{"placement": "article", "views": 1}]})
        self.call(
            "matchArticle",
            body={"title": "Land Rover Range Rover review", "text": "The Range Rover is an SUV."},
        )

    def buyers(self) -> None:
        advert = _of(self.dealer).public().earliest("pk")
        self.dealer.reservations = Dealer.Reservations.ASK
        self.dealer.save(update_fields=["reservations"])
        self.call("getConsent", purpose="enquiry")
        asked = {**PERSON, "message": "Is it still for sale?", "consent": words_now("enquiry")}
        self.call("sendEnquiry", id=advert.pk, body=asked)
        self.call("showPhone", id=advert.pk)
        self.call("reportListing", id=advert.pk, body={"reason": "other", "text": "It is sold."})
        held = {**PERSON, "consent": words_now("reservation")}
        self.call("requestReservation", id=advert.pk, body=held)
        wanted = {
            "email": PERSON["email"],
            "search": {"make": "ford", "price_max": 10_000},
            "frequency": "daily",
            "consent": words_now("saved_search"),
        }
        self.call("saveSearch", body=wanted)
        page = self.call("listEnquiries", query={"page_size": 2})
        enquiry = page["results"][0]["id"]
        self.call("getEnquiry", id=enquiry)
        self.call("changeEnquiry", id=enquiry, body={"stage": "answered", "note": "Rang back."})
        self.call("listEnquiryChanges", query={"page_size": 2})
        car_sought = {key: NEW_CAR[key] for key in NEW_CAR if key != "price"}
        self.call("valueCar", body=car_sought)

    def stock(self) -> None:
        self.call("listStock", query={"status": "live", "page_size": 2})
        new = {**NEW_CAR, "branch": self.branch.pk, "stock_ref": "A1", "vrm": "AB18 CDE"}
        pk = self.call("createStock", body=new)["id"]
        self.call("changeStock", id=pk, body={"price": 8_495, "colour": "blue"})
        picture = io.BytesIO(saved(booth("navy", "AB18 CDE")))
        picture.name = "front.jpg"
        photo = self.call("addStockPhoto", id=pk, body={"image": picture})["photos"][0]["id"]
        self.call("listStockPhotos", id=pk)
        self.call("orderStockPhotos", id=pk, body={"ids": [photo]})
        self.call("publishStock", id=pk, body={})
        self.call("getStock", id=pk)
        self.call("getStockByRef", stock_ref="A1")
        self.call("lookUpStock", body={"vrm": "AB18 CDE"})
        with running() as registers:
            registers.know("AA19AAA", dvla=FORD, dvsa=FOCUS)
            self.call("lookUpVehicle", body={"vrm": "AA19 AAA"})
        self.call("renewStock", id=pk, body={"reason": "Serviced, and back in the yard."})
        self.call("reserveStock", id=pk, body={"reason": "Held for Ann Buyer."})
        self.call("releaseStock", id=pk, body={})
        self.call("removeStockPhoto", id=pk, photo_id=photo)
        self.call("getStockAudience", id=pk, query={"days": 1})
        self.call("withdrawStock", id=pk, body={"reason": "At the workshop."})
        self.call("publishStock", id=pk, body={})
        sale = {"price": 8_250, "buyer": "retail", "channel": "marketplace"}
        self.call("sellStock", id=pk, body=sale)
        other = {**NEW_CAR, "branch": self.branch.pk, "mileage": 52_300, "price": 7_995}
        self.call("upsertStock", stock_ref="A2", body=other)
        items = [
            {"op": "upsert", "stock_ref": "A2", "listing": {"price": 7_795}},
            {"op": "publish", "stock_ref": "A2"},
        ]
        self.call("writeStockBatch", body={"items": items})

    def feeds(self) -> None:
        feed = make.feed(self.branch, name="Main stock")
        fields = ColumnMapping.from_json(feed.mapping).fields
        named = {**fields, "availability": ColumnSource(("status",))}
        feed.mapping = ColumnMapping(named, known=COLUMNS).to_json()
        feed.save(update_fields=["mapping"])
        rows = [car(1, status="Available"), car(2, status="Bay seven")]
        run = self._sent(feed, as_csv(rows, COLUMNS))
        self.call("getFeed", id=feed.pk)
        self.call("listFeeds")
        self.call("listFeedRuns", id=feed.pk)
        self.call("getFeedRun", id=feed.pk, run_id=run)
        self.call("listFeedRunRows", id=feed.pk, run_id=run)
        self.call("getFeedRunCsv", id=feed.pk, run_id=run)
        self.call("listFeedWords", id=feed.pk)
        word = FeedStatusWord.objects.get(feed=feed).pk
        said = {"words": [{"id": word, "meaning": "off_sale"}]}
        self.call("explainFeedWords", id=feed.pk, body=said)
        self._held_feed(as_csv([car(3)]))

    def _held_feed(self, file: bytes) -> None:
        feed = make.feed(self.branch, name="Vans", mapping=None, mapping_confirmed_at=None)
        before = self.recorded["sendFeedFile"]
        run = self._sent(feed, file)
        self.call("dropFeedRun", id=feed.pk, run_id=run)
        run = self._sent(feed, file + b"\n")
        self.call("approveFeedRun", id=feed.pk, run_id=run)
        self.call("confirmFeedMapping", id=feed.pk, body={})
        self.recorded["sendFeedFile"] = before

    def _sent(self, feed: StockFeed, file: bytes) -> int:
        run = self.call("sendFeedFile", id=feed.pk, query={"name": "stock.csv"}, body=file)["id"]
        get_on(run_id=run, seconds=LONG)
        return int(run)

    def webhooks(self) -> None:
        wanted = {"address": "https://crm.example.com/events/", "events": ["listing.updated"]}
        hook = self.call("addWebhook", body=wanted)["webhook"]["id"]
        self.call("listWebhooks")
        self.call("getWebhook", id=hook)
        self.call("changeWebhook", id=hook, body={**wanted, "description": "CRM"})
        self.call("testWebhook", id=hook)
        self.call("listWebhookDeliveries", id=hook, query={"page_size": 2})
        day = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
        self.call("replayWebhook", id=hook, body=day)
        self.call("switchWebhookOn", id=hook)
        self.call("rotateWebhookSecret", id=hook)
        self.call("endWebhook", id=hook)


def _is_keyed(operation: Any) -> bool:
    return any(operation["security"])


def _told(answer: Any) -> Any:
    content = b"".join(answer) if answer.streaming else answer.content
    if not content:
        return None
    is_json = re.match(r"application/([\w.]+\+)?json", answer["Content-Type"])
    return json.loads(content) if is_json else content.decode()


def _shown(told: Any) -> Any:
    """Return an answer as an example tells it: at another address, long lists cut, no secret."""
    text = json.dumps(told).replace("http://testserver", HOST).replace(settings.PUBLIC_URL, HOST)
    return _cut(json.loads(re.sub(r"whsec_[\w+/=]+", SECRET, text)))


def _cut(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _cut(each) for name, each in told.items()}
    if isinstance(told, list):
        is_long = any(isinstance(each, dict) for each in told)
        return [_cut(each) for each in (told[:ROWS_MAX] if is_long else told)]
    return told


def _of(dealer: Dealer) -> Any:
    return Listing.objects.filter(dealer=dealer)


def _valued() -> int | None:
    rated = Listing.objects.public().filter(market_value__label__isnull=False).order_by("pk")
    return rated.values_list("pk", flat=True).first()
