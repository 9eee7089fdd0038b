"""What an agent cannot do: it prepares a form, and the person sends it."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings.choices import Status
from listings.models import Enquiry, SavedSearch
from marketplace.redaction import redacted_text
from tests import make
from tests.listings.mcp.chat_client import called

pytestmark = pytest.mark.django_db
ROOT = "http://127.0.0.1:8000"


def prepared(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    link: dict[str, Any] = called(client, tool, arguments)["structuredContent"]
    return link


def path_of(link: dict[str, Any]) -> str:
    url: str = link["url"]
    assert url.startswith(f"{ROOT}/chat/")
    return url.removeprefix(ROOT)


def test_a_search_is_saved_by_the_person_alone(client: Client) -> None:
    make.live(model=make.model("Fiesta", make.make("Ford")), price=8_995)
    link = prepared(client, "save_search", q="ford fiesta under 10k", mileage_max=60_000)
    assert link["matches"] == 0  # 72,253 miles
    assert link["purpose"].endswith("Ford Fiesta, up to £10,000, up to 60,000 miles")
    led = client.get(path_of(link))
    assert led.status_code == 302
    assert led["Location"] == (
        "/alerts/new/?make=ford&mileage_max=60000&model=fiesta&price_max=10000"
    )
    page = client.get(led["Location"])
    assert "Ford Fiesta" in page.content.decode()
    assert not SavedSearch.objects.exists()


def test_an_enquiry_is_written_and_sent_by_the_person_alone(client: Client) -> None:
    car = make.live()
    link = prepared(client, "enquire", id=car.pk)
    led = client.get(path_of(link))
    assert led["Location"] == f"/cars/{car.pk}/enquire/?campaign=chat"
    page = client.get(led["Location"]).content.decode()
    assert re.search(r'name="campaign" value="chat"', page)
    assert not Enquiry.objects.exists()


def test_a_link_says_how_long_it_is_good_and_is_good_no_longer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = prepared(client, "enquire", id=make.live().pk)
    assert link["good_until"][:10] == (timezone.now() + timedelta(hours=24)).date().isoformat()
    then = TimestampSigner(salt="listings.mcp", sep=".")
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda _: "1AAAAA")  # in 1997
    old = then.sign_object(["enquire", 1], compress=True)
    monkeypatch.undo()
    answer = client.get(f"/chat/{old}/")
    assert answer.status_code == 410
    assert "ask for another" in answer.content.decode()


@pytest.mark.parametrize("token", ["nothing", "a.b.c", "{}x"])
def test_a_link_that_was_changed_is_refused(client: Client, token: str) -> None:
    good = path_of(prepared(client, "enquire", id=make.live().pk)).strip("/").split("/")[1]
    answer = client.get(f"/chat/{token.format(good)}/")
    assert answer.status_code == 404


def test_a_link_of_another_kind_is_none_of_these(client: Client) -> None:
    foreign = TimestampSigner(salt="listings.buyers", sep=".").sign_object(["buyer-record", 1])
    assert client.get(f"/chat/{foreign}/").status_code == 404


def test_a_link_is_not_kept_listed_or_logged(client: Client) -> None:
    path = path_of(prepared(client, "enquire", id=make.live().pk))
    answer = client.get(path)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert redacted_text(f"Not Found: {path}") == "Not Found: /chat/…"
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("save_search", {}, "Choose at least one filter"),
        ("save_search", {"q": "hello"}, "Choose at least one filter"),
        ("save_search", {"make": ["frod"]}, "frod"),
        ("save_search", {"email": "jo@example.com"}, "There is no such parameter"),
        ("enquire", {}, "This parameter is required"),
        ("enquire", {"id": 1}, "No such car is for sale"),
        ("enquire", {"id": 1, "message": "Hello"}, "There is no such parameter"),
    ],
)
def test_what_cannot_be_prepared_is_told(
    client: Client, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = called(client, tool, arguments)
    assert result["isError"]
    assert said in result["content"][0]["text"]


def test_a_sold_car_is_asked_about_by_nobody(client: Client) -> None:
    sold = make.live(status=Status.SOLD, sold_at=timezone.now())
    assert called(client, "enquire", {"id": sold.pk})["isError"]


def test_more_filters_than_an_address_holds_are_refused(client: Client) -> None:
    words = [sha256(bytes([number])).hexdigest() for number in range(50)]
    some = {"text": [word[:40] for word in words[:20]]}
    every = {"text": [word[:40] for word in words], "prefer": [word[:60] for word in words[:20]]}
    link = prepared(client, "save_search", **some)
    assert client.get(path_of(link)).status_code == 302
    refused = called(client, "save_search", every)
    assert refused["isError"]
    assert "more filters than a link can hold" in refused["content"][0]["text"]


def test_the_limit_of_links_covers_them(client: Client, settings: Settings) -> None:
    settings.LINK_REQUESTS_PER_MINUTE = 1
    statuses = {client.get("/chat/nothing/").status_code for _ in range(3)}
    assert 429 in statuses
