"""What a first view loads, on a server as in production: bytes over the wire and requests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import global_settings
from django.conf import settings as in_force
from PIL import ImageFilter
from playwright.sync_api import Browser, BrowserContext

from dealers.models import Branch
from listings.models import Listing, Photo
from listings.photos.files import made_from
from marketplace.rate_limits import RATE_LIMITS
from tests import make
from tests.browser.conftest import PASSWORD
from tests.dealers.panel.test_enquiries import enquiry
from tests.marketplace.checkouts import copy, end, end_all, run, start, wait_until
from tests.marketplace.test_health import free_port, granian, status
from tests.marketplace.test_settings import SAFE
from tests.marketplace.test_worker import database_url
from tests.pictures import noise

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

BYTES_MAX, REQUESTS_MAX = 600_000, 20
ADVERTS, PHOTOS = 110, 24
SETTLED = """() => !document.documentElement.hasAttribute("x-cloak")
    && document.fonts.status === "loaded"
    && [...document.images].every((image) => {
        const { top, width } = image.getBoundingClientRect();
        return width === 0 || top > innerHeight || (image.currentSrc && image.complete);
    })"""
"""Whether a page is shown, with its fonts and every picture that is in view."""
PANEL = {
    "Home": "/dealer/",
    "Stock": "/dealer/listings/listing/",
    "a car": "/dealer/listings/listing/{car}/change/",
    "a new car": "/dealer/listings/listing/add/",
    "feeds": "/dealer/dealers/stockfeed/",
    "inbox": "/dealer/listings/enquiry/",
    "market": "/dealer/market/",
}
STAFF = {
    "staff's Home": "/admin/",
    "staff's adverts": "/admin/listings/listing/",
    "staff's advert": "/admin/listings/listing/{car}/change/",
    "placements": "/admin/listings/placementday/",
}


@dataclass
class FirstView:
    """What came over the wire for a page, and from where."""

    sizes: dict[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())

    def told(self) -> str:
        """Return the largest answers, for whoever has to find what is new."""
        largest = sorted(self.sizes.items(), key=lambda each: -each[1])
        lines = [f"{len(self.sizes)} requests, {self.bytes:,} bytes"]
        return "\n".join(lines + [f"{size:>9,} {address}" for address, size in largest])


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the code with its static files collected, without Brotli, which no image has."""
    checkout = copy(tmp_path_factory.mktemp("collected"))
    code, output = run(checkout, "manage", "collectstatic", "--noinput", **_settings(checkout))
    assert code == 0, output
    for file in (checkout / "staticfiles").rglob("*.br"):
        file.unlink()
    yield checkout
    end_all(checkout)
    shutil.rmtree(checkout)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_a_first_view_is_light(
    browser: Browser, collected: Path, settings: Any, size: tuple[int, int]
) -> None:
    settings.MEDIA_ROOT = str(collected / "media")
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the server knows no other
    yard = make.branch(make.dealer("Harbour Cars"))
    car = _stock(yard)
    make.member(yard.dealer, email="olive@example.com", password=PASSWORD, full_name="Olive")
    make.staff(email="staff@example.com", password=PASSWORD, full_name="Sam Staff")
    views: dict[str, FirstView] = {}
    with _served(collected) as address:
        for sign_in, email, pages in (
            ("/dealer/", "olive@example.com", PANEL),
            ("/admin/", "staff@example.com", STAFF),
        ):
            context = _context(browser, address, size)
            views[f"sign-in at {sign_in}"] = _first_view(context, f"{sign_in}login/")
            _sign_in(context, sign_in, email)
            for name, path in pages.items():
                views[name] = _first_view(context, path.format(car=car.pk))
            context.close()
    heavy = [
        f"{name}: {view.told()}"
        for name, view in views.items()
        if view.bytes > BYTES_MAX or len(view.sizes) > REQUESTS_MAX
    ]
    assert not heavy, "\n".join(heavy)
    thumbnails = [path for path in views["Stock"].sizes if "/media/" in path]
    assert thumbnails, views["Stock"].told()
    assert all(path.partition(" ")[0].endswith("-160.jpg") for path in thumbnails)


def _stock(yard: Branch) -> Listing:
    """Make a full page of adverts with photos, one with eight, and a buyer's question."""
    cars = [make.live(branch=yard, stock_ref=f"S{number}") for number in range(ADVERTS)]
    files = [
        made_from(noise((480, 360)).filter(ImageFilter.GaussianBlur(2))) for _ in range(PHOTOS)
    ]
    for each in files:
        each.write()
    shown = [(car, 0) for car in cars] + [(cars[-1], place) for place in range(1, 8)]
    Photo.objects.bulk_create(
        Photo(
            listing=car,
            position=place,
            image=of.image,
            width=of.width,
            height=of.height,
            widths=of.widths,
            difference_hash=0,
        )
        for number, (car, place) in enumerate(reversed(shown))
        for of in (files[number % PHOTOS],)
    )
    enquiry(yard.dealer)
    return cars[-1]


def _first_view(context: BrowserContext, path: str) -> FirstView:
    """Open a page with nothing kept of those before, and wait until it asks for no more."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.clearBrowserCache")
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    answer = page.goto(path)
    assert answer is not None
    assert (answer.status, urlsplit(page.url).path) == (200, path)
    page.wait_for_function(SETTLED)
    page.wait_for_load_state("networkidle")
    page.close()
    sent = {key: url for key, url in asked.items() if url.startswith("http")}
    return FirstView({f"{url} ({key})": sizes.get(key, 0) for key, url in sent.items()})


def _context(browser: Browser, address: str, size: tuple[int, int]) -> BrowserContext:
    width, height = size
    return browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, device_scale_factor=2
    )


def _sign_in(context: BrowserContext, path: str, email: str) -> None:
    page = context.new_page()
    page.goto(f"{path}login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_url(lambda address: urlsplit(address).path == path)
    page.close()


@contextmanager
def _served(checkout: Path) -> Iterator[str]:
    port = free_port()
    process = start(
        checkout, *granian(port), **{**_settings(checkout), "DATABASE_URL": database_url()}
    )
    try:
        wait_until(lambda: status(port) == 200)
        # A browser takes cookies that want TLS from this name without it.
        yield f"http://localhost:{port}"
    finally:
        end(process)


def _settings(checkout: Path) -> dict[str, str]:
    own = {
        "DEBUG": "false",
        "DATABASE_URL": SAFE["DATABASE_URL"],
        "SECRET_KEY": in_force.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PUBLIC_URL": "http://localhost",
        "SECURE_SSL_REDIRECT": "false",
        "STAFF_SECOND_FACTOR_REQUIRED": "false",
        "MEDIA_ROOT": str(checkout / "media"),
        "SEARCH_ENGINE": "postgres",
        **{limit.setting: "0" for limit in RATE_LIMITS.values()},
    }
    return {"EMAIL_URL": SAFE["EMAIL_URL"], **own}
