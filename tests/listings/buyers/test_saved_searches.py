"""Searches and cars are saved by an address, confirmed by its owner, and end with one click."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.retention.job import apply
from listings.buyers.links import BuyerLink, link_to
from listings.buyers.saved_searches import (
    CONSENT_WORDS,
    UNCONFIRMED_MAX,
    WantedAlerts,
    save_search,
)
from listings.buyers.stored_criteria import criteria_of
from listings.models import AlertQueue, BuyerRecord, SavedCar, SavedSearch
from listings.search.criteria import Criteria
from listings.search.fields import Range
from tests import make
from tests.dealers.mail_server import MailServer
from tests.listings.buyers.mailbox import delivered, links_of, path_of, text_of, work

pytestmark = pytest.mark.django_db
API = "/api/v1/saved-searches/"
Frequency = SavedSearch.Frequency


def is_seven(answer: str, address: str) -> bool:
    return answer == "7"


def body(**changed: Any) -> dict[str, Any]:
    given = {
        "email": "ann@example.com",
        "frequency": "instant",
        "search": {"make": ["land-rover"], "price_max": 40_000},
        "consent": CONSENT_WORDS,
    }
    return {name: value for name, value in {**given, **changed}.items() if value is not None}


def post(client: Client, **changed: Any) -> Any:
    return client.post(API, body(**changed), content_type="application/json")


def opened_form(client: Client, path: str) -> dict[str, str]:
    """Return the hidden fields of a page's form, as if it had been opened a while ago."""
    page = client.get(path)
    assert page.status_code == 200, page.content
    return {"opened": _older(), "website": ""}


def _older() -> str:
    signer = signing.TimestampSigner(salt="listings.buyers.form", sep=".")
    signer.timestamp = lambda: signing.b62_encode(int(timezone.now().timestamp()) - 60)  # type: ignore[method-assign]
    return signer.sign("alert")


def saved(**fields: Any) -> SavedSearch:
    wanted = WantedAlerts(Frequency.INSTANT, "Land Rover", Criteria(make=("land-rover",)))
    found = save_search(wanted=wanted, email=fields.pop("email", "ann@example.com"))
    assert found is not None
    return found


def test_a_search_is_saved_as_it_was_asked_and_told_of_once_it_is_confirmed(
    client: Client, mails: MailServer
) -> None:
    make.live()
    answer = post(client, search={"make": "land-rover", "price_max": 40_000, "near": "LS1 4AP"})
    assert (answer.status_code, answer.json()) == (202, {"status": "confirmation_sent"})
    row = SavedSearch.objects.select_related("record__consent").get()
    assert row.criteria == {"make": ["land-rover"], "price_max": [40_000], "near": ["LS1"]}
    assert (row.name, row.state) == ("Land Rover, up to £40,000, near LS1", "unconfirmed")
    assert row.record.consent is not None
    assert (row.record.consent.purpose, row.record.consent.words) == ("saved_search", CONSENT_WORDS)
    work()
    (mail,) = delivered(mails)
    assert (mail["To"], mail["Subject"].strip()) == (
        "ann@example.com",
        "Confirm your alert: Land Rover, up to £40,000, near LS1",
    )
    link, record_link = links_of(mail)
    page = client.get(link)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert client.get(record_link).status_code == 200
    row.refresh_from_db()
    assert row.state == "unconfirmed"
    assert client.post(link).status_code == 200
    row.refresh_from_db()
    row.record.refresh_from_db()
    assert (row.state, row.active_since is None) == ("active", False)
    assert row.record.confirmed_at is not None
    assert row.record.kept_until > timezone.now() + timedelta(days=300)


def test_words_of_a_search_are_saved_as_the_filters_they_mean(client: Client) -> None:
    make.live()
    assert post(client, search={"q": "diesel land rover under 20k"}).status_code == 202
    assert SavedSearch.objects.get().criteria == {
        "make": ["land-rover"],
        "price_max": [20_000],
        "fuel": ["diesel"],
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"search": {"colr": "red"}}, "search.colr"),
        ({"search": {"price_max": "cheap"}}, "search.price_max"),
        ({"search": {"price_min": 5, "price_max": 4}}, "search.price_min"),
        ({"search": {"make": [None]}}, "search"),
        ({"search": ["make"]}, "search"),
        ({"search": None}, "search"),
        ({"listing_ids": [1]}, "search"),
        ({"email": "ann@"}, "email"),
        ({"frequency": "hourly"}, "frequency"),
        ({"consent": "Anything goes."}, "consent"),
        ({"consent": None}, "consent"),
        ({"colour": "red"}, "colour"),
        ({"email": "a\0nn@example.com"}, "email"),
        ({"search": {"make": "\0"}}, "search.make"),
        ({"search": {"price_max": 10**30}}, "search"),
        ({"search": {"q": "\0"}}, "search.q"),
        ({"search": {"price_max": [[1]]}}, "search"),
        ({"search": None, "listing_ids": [2**63]}, "listing_ids"),
        ({"search": None, "listing_ids": ["1"]}, "listing_ids"),
        ({"page": "x" * 201}, "page"),
    ],
)
def test_what_cannot_be_saved_is_refused_by_name(
    client: Client, changed: dict[str, Any], field: str
) -> None:
    answer = post(client, **changed)
    assert (answer.status_code, field in answer.json()["fields"]) == (400, True), answer.json()
    assert not BuyerRecord.objects.exists()


@pytest.mark.parametrize("changed", [{"search": {}}, {"search": None, "listing_ids": [10**9]}])
def test_nothing_and_cars_of_nobody_are_not_saved(client: Client, changed: dict[str, Any]) -> None:
    answer = post(client, **changed)
    assert (answer.status_code, answer.json()["code"]) == (400, "nothing_to_save")


def test_the_same_search_of_an_address_is_one_and_no_answer_tells(
    client: Client, mails: MailServer
) -> None:
    first = post(client)
    again = post(
        client, email="ANN@example.com", search={"price_max": 40_000, "make": "land-rover"}
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    row = SavedSearch.objects.get()
    work()
    assert len(delivered(mails)) == 1
    client.post(links_of(delivered(mails)[0])[0])
    SavedSearch.objects.update(confirmation_mailed_at=timezone.now() - timedelta(hours=1))
    other = post(client, frequency="weekly")
    assert (other.status_code, other.content) == (first.status_code, first.content)
    row.refresh_from_db()
    assert (row.state, row.frequency) == ("active", "instant")  # only its owner changes it
    work()
    assert delivered(mails)[1]["Subject"].strip().startswith("You have this alert already")


@pytest.mark.django_db(transaction=True)
def test_the_same_search_saved_at_once_is_one() -> None:
    def save() -> int:
        try:
            return saved().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        keys = {future.result() for future in [pool.submit(save) for _ in range(8)]}
    assert keys == set(SavedSearch.objects.values_list("pk", flat=True))
    assert len(keys) == BuyerRecord.objects.count() == 1


def test_a_stranger_fills_no_mailbox(client: Client, mails: MailServer) -> None:
    for price in range(1_000, 13_000, 1_000):
        assert post(client, search={"price_max": price}).status_code == 202
    work()
    assert len(delivered(mails)) == UNCONFIRMED_MAX


def test_an_address_is_told_by_no_answer_that_it_asked_too_often(
    client: Client, settings: Any, mails: MailServer
) -> None:
    settings.BUYER_REQUESTS_PER_ADDRESS, settings.BUYER_REQUESTS_PER_HOUR = 1, 2
    answers = [post(client, search={"price_max": each}) for each in (1_000, 2_000)]
    assert [each.status_code for each in answers] == [202, 202]
    assert SavedSearch.objects.count() == 1
    answer = post(client, email="bob@example.com")
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_what_nobody_confirms_is_erased_after_two_days(client: Client) -> None:
    row, young = saved(), saved(email="bob@example.com")
    long_ago = timezone.now() - timedelta(hours=49)
    BuyerRecord.objects.filter(pk=row.record_id).update(created_at=long_ago)
    assert apply("unconfirmed") == 1
    row.refresh_from_db()
    young.refresh_from_db()
    assert (row.state, row.criteria, row.name, row.record.email) == ("ended", {}, "", "")
    assert (young.state, young.record.email) == ("unconfirmed", "bob@example.com")
    link = path_of(link_to(BuyerLink.CONFIRM_SEARCH, row.record_id))
    assert client.post(link).status_code == 410
    row.refresh_from_db()
    assert row.state == "ended"


def test_the_pages_by_link_pause_resume_change_and_end(client: Client) -> None:
    row = saved()
    page = path_of(link_to(BuyerLink.SEARCH, row.record_id))
    assert client.post(page, {"action": "pause"}).status_code == 409  # not confirmed
    client.post(path_of(link_to(BuyerLink.CONFIRM_SEARCH, row.record_id)))
    row.refresh_from_db()
    begun_at = row.active_since
    AlertQueue.objects.create(record=row.record, listing_ids=[1], count=1)

    def after(**sent: str) -> tuple[str, str]:
        assert client.post(page, sent).status_code == 200
        row.refresh_from_db()
        return row.state, row.frequency

    assert after(action="pause") == ("paused", "instant")
    assert not AlertQueue.objects.exists()
    assert after(action="resume") == ("active", "instant")
    assert begun_at is not None
    assert row.active_since is not None
    assert row.active_since > begun_at
    assert after(action="frequency", frequency="weekly") == ("active", "weekly")
    assert after(action="frequency", frequency="hourly") == ("active", "weekly")
    assert after(action="nonsense") == ("active", "weekly")
    assert after(action="end") == ("ended", "weekly")
    row.record.refresh_from_db()
    assert row.record.withdrawn_at is not None
    assert client.post(page, {"action": "resume"}).status_code == 410


@pytest.mark.parametrize("link", [each for each in BuyerLink if each != BuyerLink.PERSON])
def test_a_scanner_that_opens_every_link_changes_nothing(client: Client, link: BuyerLink) -> None:
    row = saved()
    client.post(path_of(link_to(BuyerLink.CONFIRM_SEARCH, row.record_id)))
    row.refresh_from_db()
    path = path_of(link_to(link, row.record_id))
    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    other = SavedSearch.objects.get(pk=row.pk)
    assert (other.state, other.frequency, other.revision) == ("active", "instant", row.revision)


def test_a_link_does_only_what_it_is_for(client: Client) -> None:
    row = saved()
    confirming = path_of(link_to(BuyerLink.CONFIRM_SEARCH, row.record_id))
    token = path_of(link_to(BuyerLink.RECORD, row.record_id)).split("/")[2]
    for page in ("/alerts/confirm/{}/", "/alerts/stop/{}/", "/alerts/{}/"):
        assert client.post(page.format(token)).status_code == 404
    token = confirming.split("/")[3]
    for page in ("/left/{}/", "/alerts/stop/{}/", "/alerts/{}/"):
        assert client.post(page.format(token), {"action": "end"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "unconfirmed"


def test_erasing_the_record_ends_its_search_and_blanks_it(client: Client) -> None:
    car = make.live()
    wanted = WantedAlerts(Frequency.INSTANT, listing_ids=(car.pk,))
    row = save_search(wanted=wanted, email="ann@example.com")
    assert row is not None
    path = path_of(link_to(BuyerLink.RECORD, row.record_id))
    assert client.post(path, {"action": "erase"}).status_code == 200
    row.refresh_from_db()
    watched = SavedCar.objects.get()
    assert (row.state, row.name, row.digest) == ("ended", "", "")
    assert (watched.listing_id, watched.title) == (None, "")


def test_the_form_on_the_page_saves_a_search(client: Client, mails: MailServer) -> None:
    make.live()
    path = "/alerts/new/?make=land-rover&price_max=40000"
    results = client.get("/cars/?make=land-rover&price_max=40000").content.decode()
    assert path.replace("&", "&amp;") in results
    form = opened_form(client, path)
    answer = client.post(path, {**form, "email": "ann@example.com", "frequency": "weekly"})
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/sent/")
    assert client.get("/alerts/sent/").status_code == 200
    row = SavedSearch.objects.select_related("record").get()
    assert (row.criteria, row.frequency) == (
        {"make": ["land-rover"], "price_max": [40_000]},
        "weekly",
    )
    assert row.record.page == "/alerts/new/"
    work()
    assert CONSENT_WORDS in " ".join(text_of(delivered(mails)[0]).split())


def test_the_form_on_a_cars_page_watches_the_car(client: Client) -> None:
    car = make.live()
    page = client.get(f"/cars/{car.pk}/", follow=True).content.decode()
    path = f"/alerts/new/?car={car.pk}"
    assert path in page
    form = opened_form(client, path)
    assert (
        client.post(path, {**form, "email": "a@example.com", "frequency": "instant"}).status_code
        == 302
    )
    row = SavedSearch.objects.get()
    assert (row.criteria, row.name) == ({}, f"{car.year} {car.title}")
    assert SavedCar.objects.values_list("record", "listing", "price").get() == (
        row.record_id,
        car.pk,
        car.price,
    )


def test_several_cars_are_watched_as_one_alert(client: Client) -> None:
    cars = [make.live(mileage=each) for each in (1, 2)]
    path = f"/alerts/new/?car={cars[0].pk}&car={cars[1].pk}"
    form = opened_form(client, path)
    sent = {**form, "email": "a@example.com", "frequency": "instant"}
    assert client.post(path, sent).status_code == 302
    assert SavedSearch.objects.get().name == "2 cars you saved"
    watched = SavedCar.objects.order_by("listing").values_list("listing", flat=True)
    assert list(watched) == [car.pk for car in cars]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"email": ""}, "Give your e-mail address."),
        ({"email": "ann at home"}, "This is not an e-mail address."),
        ({"website": "spam"}, "not sent as people send it"),
        ({"opened": ""}, "not sent as people send it"),
        ({"frequency": "hourly"}, "Choose one of these."),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    client: Client, mails: MailServer, sent: dict[str, str], told: str
) -> None:
    path = "/alerts/new/?price_max=9000"
    form = {**opened_form(client, path), "email": "ann@example.com", "frequency": "weekly"}
    answer = client.post(path, {**form, **sent})
    page = answer.content.decode()
    assert (answer.status_code, told in page) == (400, True)
    assert f'value="{sent.get("email", "ann@example.com")}"' in page
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("query", ["", "car=1000000000", "colr=red", "price_max=x"])
def test_a_page_for_nothing_says_so(client: Client, query: str) -> None:
    assert client.get(f"/alerts/new/?{query}").status_code == 400


def test_a_searchs_name_says_all_of_it(client: Client) -> None:
    criteria = Criteria(price=Range(5_000, 9_000), fuel=("diesel", "petrol"), reduced=True)
    make.live()
    asked = criteria.as_parameters()
    assert post(client, search=asked).status_code == 202
    row = SavedSearch.objects.get()
    assert criteria_of(row.criteria) == criteria
    assert row.name == "£5,000 to £9,000, diesel or Petrol, price reduced"


def test_the_form_asks_the_captcha_that_the_marketplace_names(
    client: Client, settings: Settings
) -> None:
    settings.BUYER_CAPTCHA = "tests.listings.buyers.test_saved_searches.is_seven"
    path = "/alerts/new/?price_max=9000"
    form = {**opened_form(client, path), "email": "ann@example.com", "frequency": "weekly"}
    refused = client.post(path, {**form, "captcha": "8"})
    assert refused.status_code == 400
    assert "show once more that you are a person" in refused.content.decode()
    assert not SavedSearch.objects.exists()
    assert client.post(path, {**form, "captcha": "7"}).status_code == 302
