"""Whoever finds a weakness is told whom to tell."""

from datetime import date

from django.test import Client
from pytest_django import Settings

ADDRESS = "/.well-known/security.txt"


def test_it_names_the_contacts_and_a_day(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@example.com", "https://example.com/report"]
    settings.SECURITY_EXPIRES_ON = date(2027, 6, 30)
    settings.PUBLIC_URL = "https://cars.example.com"
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@example.com",
        "Contact: https://example.com/report",
        "Expires: 2027-06-30T23:59:59Z",
        "Preferred-Languages: en",
        f"Canonical: https://cars.example.com{ADDRESS}",
    ]


def test_without_a_contact_there_is_nothing(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS).status_code == 405
