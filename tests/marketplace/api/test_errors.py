"""Whatever is refused below the API's root is a problem document."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v2/listings/", "/api/%00"])
def test_an_unknown_address_is_a_problem_document(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing here.",
    }


def test_an_address_without_its_slash_is_redirected(client: Client) -> None:
    answer = client.get("/api/v1/listings?price_max=5000")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/listings/?price_max=5000")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/v1/listings", "/api/v1/stock/7", "/api/v1/valuations"])
def test_a_write_without_its_slash_is_a_problem_document(
    client: Client, settings: Settings, method: str, path: str, debug: bool
) -> None:
    """A redirect would lose what was sent."""
    settings.DEBUG = debug
    headers = {"Origin": "https://paper.example"}
    body = '{"price": 9000}'
    answer = getattr(client, method)(path, body, content_type="application/json", headers=headers)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "slash_missing"
    assert f"{method.upper()} {path}/" in answer.json()["detail"]


def test_a_write_to_nowhere_lacks_no_slash(client: Client) -> None:
    assert client.post("/api/v1/nothing").json()["code"] == "not_found"


def test_an_unknown_address_elsewhere_stays_a_page(client: Client) -> None:
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")


def test_too_many_requests_are_refused_until_the_minute_is_over(
    client: Client, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [client.get("/api/v1/", REMOTE_ADDR="192.0.2.7") for _ in range(5)]
    assert answers[0].status_code == 200
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert client.get("/api/v1/", REMOTE_ADDR="192.0.2.8").status_code == 200


def test_a_forwarded_address_is_not_believed_without_a_proxy(
    client: Client, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    answers = [
        client.get(
            "/api/v1/", REMOTE_ADDR="192.0.2.9", headers={"X-Forwarded-For": f"198.51.100.{n}"}
        )
        for n in range(4)
    ]
    assert 429 in {answer.status_code for answer in answers}
