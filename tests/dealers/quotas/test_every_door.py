"""Whoever has as many of something as a dealer may is told so at every door, and gets no more."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from dealers.feeds.imports.pipeline import get_on
from dealers.models import ApiKey, Branch, BulkRun, Dealer, FeedPreview, FeedRun, Invitation
from dealers.models import StockFeed as Feed
from listings.models import Outcode, Photo, PricePlan
from marketplace import quotas
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, car, receive
from tests.dealers.feeds.test_feeds_api import Sender
from tests.dealers.panel.feeds.test_feeds import form
from tests.dealers.panel.test_price_plans import TERMS
from tests.dealers.panel.test_runs import act
from tests.dealers.stock_api.caller import Caller
from tests.pictures import picture

pytestmark = pytest.mark.django_db
FILE = as_csv([car(1)])
FEEDS = "/dealer/dealers/stockfeed/"


def upload(content: bytes = FILE) -> SimpleUploadedFile:
    return SimpleUploadedFile("stock.csv", content)


def visit(client: Client, dealer_id: int) -> None:
    """Go on as one of the staff in the dealer's panel."""
    client.force_login(make.staff())
    assert client.post(f"/admin/dealers/dealer/{dealer_id}/panel/").status_code == 302


def limit(settings: Settings, **stated: int) -> None:
    settings.DEALER_QUOTAS = stated


def test_feeds_are_refused_to_people_and_to_staff(
    desk: Client, branch: Branch, settings: Settings
) -> None:
    limit(settings, feeds=1)
    make.feed(branch)
    told = "A dealer has at most 1 feeds."
    assert told in desk.post(f"{FEEDS}add/", form(branch)).content.decode()
    visit(desk, branch.dealer_id)
    assert told in desk.post(f"{FEEDS}add/", form(branch)).content.decode()
    assert Feed.objects.count() == 1


def test_files_that_wait_are_refused_at_every_door(
    desk: Client, branch: Branch, settings: Settings
) -> None:
    limit(settings, feed_files_waiting=1)
    feed = make.feed(branch)
    receive(feed, FILE)
    told = "1 files of this feed wait to be imported: send this one later."
    answer = Sender(feed).send(FILE)
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_reached")
    assert (answer.json()["quota"], answer.json()["limit"]) == ("feed_files_waiting", 1)
    page = desk.post(f"{FEEDS}{feed.pk}/upload/", {"file": upload()}, follow=True)
    assert told in page.content.decode()
    visit(desk, branch.dealer_id)
    page = desk.post(f"{FEEDS}{feed.pk}/upload/", {"file": upload()}, follow=True)
    assert told in page.content.decode()
    assert FeedRun.objects.count() == 1
    get_on(run_id=FeedRun.objects.get().pk, seconds=LONG)
    assert Sender(feed).send(FILE).status_code == 202


BLANKS = (b" " * 114 + b"\r\n") * 9_000  # as many rows of nothing as a file may have, nearly 1 MB


@pytest.mark.django_db(transaction=True)
def test_files_that_are_only_kept_make_room_and_others_do_not(
    branch: Branch, settings: Settings
) -> None:
    feed = make.feed(branch)
    megabyte = FILE + BLANKS
    done, held = receive(feed, megabyte), receive(make.feed(branch, name="Other"), megabyte)
    get_on(run_id=done.pk, seconds=LONG)
    limit(settings, feed_files_mb=3)
    assert Sender(feed).send(megabyte).status_code == 202
    done.refresh_from_db()
    assert not done.file
    assert not FeedPreview.objects.filter(run=done).exists()
    limit(settings, feed_files_mb=2)
    answer = Sender(feed).send(megabyte)
    assert (answer.status_code, answer.json()["quota"]) == (409, "feed_files_mb")
    held.refresh_from_db()
    assert held.file


def test_keys_are_refused_to_owners_and_to_the_command(
    desk: Client, dealer: Dealer, settings: Settings
) -> None:
    limit(settings, api_keys=1)
    make.key(dealer)
    told = "A dealer has at most 1 keys in use: revoke one first."
    form = {"name": "Stock software", "scopes": ["stock:read"], "ends": "90"}
    assert told in desk.post("/dealer/keys/create/", form).content.decode()
    with pytest.raises(CommandError, match="at most 1 keys"):
        call_command("create_api_key", dealer.slug, "Website", "--scope=stock:read")
    assert ApiKey.objects.count() == 1


def test_invitations_branches_and_plans_are_refused(
    desk: Client, dealer: Dealer, branch: Branch, settings: Settings
) -> None:
    limit(settings, invitations=1, branches=1, price_plans=1)
    Outcode.objects.create(code="LS1", latitude=53.797, longitude=-1.548, town="Leeds")
    make.price_plan(dealer)
    first, second = ({"email": f"{name}@example.com", "role": "sales"} for name in "ab")
    desk.post("/dealer/team/invite/", first)
    branch_form: dict[str, Any] = {
        "name": "Leeds", "phone": "1", "address": "1", "town": "Leeds", "postcode": "LS1 4AP"
    }  # fmt: skip
    for path, posted, told in (
        ("team/invite/", second, "At most 1 invitations are open at a time: withdraw one first."),
        ("dealers/branch/add/", branch_form, "A dealer has at most 1 branches."),
        ("listings/priceplan/add/", TERMS, "A dealer has at most 1 price plans."),
    ):
        assert told in desk.post(f"/dealer/{path}", posted).content.decode()
    assert [table.objects.count() for table in (Invitation, Branch, PricePlan)] == [1, 1, 1]


def test_changes_of_many_adverts_are_refused(
    desk: Client, branch: Branch, settings: Settings
) -> None:
    limit(settings, bulk_runs=1)
    row = make.draft(branch=branch)
    act(desk, "publish", row)
    page = act(desk, "withdraw", row).content.decode()
    assert "There were 1 changes of many adverts within 30 days: go on later." in page
    assert BulkRun.objects.count() == 1
    row.refresh_from_db()
    assert row.status == "live"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("photos", "A dealer has at most 1 photos."),
        ("photos_waiting", "1 photos wait to be made into all sizes: send this one later."),
    ],
)
def test_photos_are_refused_to_people_and_systems(
    desk: Client, branch: Branch, settings: Settings, tmp_path: Any, name: str, told: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    limit(settings, **{name: 1})
    row, other = make.draft(branch=branch), make.draft(branch=branch)
    path = f"/dealer/listings/listing/{row.pk}/photos/"
    files = [SimpleUploadedFile("car.jpg", picture(), "image/jpeg") for _ in range(2)]
    assert len(desk.post(path, {"photo": files[0]}).json()["photos"]) == 1
    assert desk.post(path, {"photo": files[1]}).json()["message"] == told
    caller = Caller(make.key(branch.dealer, "stock:read", "stock:write"))
    answer = caller.upload(f"{other.pk}/photos/", SimpleUploadedFile("a.jpg", picture()))
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_reached")
    assert Photo.objects.count() == 1


def test_a_quota_of_nought_is_none(settings: Settings) -> None:
    limit(settings, feeds=0)
    quotas.require("feeds", dealer_id=1, count=lambda: 10**9)


@pytest.mark.parametrize("stated", [{"feed": 1}, {"feeds": "1"}, {"feeds": -1}, [1]])
def test_a_quota_that_is_none_is_refused_at_the_start(settings: Settings, stated: Any) -> None:
    settings.DEALER_QUOTAS = stated
    with pytest.raises(ImproperlyConfigured, match="DEALER_QUOTAS"):
        quotas.configured()
