"""A dealer's system sends files and reads what became of them."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.feeds.imports.pipeline import get_on
from dealers.models import Dealer, FeedRun, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts

pytestmark = pytest.mark.django_db

ALL = ("feeds:read", "feeds:write")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Sender:
    """Calls the feeds of one dealer with a key."""

    def __init__(self, feed: StockFeed, *scopes: str) -> None:
        self.token = make.key(feed.dealer, *(scopes or ALL))
        self.base = f"/api/v1/feeds/{feed.pk}/"
        self._client = Client()

    def get(self, path: str = "", **query: Any) -> Any:
        return self._client.get(self._at(path), query, headers=self._headers())

    def post(self, path: str, **headers: str) -> Any:
        return self._client.post(self._at(path), headers=self._headers(**headers))

    def put(self, path: str, body: Any) -> Any:
        return self._client.put(
            self._at(path), body, content_type="application/json", headers=self._headers()
        )

    def send(self, content: bytes, query: str = "", **headers: str) -> Any:
        return self._client.post(
            f"{self.base}runs/{query}",
            content,
            content_type="text/csv",
            headers=self._headers(**headers),
        )

    def send_part(self, content: bytes, name: str = "file") -> Any:
        part = SimpleUploadedFile("stock.csv", content)
        return self._client.post(f"{self.base}runs/", {name: part}, headers=self._headers())

    def _at(self, path: str) -> str:
        return path if path.startswith("/") or "://" in path else f"{self.base}{path}"

    def _headers(self, **given: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in given.items()}
        return {"Authorization": f"Bearer {self.token}", **named}


@pytest.fixture
def feed() -> StockFeed:
    return make.feed(name="Main stock")


@pytest.fixture
def api(feed: StockFeed) -> Sender:
    return Sender(feed)


def finish(answer: Any) -> FeedRun:
    assert answer.status_code == 202, answer.content
    run = get_on(run_id=answer.json()["id"], seconds=LONG)
    assert run is not None
    return run


def test_a_body_is_received_and_the_run_tells_how_it_went(api: Sender, feed: StockFeed) -> None:
    answer = api.send(as_csv([car(1), car(2)]), "?name=monday.csv&source_at=2026-10-05T06:00:00Z")
    body = answer.json()
    assert answer.headers["Location"] == body["url"]
    assert (body["state"], body["file_name"]) == ("received", "monday.csv")
    run = finish(answer)
    assert run.source_at == datetime(2026, 10, 5, 6, tzinfo=UTC)
    read = api.get(f"runs/{run.pk}/").json()
    assert (read["state"], read["counts"]["created"], read["counts"]["rows"]) == ("done", 2, 2)
    assert Listing.objects.filter(dealer=feed.dealer_id, status="live").count() == 2


def test_a_part_of_a_form_is_received_too(api: Sender) -> None:
    answer = api.send_part(as_csv([car(1)]))
    assert answer.json()["file_name"] == "stock.csv"
    assert counts(finish(answer)) == {"created": 1}


def test_a_dry_run_changes_nothing(api: Sender) -> None:
    run = finish(api.send(as_csv([car(1)]), "?dry_run=true"))
    assert (run.dry_run, counts(run)) == (True, {"created": 1})
    assert not Listing.objects.exists()
    assert api.get(f"runs/{run.pk}/rows/").json()["results"][0]["listing_id"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?dry_run=yes", "dry_run"),
        ("?source_at=monday", "source_at"),
        ("?source_at=2026-10-05T06:00:00", "source_at"),
        ("?sourceat=2026-10-05T06:00:00Z", "sourceat"),
    ],
)
def test_what_is_not_understood_is_refused(api: Sender, query: str, name: str) -> None:
    answer = api.send(as_csv([car(1)]), query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [name])
    assert not FeedRun.objects.exists()


def test_nothing_at_all_is_no_file(api: Sender) -> None:
    for answer in (api.send(b""), api.send_part(b""), api.send_part(b"x", "image")):
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["file"])
    assert not FeedRun.objects.exists()


def test_sent_twice_with_one_key_it_is_one_run(api: Sender) -> None:
    first, second = (api.send(as_csv([car(1)]), Idempotency_Key="monday") for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert FeedRun.objects.count() == 1
    other = api.send(as_csv([car(2)]), Idempotency_Key="monday")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_an_older_file_is_refused_when_it_arrives(api: Sender) -> None:
    finish(api.send(as_csv([car(1)])))
    answer = api.send(as_csv([car(2)]), "?source_at=2026-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_order")
    assert FeedRun.objects.count() == 1


def test_the_report_is_read_by_pages_and_by_outcome(api: Sender, feed: StockFeed) -> None:
    bring(feed, [car(n) for n in range(5)])
    changed = [car(0), car(1, price=9_000), car(2, year=2060), car(3), car(9)]
    run = bring(feed, changed)
    rows, address = [], f"runs/{run.pk}/rows/?page_size=2"
    while address:
        page = api.get(address).json()
        assert len(page["results"]) <= 2
        rows += page["results"]
        address = page["next"]
    assert [(row["line"], row["external_id"], row["outcome"]) for row in rows] == [
        (2, "S0", "unchanged"),
        (3, "S1", "updated"),
        (4, "S2", "rejected"),
        (5, "S3", "unchanged"),
        (6, "S9", "created"),
        (None, "S4", "held"),
    ]
    assert rows[1]["fields_changed"] == ["price"]
    assert [reason["code"] for reason in rows[2]["reasons"]] == ["impossible_year"]
    chosen = api.get(f"runs/{run.pk}/rows/", outcome="rejected,held").json()["results"]
    assert [row["external_id"] for row in chosen] == ["S2", "S4"]
    assert api.get(f"runs/{run.pk}/rows/", outcome="lost").status_code == 400


def test_the_report_as_csv_holds_no_formulas(api: Sender) -> None:
    run = finish(api.send(as_csv([car(1, stock_ref='=HYPERLINK("x")'), car(2, stock_ref="-2")])))
    answer = api.get(f"runs/{run.pk}/report.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["external_id"] for row in rows] == ['\'=HYPERLINK("x")', "'-2"]
    assert [row["outcome"] for row in rows] == ["created", "created"]


def test_a_held_run_is_approved_or_dropped(api: Sender, feed: StockFeed) -> None:
    cars = [car(n) for n in range(30)]
    bring(feed, cars)
    first, second = bring(feed, cars[:20]), bring(feed, cars[:19])
    held = api.get(f"runs/{second.pk}/").json()
    assert (held["state"], held["hold_code"]) == ("held", "withdraws")
    assert api.post(f"runs/{first.pk}/drop/").json()["state"] == "dropped"
    assert api.post(f"runs/{second.pk}/approve/").json()["state"] == "applying"
    get_on(run_id=second.pk, seconds=LONG)
    assert Listing.objects.filter(status="live").count() == 19
    again = api.post(f"runs/{second.pk}/drop/")
    assert (again.status_code, again.json()["code"]) == (409, "run_not_held")


def test_columns_are_confirmed_as_suggested(feed: StockFeed, api: Sender) -> None:
    StockFeed.objects.update(mapping=None, mapping_confirmed_at=None)
    run = finish(api.send(as_csv([car(1)])))
    assert (run.state, run.hold_code) == ("held", "mapping")
    suggested = api.get().json()["suggested_mapping"]
    assert api.put("mapping/", {"mapping": {"fields": 5}}).status_code == 400
    assert api.put("mapping/", {}).json()["mapping"] == suggested
    api.post(f"runs/{run.pk}/approve/")
    get_on(run_id=run.pk, seconds=LONG)
    assert Listing.objects.get().stock_ref == "S1"


def test_runs_are_listed_newest_first(api: Sender, feed: StockFeed) -> None:
    ids = [bring(feed, [car(1, price=price)]).pk for price in (5_000, 6_000, 7_000)]
    page = api.get("runs/", page_size=2).json()
    assert [run["id"] for run in page["results"]] == [ids[2], ids[1]]
    rest = api.get(page["next"]).json()
    assert ([run["id"] for run in rest["results"]], rest["next"]) == ([ids[0]], None)


def test_feeds_are_listed_and_read(api: Sender, feed: StockFeed) -> None:
    make.feed()
    listed = api.get("/api/v1/feeds/").json()["results"]
    assert [row["name"] for row in listed] == ["Main stock"]
    assert api.get().json() == listed[0]


def test_another_dealers_feed_is_not_there(feed: StockFeed) -> None:
    run = bring(feed, [car(1)])
    stranger = Sender(make.feed())
    stranger.base = f"/api/v1/feeds/{feed.pk}/"
    paths = ["", "runs/", f"runs/{run.pk}/", f"runs/{run.pk}/rows/", f"runs/{run.pk}/report.csv"]
    assert {stranger.get(path).status_code for path in paths} == {404}
    assert stranger.send(as_csv([car(2)])).status_code == 404
    assert stranger.post(f"runs/{run.pk}/drop/").status_code == 404
    own = Sender(make.feed())
    assert own.get(f"runs/{run.pk}/").status_code == 404


def test_a_key_does_what_its_scopes_say(feed: StockFeed) -> None:
    reader, stock = Sender(feed, "feeds:read"), Sender(feed, "stock:write")
    assert reader.get("runs/").status_code == 200
    refused = [reader.send(as_csv([car(1)])), stock.get("runs/")]
    assert {answer.json()["code"] for answer in refused} == {"scope_missing"}
    assert not FeedRun.objects.exists()


def test_a_suspended_dealer_reads_its_feeds_and_changes_nothing(feed: StockFeed) -> None:
    cars = [car(n) for n in range(12)]
    bring(feed, cars)
    held = bring(feed, cars[:2])
    assert held.state == "held"
    Dealer.objects.update(is_active=False)
    api, before = Sender(feed), list(FeedRun.objects.values())
    assert api.get("runs/").status_code == 200
    assert api.get(f"runs/{held.pk}/report.csv").status_code == 200
    for answer in (
        api.send(as_csv(cars)),
        api.post(f"runs/{held.pk}/approve/"),
        api.post(f"runs/{held.pk}/drop/"),
        api.put("mapping/", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "dealer_suspended")
    assert list(FeedRun.objects.values()) == before


def test_feeds_and_runs_are_found_by_their_filters() -> None:
    upload = make.feed(channel="upload", name="A")
    fetched = make.feed(
        upload.branch, channel="url", url="https://example.com/a", name="B", paused_at=NOW
    )
    sender = Sender(upload)
    for query, expected in {
        "": [upload, fetched],
        "channel=UPLOAD": [upload],
        "paused=True": [fetched],
        "paused=false&channel=url": [],
    }.items():
        results = sender.get(f"/api/v1/feeds/?{query}").json()["results"]
        assert [each["id"] for each in results] == [feed.pk for feed in expected], query
    wet = FeedRun.objects.create(feed=upload, state="done", received_at=NOW, source_at=NOW)
    dry = FeedRun.objects.create(
        feed=upload, state="done", dry_run=True, received_at=NOW, source_at=NOW
    )
    held = FeedRun.objects.create(feed=upload, state="held", received_at=NOW, source_at=NOW)
    for query, runs in {
        "": [held, dry, wet],
        "state=Done": [dry, wet],
        "state=done,held&dry_run=false": [held, wet],
        "dry_run=true": [dry],
        "state=failed": [],
    }.items():
        results = sender.get(f"runs/?{query}").json()["results"]
        assert [each["id"] for each in results] == [run.pk for run in runs], query
    page = sender.get("runs/?state=done&page_size=1").json()
    assert [each["id"] for each in sender.get(page["next"]).json()["results"]] == [wet.pk]
    assert sender.get(f"runs/?cursor={page['next_cursor']}").json()["code"] == "stale_cursor"


def test_each_address_takes_the_parameters_that_it_declares() -> None:
    sender = Sender(make.feed())
    assert list(sender.get("?page_size=1").json()["fields"]) == ["page_size"]
    assert sender.get("runs/?status=done").json()["fields"] == {
        "status": ["There is no such parameter. Did you mean state?"]
    }
    assert list(sender.send(b"x", "?page_size=1").json()["fields"]) == ["page_size"]
    assert sender.get("mapping/").status_code == 405
