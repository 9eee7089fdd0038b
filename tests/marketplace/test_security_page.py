"""The page about keys, files and limits says what the settings and the code have."""

import re

import pytest

from dealers.feeds.files import limits
from listings.photos.order import PHOTOS_MAX
from listings.photos.pictures import DECODED_BYTES_MAX, PIXELS_MAX, UPLOAD_BYTES_MAX
from marketplace.bodies import BODY_SETTINGS
from tests.marketplace.checkouts import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
SECRET = re.compile(r"_(KEY|KEY_ID|KEY_FALLBACKS|TOKEN|SECRET|PASSWORD|DSN)$")
ADDRESS_WITH_A_PASSWORD = {
    *("DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URL"),
    *("CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL"),
}


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def row(title: str, beginning: str) -> str:
    (found,) = re.findall(rf"^\| {beginning}.*$", section(title), re.MULTILINE)
    return str(found)


def test_every_secret_that_a_process_is_given_is_listed() -> None:
    names = set(re.findall(r"^#?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    secrets = {name for name in names if SECRET.search(name)} | ADDRESS_WITH_A_PASSWORD
    first_cells = re.findall(r"^\| ([^|]+) \|", section("Keys and secrets"), re.MULTILINE)
    listed = set(re.findall(r"`([A-Z_0-9]+)`", " ".join(first_cells)))
    assert secrets >= ADDRESS_WITH_A_PASSWORD | {"SECRET_KEY", "DIGEST_KEY", "METRICS_TOKEN"}
    assert secrets - listed == set()


def test_a_feed_has_the_bounds_that_are_enforced() -> None:
    feed = row("Files that come in", "feed")
    assert BODY_SETTINGS["FEED_BODY_BYTES_MAX"] // 1024**3 == 1
    assert "1 GB (`FEED_BODY_BYTES_MAX`)" in feed
    assert f"{limits.BYTES_MAX // 1024**3} GB, {limits.RATIO_MAX} times" in feed
    assert f"{limits.FILES_MAX} files of rows, {limits.DEPTH_MAX} levels" in feed


def test_a_photograph_has_the_bounds_that_are_enforced() -> None:
    photo = row("Files that come in", "photograph")
    assert f"| {UPLOAD_BYTES_MAX // 1024**2} MB, {PHOTOS_MAX} of an advert |" in photo
    pixels = f"{PIXELS_MAX // 1_000_000} million pixels"
    assert f"| {pixels}, {DECODED_BYTES_MAX // 1024**2} MB |" in photo


@pytest.mark.parametrize(
    ("setting", "said"), [("BODY_BYTES_MAX", "2.5 MB"), ("BATCH_BODY_BYTES_MAX", "16 MB")]
)
def test_a_body_has_the_bounds_that_are_enforced(setting: str, said: str) -> None:
    assert float(said.removesuffix(" MB")) * 1024**2 == BODY_SETTINGS[setting]
    assert said in row("Files that come in", "everything else")
