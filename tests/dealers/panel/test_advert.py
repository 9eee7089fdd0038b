"""One advert in the panel: written, filled from its derivative, photographed, acted on."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from dealers.models import Branch, User
from listings.adverts import edit_listing
from listings.adverts.lifecycle import publish, reject, withdraw
from listings.choices import Source
from listings.models import Listing, ListingEvent, Photo
from listings.pricing import PriceStep, PriceUnit, change_prices
from marketplace.bundles import BUNDLES
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/dealer/listings/listing/"


def form(row: Listing | None = None, **values: Any) -> dict[str, Any]:
    fields = {
        "make": "",
        "model": "",
        "derivative": "",
        "year": "2019",
        "mileage": "12000",
        "price": "15995",
        "features": "",
        "description": "",
    }
    if row is not None:
        fields |= {"make": str(row.make_id), "model": str(row.model_id)}
        fields |= {"branch": str(row.branch_id), "seen_revision": str(row.revision)}
        fields |= {"derivative": row.derivative, "year": str(row.year)}
    return fields | values


@pytest.fixture
def golf() -> Any:
    return make.model("Golf", make.make("Volkswagen"))


def test_an_advert_is_written_as_a_draft_and_its_derivative_fills_the_rest(
    desk: Client, branch: Branch, golf: Any, owner: User
) -> None:
    data = form(make=golf.make_id, model=golf.pk, branch=branch.pk, derivative="1.5 TSI Life 5dr")
    response = desk.post(f"{LIST}add/", data)
    row = Listing.objects.get()
    assert response["Location"] == f"{LIST}{row.pk}/change/#photos"
    assert (row.title, row.status, row.dealer) == (
        "Volkswagen Golf 1.5 TSI Life 5dr",
        "draft",
        branch.dealer,
    )
    assert (row.fuel, row.doors, row.engine_cc) == ("petrol", 5, 1_500)
    assert ListingEvent.objects.get().actor == owner


def test_the_form_begins_with_the_first_branch(desk: Client, branch: Branch) -> None:
    page = desk.get(f"{LIST}add/")
    assert page.context["adminform"].form.initial["branch"] == branch.pk


def test_the_sections_come_in_the_order_a_dealer_thinks(desk: Client, branch: Branch) -> None:
    page = desk.get(f"{LIST}{make.draft(branch=branch).pk}/change/")
    names = [fieldset.name for fieldset in page.context["adminform"]]
    assert names == ["Photos", "Car", "Price", "Condition", "Story", "Where"]


def test_an_edit_goes_through_the_verb(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch)
    response = desk.post(f"{LIST}{row.pk}/change/", form(row, colour="red", mileage="72253"))
    assert response.status_code == 302, response.context["errors"]
    row.refresh_from_db()
    assert (row.colour, row.price) == ("red", 15_995)
    changes = ListingEvent.objects.get(listing=row).changes
    assert changes is not None
    assert changes["price"] == [33_999, 15_995]


def test_an_edit_over_somebody_elses_is_refused_first(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch)
    Listing.objects.filter(pk=row.pk).update(seats=4)
    page = desk.post(f"{LIST}{row.pk}/change/", form(row, seen_revision="1"))
    assert "changed this advert while you had it open" in page.content.decode()


def fill(client: Client, **typed: str) -> Any:
    return client.post(f"{LIST}fill/", typed).json()


def test_a_derivative_fills_what_is_empty_and_contradicts_what_is_not(desk: Client) -> None:
    said = fill(desk, derivative="2.0 TDI SE 5dr DSG", fuel="petrol", doors="")
    assert said["values"] == {
        "transmission": "automatic",
        "doors": "5",
        "engine_cc": "2000",
    }
    assert said["said"] == ["The derivative says fuel: diesel. Here it is petrol."]


def test_a_whole_title_names_make_model_and_derivative(desk: Client, golf: Any) -> None:
    said = fill(desk, whole_title="VW Golf 1.5 TSI Life 5dr", derivative="")
    unknown = fill(desk, whole_title="Nonsuch Thing 2.0")
    assert said["values"] == {} or said["values"]["model"] == golf.pk
    assert unknown["values"].get("model") is None
    assert "No make and model that we know" in unknown["said"][0]
    said = fill(desk, whole_title="Volkswagen Golf 1.5 TSI Life 5dr")
    assert (said["values"]["make"], said["values"]["model"]) == (golf.make_id, golf.pk)
    assert said["values"]["derivative"] == "1.5 TSI Life 5dr"
    assert said["names"] == {"make": "Volkswagen", "model": "Golf"}
    assert said["values"]["doors"] == "5"


def test_a_mark_gives_the_year_and_is_checked(desk: Client, branch: Branch) -> None:
    make.live(branch=branch, vrm="AB15CDE")
    assert fill(desk, vrm="xy65 zzz")["values"] == {"year": 2015}
    assert fill(desk, vrm="XY65ZZZ", year="2016")["values"] == {}
    assert fill(desk, vrm="XY65ZZZ", year="2012")["said"] == [
        "The mark was first issued in 2015: the car is not older."
    ]
    assert "shape of a UK registration mark" in fill(desk, vrm="!!")["said"][0]
    assert "Another live advert of yours" in fill(desk, vrm="AB15 CDE")["said"][0]


def test_no_log_line_carries_a_mark(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fill(desk, vrm="XY65ZZZ")
    lines = [each.getMessage() for each in caplog.records if "django.db" not in each.name]
    assert not [line for line in lines if "XY65" in line]


def picture(colour: str = "red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, format="JPEG")
    return SimpleUploadedFile("car.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.mark.usefixtures("_media")
def test_photos_are_dropped_in_ordered_and_removed(desk: Client, branch: Branch) -> None:
    row = make.draft(branch=branch)
    url = f"{LIST}{row.pk}/photos/"
    for colour in ("red", "green", "blue"):
        answer = desk.post(url, {"photo": picture(colour)})
    ids = [photo["id"] for photo in answer.json()["photos"]]
    assert ids == list(Photo.objects.order_by("position").values_list("pk", flat=True))
    assert len(ids) == 3

    answer = desk.post(f"{url}order/", {"ids": f"{ids[2]},{ids[0]},{ids[1]}"})
    assert [photo["id"] for photo in answer.json()["photos"]] == [ids[2], ids[0], ids[1]]
    answer = desk.post(f"{url}{ids[0]}/remove/")
    assert [photo["id"] for photo in answer.json()["photos"]] == [ids[2], ids[1]]


def test_what_is_no_picture_is_refused_in_words(desk: Client, branch: Branch) -> None:
    row = make.draft(branch=branch)
    upload = SimpleUploadedFile("car.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = desk.post(f"{LIST}{row.pk}/photos/", {"photo": upload})
    assert answer.json()["message"]
    assert answer.json()["photos"] == []
    assert not Photo.objects.exists()


def actions(client: Client, row: Listing) -> list[str]:
    page = client.get(f"{LIST}{row.pk}/change/")
    return [str(action) for action in page.context["actions"]]


def test_only_what_is_allowed_now_is_offered(desk: Client, branch: Branch) -> None:
    assert actions(desk, make.draft(branch=branch)) == ["publish"]
    live = make.live(branch=branch)
    assert actions(desk, live) == ["renew", "reserve", "sell", "withdraw"]
    reject(listing_id=live.pk, actor_id=None, reason="Stock photo")
    assert actions(desk, live) == ["reopen"]


@pytest.mark.parametrize(
    ("act", "after"), [("sell", "sold"), ("withdraw", "withdrawn"), ("reserve", "live")]
)
def test_a_button_does_what_it_says(desk: Client, branch: Branch, act: str, after: str) -> None:
    row = make.live(branch=branch)
    desk.post(f"{LIST}{row.pk}/act/{act}/")
    row.refresh_from_db()
    assert row.status == after
    assert ListingEvent.objects.filter(listing=row).count() == 1


def test_a_dealer_cannot_reject(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch)
    assert desk.post(f"{LIST}{row.pk}/act/reject/", {"reason": "x"}).status_code == 404


def test_the_page_tells_what_is_missing_and_what_it_is_worth(desk: Client, branch: Branch) -> None:
    page = desk.get(f"{LIST}{make.draft(branch=branch, price=None).pk}/change/")
    assert page.context["points"] == 13
    first = page.context["gaps"][0]
    assert (first.points, first.field) == (15, "photos")
    assert "+15" in page.content.decode()


def test_the_log_says_who_did_what_and_the_chart_what_it_cost(
    desk: Client, branch: Branch, owner: User
) -> None:
    row = make.draft(branch=branch, price=10_000)
    publish(listing_id=row.pk, actor_id=owner.pk)
    change_prices(listing_ids=[row.pk], step=PriceStep(PriceUnit.POUNDS, -500), actor_id=owner.pk)
    withdraw(listing_id=row.pk, actor_id=make.staff(full_name="Secret Sam").pk, reason="Recall")
    page = desk.get(f"{LIST}{row.pk}/change/")
    text = page.content.decode()
    assert [(line.what, line.who, line.details) for line in page.context["log"]] == [
        ("Withdrawn", "The marketplace", ["Recall"]),
        ("Edited", "Olive Owner", ["Price: £10,000 → £9,500"]),
        ("Published", "Olive Owner", []),
    ]
    assert "Secret Sam" not in text
    line = page.context["line"]
    assert (line.highest, line.lowest) == (10_000, 9_500)
    assert [text.split(" from ")[0] for _, _, text in line.dots] == ["£10,000", "£9,500"]
    assert "Price from £9,500 to £10,000" in text


def test_free_text_is_shown_as_text(desk: Client, branch: Branch) -> None:
    nasty = "<script>alert(1)</script>"
    row = make.live(branch=branch, derivative=nasty, description=nasty, stock_ref="<b>x</b>")
    withdraw(listing_id=row.pk, actor_id=None, reason=nasty)
    for path in (LIST, f"{LIST}{row.pk}/change/"):
        page = desk.get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "<b>x</b>" not in page


def test_a_foreign_branch_cannot_be_chosen(desk: Client, branch: Branch) -> None:
    row, foreign = make.draft(branch=branch), make.branch()
    page = desk.post(f"{LIST}{row.pk}/change/", form(row, branch=str(foreign.pk)))
    assert page.context["adminform"].form.errors.keys() == {"branch"}


def test_the_number_of_queries_does_not_grow_with_what_happened(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch, price=10_000)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(f"{LIST}{row.pk}/change/").status_code == 200
        return len(seen)

    def live_on(count: int, first: int) -> None:
        for number in range(first, first + count):
            Photo.objects.create(listing=row, image="a.jpg", width=4, height=3, position=number)
            change_prices(listing_ids=[row.pk], step=PriceStep(PriceUnit.POUNDS, -1), actor_id=None)

    live_on(1, first=0)
    queries()  # the content types become known to the process
    before = queries()
    live_on(20, first=1)
    assert queries() == before


def test_scripts_are_files(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, reserved_until=timezone.now() + timedelta(days=1))
    page = desk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert page.count("marketplace/stock.bundle.js") == 1
    for name in ("asking", "stock", "advert", "photos", "new_advert", "completeness"):
        assert f"dealers/panel/{name}.js" in BUNDLES["marketplace/stock.bundle.js"]
        assert f"dealers/panel/{name}.js" not in page
        assert finders.find(f"dealers/panel/{name}.js")


def test_the_log_tells_a_dealers_system_from_what_happens_by_itself(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch, price=10_000)
    for source, reason in ((Source.API, "API key of ours"), (Source.FEED, "")):
        edit_listing(
            listing_id=row.pk,
            changes={"price": 9_000 if reason else 8_000},
            actor_id=None,
            source=source,
            reason=reason,
        )
    page = desk.get(f"/dealer/listings/listing/{row.pk}/change/").content.decode()
    assert "Stock API" in page
    assert "API key of ours" in page
    assert "Stock feed" in page
    assert "By itself" not in page
