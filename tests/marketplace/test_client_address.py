"""Who asks, whatever a proxy writes: one answer for limits of requests and for sign-in."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from dealers.models import SignInThrottle
from marketplace.client_address import client_address, client_network

PROXY = "10.0.0.1"


def address(forwarded: str | None, connected: str = PROXY) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=connected, headers=headers))


@pytest.mark.parametrize(
    ("hop", "expected"),
    [
        ("203.0.113.5", "203.0.113.5"),
        (" 203.0.113.5 ", "203.0.113.5"),
        ("203.0.113.5:43210", "203.0.113.5"),
        ("[2001:db8::5]:43210", "2001:db8::5"),
        ("[2001:db8::5]", "2001:db8::5"),
        ('"[2001:DB8:0::5]:1"', "2001:db8::5"),
        ("2001:db8::5", "2001:db8::5"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:9", "203.0.113.5"),
        ("unknown", PROXY),
        ("_hidden", PROXY),
        ("", PROXY),
        ("203.0.113.500", PROXY),
        ("203.0.113.5:43210:9", PROXY),
        ("[203.0.113.5", PROXY),
        ("1" * 100_000, PROXY),
    ],
)
def test_an_address_is_read_however_it_is_written(
    settings: Settings, hop: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert address(hop) == expected
    assert address(f"198.51.100.1, {hop}") == expected


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.5", PROXY),
        (1, None, PROXY),
        (2, "198.51.100.1, 203.0.113.5, 192.0.2.9", "203.0.113.5"),
        (2, "unknown, 192.0.2.9", "192.0.2.9"),
        (2, "198.51.100.1, unknown, nobody", PROXY),
        (3, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (3, "203.0.113.5", "203.0.113.5"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address(forwarded) == expected


@pytest.mark.parametrize(
    ("connected", "expected"),
    [("10.0.0.1:5", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("", "")],
)
def test_whoever_connects_is_read_the_same_way(connected: str, expected: str) -> None:
    assert address(None, connected) == expected


def test_an_ipv6_customer_is_one_network() -> None:
    def network(connected: str) -> str:
        return client_network(RequestFactory().get("/", REMOTE_ADDR=connected))

    assert network("2001:db8:0:7::1") == network("2001:db8:0:7:ffff::2") == "2001:db8:0:7::"
    assert network("2001:db8:0:8::1") == "2001:db8:0:8::"
    assert network("203.0.113.5") == "203.0.113.5"


def test_a_port_does_not_make_everybody_one_client_of_the_api(
    client: Client, settings: Settings
) -> None:
    cache.clear()
    settings.TRUSTED_PROXIES = settings.API_REQUESTS_PER_MINUTE = 1
    hops = [f"203.0.113.{n}:40{n}" for n in range(1, 6)] + [f"[2001:db8:{n}::1]:9" for n in (1, 2)]
    answers = [client.get("/api/v1/", headers={"X-Forwarded-For": hop}) for hop in hops]
    assert {answer.status_code for answer in answers} == {200}
    for again in ("203.0.113.1:5000", "::ffff:203.0.113.1", "[2001:db8:1::2]:1"):
        counted = [
            client.get("/api/v1/", headers={"X-Forwarded-For": again}).status_code for _ in range(3)
        ]
        assert 429 in counted
    cache.clear()


@pytest.mark.django_db
def test_a_failed_sign_in_is_counted_by_the_same_address(
    client: Client, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for hop in ("203.0.113.5:1", "::ffff:203.0.113.5", "203.0.113.5"):
        form = {"username": "nobody@example.com", "password": "wrong"}
        client.post("/admin/login/", form, headers={"X-Forwarded-For": hop})
    scopes = SignInThrottle.objects.values_list("scope", "failures").order_by("scope")
    each = ("account", "account_at_address", "address", "network")
    assert list(scopes) == [(scope, 3) for scope in each]
