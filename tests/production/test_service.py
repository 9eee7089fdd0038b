"""What a marketplace does all day, on the documented deployment."""

from io import BytesIO

import pytest
from PIL import Image

from tests.authenticator import set_up_code
from tests.marketplace.checkouts import wait_until
from tests.production.deployment import Deployment
from tests.production.first_day import FIRST_CARS, OWNER, STAFF, FirstDay
from tests.production.visitor import link_in

pytestmark = pytest.mark.timeout(600)


def test_the_application_is_the_locked_one_and_cannot_be_written(service: Deployment) -> None:
    script = (
        "import importlib.util, os; "
        "print(os.getuid(), os.access('.', os.W_OK), os.access('manage.py', os.W_OK), "
        "importlib.util.find_spec('pytest'))"
    )

    told = service.run("web", "python", "-c", script)

    assert told.split() == [str(service.runtime.volumes.account.uid), "False", "False", "None"]


def test_what_the_deployment_checks_wants_is_set(service: Deployment) -> None:
    service.run("web", "python", "manage.py", "check", "--deploy")


def test_a_file_of_stock_became_adverts(day: FirstDay) -> None:
    listing = day.listing_id("FIRST-7")

    shown = day.service.visitor().json("GET", f"/api/v1/listings/{listing}/")

    assert (shown["price"], shown["mileage"]) == (9_007, 60_007)
    query = "count=exact&make=land-rover&price_min=9000&price_max=9029&mileage_max=60029"
    found = day.service.visitor().json("GET", f"/api/v1/listings/?{query}")
    assert found["count"] >= FIRST_CARS


def test_a_photo_is_made_into_sizes_and_served(day: FirstDay) -> None:
    new = {"stock_ref": "PHOTO-1", "make": "Audi", "model": "A3", "year": 2019, "mileage": 20_000}
    listing = day.system.json("POST", "/api/v1/stock/", new, expected=201)["id"]
    picture = BytesIO()
    Image.effect_noise((2_000, 1_300), 60).convert("RGB").save(picture, "JPEG")
    sent = {"image": ("front.jpg", picture.getvalue(), "image/jpeg")}
    at = f"/api/v1/stock/{listing}/"
    assert day.system.call("POST", f"{at}photos/", files=sent).status_code == 201

    def widths() -> list[int]:
        (photo,) = day.system.json("GET", at)["photos"]
        return [size["width"] for size in photo["sizes"]]

    wait_until(lambda: widths() == [160, 320, 640, 1_280, 1_920])
    (photo,) = day.system.json("GET", at)["photos"]
    for size in photo["sizes"]:
        answer = day.service.visitor().get(size["url"])
        assert (answer.status_code, Image.open(BytesIO(answer.content)).width) == (
            200,
            size["width"],
        )


def test_an_advert_that_runs_out_is_expired_by_the_jobs(day: FirstDay) -> None:
    listing = _published(day, "EXPIRY-1")
    day.service.sql(
        "UPDATE listings_listing SET published_at = now() - interval '40 days',"
        " confirmed_at = now() - interval '31 days', expires_at = now() - interval '1 second'"
        " WHERE id = %s",
        listing,
    )

    assert day.service.visitor().status(f"/api/v1/listings/{listing}/") == 404
    wait_until(
        lambda: day.system.json("GET", f"/api/v1/stock/{listing}/")["status"] == "expired",
        seconds=90,
    )


def test_a_price_falls_by_plan_when_it_is_due(day: FirstDay) -> None:
    listing = _published(day, "PLAN-1", price=10_000)
    day.service.sql(
        "UPDATE listings_priceschedule SET next_drop_at = now() - interval '1 minute'"
        " WHERE listing_id = %s",
        listing,
    )

    day.service.supervisor.kill("beat")  # every job is due when beat starts

    wait_until(
        lambda: day.service.visitor().json("GET", f"/api/v1/listings/{listing}/")["price"] == 9_000
    )


def test_a_mail_with_a_link_to_a_new_password_is_received(day: FirstDay) -> None:
    before = len(day.service.mails.mails)
    visitor = day.service.visitor()

    assert visitor.submit("/password/reset/", {"email": OWNER}).status_code == 302

    link = link_in(day.service.wait_for_mail(OWNER, after=before), "/password/reset/")
    day.secrets.append(link.rstrip("/").rsplit("/", 1)[-1])
    assert visitor.get(link).status_code in (200, 302)


def test_whoever_runs_the_marketplace_sets_up_a_second_factor_and_signs_in(day: FirstDay) -> None:
    staff = day.service.visitor()
    names = {"username": STAFF, "password": day.staff_password}

    assert staff.submit("/admin/login/", names).headers["location"] == "/sign-in/set-up/"
    assert staff.get("/admin/").status_code == 302
    done = staff.submit("/sign-in/set-up/", lambda page: {"code": set_up_code(page)})
    assert done.status_code == 200
    assert "Aire Valley Motors" in staff.get("/admin/dealers/dealer/").text


def test_every_process_shows_that_it_is_alive(service: Deployment) -> None:
    for name in service.kept:
        service.wait_for(name)


def _published(day: FirstDay, ref: str, *, price: int = 9_000) -> int:
    car = {
        "stock_ref": ref,
        "make": "Audi",
        "model": "A4",
        "derivative": "2.0 TDI S line 5dr",
        "year": 2018,
        "mileage": 30_000,
        "price": price,
        "fuel": "diesel",
        "transmission": "manual",
    }
    listing = int(day.system.json("POST", "/api/v1/stock/", car, expected=201)["id"])
    day.system.json("POST", f"/api/v1/stock/{listing}/publish/")
    return listing
