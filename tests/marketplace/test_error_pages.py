"""What people see when something is not there, not theirs, unreadable or broken."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from listings.choices import Status
from listings.models import Listing
from tests import make


@pytest.fixture(autouse=True)
def _failing(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.marketplace.failing_pages"
    settings.DEBUG = False


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def read(client: Client, path: str, status: int) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status, path
    assert answer["Content-Type"].startswith("text/html")
    page: str = answer.content.decode()
    assert re.search(r'<link rel="stylesheet" href="[^"]*pages[^"]*\.css">', page), path
    assert "<h1>" in page
    assert "<style" not in page
    assert " style=" not in page
    assert '<meta name="robots" content="noindex">' in page
    return page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/", 404),
        ("/cars/999999999/", 404),
        ("/cars/not-a-number/", 404),
        ("/forbidden/", 403),
        ("/suspicious/", 400),
        ("/failing/", 500),
        ("/cars/?price_max=%00", 400),
    ],
)
@pytest.mark.django_db
def test_an_error_has_a_search_and_a_way_to_all_cars(
    visitor: Client, path: str, status: int
) -> None:
    page = read(visitor, path, status)
    assert re.search(r'<form [^>]*action="/cars/"[^>]*>\s*<input [^>]*name="q"', page)
    assert '<a href="/cars/">See all cars</a>' in page


@pytest.mark.django_db
def test_a_car_that_is_gone_is_410_and_shows_others(visitor: Client) -> None:
    row, other = make.live(), make.live()
    ended = timezone.now() - timedelta(days=400)
    Listing.objects.filter(pk=row.pk).update(status=Status.SOLD, sold_at=ended, expires_at=ended)
    answer = visitor.get(f"/cars/{row.pk}/", follow=True)
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "This car has been sold." in page
    assert f"/cars/{other.pk}/" in page
    assert 'name="robots" content="noindex"' in page


@pytest.mark.parametrize("path", ["/failing/", "/dealer/failing/"])
def test_a_failure_is_told_without_the_database(visitor: Client, path: str) -> None:
    page = read(visitor, path, 500)  # a test without the database may not ask it
    assert "Something went wrong on our side" in page
    assert "RuntimeError" not in page
    assert "{%" not in page


@pytest.mark.django_db
def test_not_found_asks_the_database_nothing(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        read(visitor, "/nothing/", 404)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/nothing/", 404, "not_found"),
        ("/api/v1/failing/", 500, "internal_server_error"),
        ("/api/v1/forbidden/", 403, "forbidden"),
        ("/api/v1/listings/?price_max=x", 400, "invalid"),
        ("/api/v1/listings/?utm_source=mail", 400, "invalid"),
    ],
)
@pytest.mark.django_db
def test_the_api_answers_with_a_problem_document(
    visitor: Client, path: str, status: int, code: str
) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code


@pytest.mark.django_db
def test_a_dealer_and_the_desk_are_led_back_to_their_pages(visitor: Client) -> None:
    visitor.force_login(make.staff())
    page = read(visitor, "/admin/listings/nothing/", 404)
    assert '<a class="button" href="/admin/">' in page
    visitor.force_login(make.member(make.dealer()))
    page = read(visitor, "/dealer/nothing/at/all/", 404)
    assert '<a class="button" href="/dealer/">' in page


@pytest.mark.django_db
def test_a_form_without_its_token_says_that_nothing_was_saved() -> None:
    visitor = Client(enforce_csrf_checks=True)
    answer = visitor.post("/dealer/login/", {"username": "x", "password": "y"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "<strong>Nothing was saved.</strong>" in page
    assert "/static/pages/pages.css" in page
