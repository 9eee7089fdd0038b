"""Addresses that are never asked, whatever trick names them."""

import socket
import threading
from collections.abc import Sequence

import pytest
from pytest_django import Settings

from marketplace.fetching import FetchRefused, FetchTooSlow, FetchUnreachable, Limits, fetch
from marketplace.fetching.addresses import is_public
from tests.websites import Page, Website

LIMITS = Limits(bytes_max=1_000, seconds_max=100)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.9.9.9",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "nonsense",
    ],
)
def test_what_is_not_a_public_host_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2a00:1450:4009::200e"]
)
def test_a_public_host_is_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_this_machine_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url, limits=LIMITS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "stock.csv",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "gopher://example.com/a",
        "data:text/plain,a",
        "http:///a",
        "http://example.com:22/",
        "https://example.com:8443/",
        "http://user:secret@example.com/",
        "http://exa mple.com:99999/",
        "http://[/",
        "http://a\x00b/",
    ],
)
def test_what_is_no_web_address_is_refused_before_any_name_is_resolved(url: str) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    with pytest.raises(FetchRefused) as caught:
        fetch(url, limits=LIMITS, resolve=resolve)
    assert "secret" not in str(caught.value)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(FetchRefused, match=r"cars\.example is not on the public"):
        fetch(
            "http://cars.example/", limits=LIMITS, resolve=lambda *_: ["93.184.216.34", "10.0.0.1"]
        )


def test_a_name_is_resolved_once_and_that_very_address_is_asked(
    site: Website, settings: Settings
) -> None:
    """A name that means this machine at the first question and elsewhere at the next."""
    port = site.server_address[1]
    settings.FETCH_ALLOWED_HOSTS = [f"rebound.example:{port}"]
    site.pages["/a"] = Page(b"here")
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with fetch(
        f"http://rebound.example:{port}/a", limits=LIMITS, resolve=lambda *_: answers.pop(0)
    ) as fetched:
        assert fetched.body.read() == b"here"
    assert answers == [["10.0.0.1"]]
    assert site.asked[0].headers["Host"] == f"rebound.example:{port}"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://169.254.169.254/",
        "//[::1]/",
        "http://inside.example/",
        "http://user:secret@127.0.0.1/",
    ],
)
def test_a_redirect_inside_is_refused(site: Website, location: str) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": location})

    def resolve(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.1"] if host == "inside.example" else [host]

    with pytest.raises(FetchRefused):
        fetch(site.url("/a"), limits=LIMITS, resolve=resolve)
    assert len(site.asked) == 1


def test_a_name_may_mean_another_machine_at_a_redirect_and_is_checked_again(
    site: Website, settings: Settings
) -> None:
    port = site.server_address[1]
    settings.FETCH_ALLOWED_HOSTS = [f"first.example:{port}"]
    site.pages["/a"] = Page(status=302, headers={"Location": "http://first.example/b"})
    with pytest.raises(FetchRefused):
        fetch(f"http://first.example:{port}/a", limits=LIMITS, resolve=lambda *_: ["127.0.0.1"])
    assert len(site.asked) == 1


def test_the_next_address_is_asked_where_the_first_does_not_answer(
    site: Website, settings: Settings
) -> None:
    port = site.server_address[1]
    settings.FETCH_ALLOWED_HOSTS = [f"two.example:{port}"]
    site.pages["/a"] = Page(b"here")
    with fetch(
        f"http://two.example:{port}/a", limits=LIMITS, resolve=lambda *_: ["::1", "127.0.0.1"]
    ) as fetched:
        assert fetched.size == 4


def test_a_host_is_allowed_on_the_usual_ports_only_unless_its_port_is_named(
    site: Website, settings: Settings
) -> None:
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    with pytest.raises(FetchRefused, match="port 80 or 443"):
        fetch(site.url("/a"), limits=LIMITS)


def test_a_name_that_is_not_known_is_unreachable() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(FetchUnreachable) as caught:
        fetch("http://nowhere.example/", limits=LIMITS, resolve=resolve)
    assert caught.value.is_retryable


def test_a_resolver_that_hangs_has_the_time_of_the_whole() -> None:
    enough = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        enough.wait(30)
        return []

    try:
        with pytest.raises(FetchTooSlow):
            fetch(
                "http://slow.example/",
                limits=Limits(bytes_max=1, seconds_max=0.2),
                resolve=resolve,
            )
    finally:
        enough.set()
