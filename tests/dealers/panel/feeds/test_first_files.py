"""A new dealer's first file is no stock: what the page says makes sense with no cars yet."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, FeedRun, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.feed_files import workbook, zipped
from tests.dealers.feeds.stock import LONG

pytestmark = pytest.mark.django_db
FEEDS = "/dealer/dealers/stockfeed/"
RUNS = "/dealer/dealers/feedrun/"
BETTER = "It cannot be imported: drop it, and send a better one."
LIST = "No column seems to say a car&#x27;s make or mileage: is this a list of cars?"
HEADER = ["Stock No", "Registration", "Make", "Model", "Price", "Mileage", "Fuel"]
SIGN_IN = (
    b"<!DOCTYPE html>\n<html lang=en><head><title>Sign in</title></head><body><h1>Session expired"
    b"</h1><form method=post><input name=email><input type=password name=pass></form></body></html>"
)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"


@pytest.fixture
def new_feed(branch: Branch) -> StockFeed:
    return make.feed(branch, name="New", mapping=None, mapping_confirmed_at=None)


def first_page(desk: Client, feed: StockFeed, content: bytes) -> tuple[FeedRun, str]:
    """Upload a file as the dealer does, and return its run and what its page says."""
    file = SimpleUploadedFile("stock.csv", content)
    answer = desk.post(f"{FEEDS}{feed.pk}/upload/", {"file": file})
    run = FeedRun.objects.get(feed=feed)
    assert answer["location"] == f"{RUNS}{run.pk}/change/"
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    return run, desk.get(f"{RUNS}{run.pk}/change/").content.decode()


def cut_zip() -> bytes:
    whole = zipped({"stock.csv": ",".join(HEADER).encode() + b"\nA1,AB15CDE\n" * 50})
    assert zipfile.is_zipfile(io.BytesIO(whole))
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \r\n\r\n", "The file is empty."),
        (",".join(HEADER).encode() + b"\r\n", "The file has no rows."),
        (workbook({"Stock": [HEADER]}), "The spreadsheet has no rows."),
        (b'{"stock": []}', "The file has no rows."),
        (SIGN_IN, "This is a web page, not a feed: a page to sign in at."),
        (SIGN_IN.replace(b"password", b"text"), "This is a web page, not a feed."),
        (PDF, "This is a picture or a document, not a file of rows."),
        (cut_zip(), "The zip file is damaged or cut off."),
        (b'{"stock": [{"make": "Ford", "model": "Fo', "The file breaks off before its end."),
    ],
    ids=["blank", "header", "sheet", "list", "sign_in", "page", "pdf", "zip", "cut"],
)
def test_what_cannot_be_read_says_why_and_what_to_do(
    desk: Client, new_feed: StockFeed, content: bytes, reason: str
) -> None:
    run, page = first_page(desk, new_feed, content)
    assert (run.state, run.hold_code) == ("held", "unreadable")
    assert reason in page
    assert BETTER in page
    assert "Approve" not in page
    assert "off sale" not in page
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Supplier,Account,Balance\r\nValet Ltd,KV01,240.00\r\nTyres Ltd,TD02,-12.50\r\n", LIST),
        (b'{"error": "invalid_token", "error_description": "The token has expired"}', LIST),
        (b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", LIST),
        (
            b"Stock No,Make,Model,Reg Year,Price\r\nA1,Ford,Focus,2017,9995\r\n",
            "No column seems to say what every car must have: mileage.",
        ),
    ],
    ids=["suppliers", "json", "xml", "lacking"],
)
def test_what_is_no_list_of_cars_is_said_to_be_none(
    desk: Client, new_feed: StockFeed, content: bytes, reason: str
) -> None:
    run, page = first_page(desk, new_feed, content)
    assert (run.state, run.hold_code) == ("held", "mapping")
    assert reason in page
    assert "its advert is withdrawn" not in page
    assert "Look over its columns" in page


def test_a_first_file_without_one_good_car_can_only_be_dropped(
    desk: Client, branch: Branch
) -> None:
    feed = make.feed(branch, name="New")
    header = b"stock_ref,vrm,make,model,derivative,year,price,mileage\r\n"
    run, page = first_page(desk, feed, header + b"A1,AB15CDE,Ford,Focus,,2060,9995,1000\r\n")
    assert (run.state, run.hold_code) == ("held", "empty")
    assert "The feed has brought no car yet, so nothing can go off sale." in page
    assert "Approve" not in page
    assert "Drop…" in page
