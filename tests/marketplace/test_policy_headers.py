"""Every answer tells browsers what they may do with it, whoever gives it."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.pictures import picture

pytestmark = pytest.mark.django_db
PROBES = ("/healthz", "/readyz", "/metrics")
PAGES = (
    *("/", "/cars/", "/nothing/", "/robots.txt", "/sitemap.xml", "/left/", "/password/reset/"),
    *("/admin/", "/admin/login/", "/dealer/login/", "/widget/frame/", "/oembed", "/api/docs/"),
)
PROGRAMS = ("/api/v1/listings/", "/api/v1/nothing/", "/api/v1/stock/", "/mail/events/")
ADDRESSES = (*PROBES, *PAGES, *PROGRAMS, "/media/photos/car.jpg", "/media/none.jpg")


@pytest.fixture
def visitor(settings: Settings, tmp_path: Path) -> Client:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.METRICS_TOKEN = "t" * 32
    settings.MEDIA_ROOT = str(tmp_path)
    default_storage.save("photos/car.jpg", ContentFile(picture()))
    return Client(raise_request_exception=False)


def test_a_photograph_is_there_to_be_looked_at(visitor: Client) -> None:
    assert visitor.get("/media/photos/car.jpg", secure=True).status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_has_the_same_policies(visitor: Client, path: str) -> None:
    answer = visitor.get(path, secure=True)

    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "base-uri 'none'" in policy
    assert "object-src 'none'" in policy or "default-src 'none'" in policy
    others = "*" if path == "/widget/frame/" else "'none'"
    assert f"frame-ancestors {others}" in policy


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_text_says_how_its_letters_are_written(visitor: Client, path: str) -> None:
    answer = visitor.get(path, secure=True)

    kind = answer.get("Content-Type", "")
    is_text = kind.startswith("text/") or "xml" in kind
    assert not (is_text and answer.getvalue()) or "charset=utf-8" in kind


@pytest.mark.parametrize("path", [*PAGES, "/media/photos/car.jpg"])
def test_people_are_led_from_plain_http_to_tls(visitor: Client, path: str) -> None:
    answer = visitor.get(path)

    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", [*PROGRAMS, "/feeds/out/none/stock.csv"])
def test_programs_are_refused_over_plain_http_and_led_nowhere(
    visitor: Client, path: str, method: str
) -> None:
    answer = visitor.generic(method, path)

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["code"] == "https_required"
    assert "Location" not in answer


def test_a_key_that_comes_by_plain_http_opens_nothing(visitor: Client) -> None:
    key = {"Authorization": f"Bearer {make.key(make.dealer())}"}

    assert visitor.get("/api/v1/stock/", headers=key).status_code == 403
    assert visitor.get("/api/v1/stock/", headers=key, secure=True).status_code == 200


def test_probes_come_without_tls(visitor: Client) -> None:
    assert [visitor.get(path).status_code for path in PROBES] == [200, 200, 401]


@pytest.mark.parametrize("path", [*PROBES, *PAGES, *PROGRAMS])
def test_nothing_is_traced(visitor: Client, path: str) -> None:
    answer = visitor.generic("TRACE", path, secure=True, headers={"X-Mine": "echo-of-mine"})

    assert answer.status_code in (301, 302, 401, 403, 404, 405)
    assert b"echo-of-mine" not in answer.getvalue()


@pytest.mark.parametrize("door", ["admin", "dealer"])
def test_signing_out_has_the_browser_forget_what_it_kept(visitor: Client, door: str) -> None:
    person = make.staff() if door == "admin" else make.member(make.dealer())
    visitor.force_login(person)
    assert "Clear-Site-Data" not in visitor.get(f"/{door}/", secure=True)

    answer = visitor.post(f"/{door}/logout/", secure=True)

    assert answer["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in Client().get("/cars/", secure=True)


@pytest.mark.parametrize("path", ["/admin/", "/dealer/", "/admin/account/"])
def test_pages_of_who_is_signed_in_are_kept_nowhere(visitor: Client, path: str) -> None:
    dealer = make.dealer()
    visitor.force_login(make.member(dealer, is_staff=True, is_superuser=True))

    answer = visitor.get(path, secure=True)

    assert answer.status_code == 200
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize("door", ["alerts", "join", "left", "renew", "weekly-mail"])
def test_pages_that_mails_lead_to_are_kept_nowhere(visitor: Client, door: str) -> None:
    answer = visitor.get(f"/{door}/a-link-of-nobody/", secure=True)

    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]
