"""Over TLS the name stays the name, although the connection goes to a checked address."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from marketplace.fetching import FetchUnreachable, Limits, exchange, fetch
from tests.websites import Page, Website, running

NEW = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
LIMITS = Limits(bytes_max=1_000, seconds_max=100)


@pytest.fixture
def named(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Website, list[str | None]]]:
    """A site whose certificate is for cars.example, and the names it is asked for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    subject = "-days 2 -subj /CN=cars.example -addext subjectAltName=DNS:cars.example"
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, *f"{NEW} {subject} -keyout {key} -out {certificate}".split()],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    exchange.tls.cache_clear()
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with running() as website:
        website.socket = context.wrap_socket(website.socket, server_side=True)
        port = website.server_address[1]
        settings.FETCH_ALLOWED_HOSTS = [f"cars.example:{port}", f"other.example:{port}"]
        yield website, names
    exchange.tls.cache_clear()


def test_the_name_is_sent_and_verified(named: tuple[Website, list[str | None]]) -> None:
    site, names = named
    site.pages["/a"] = Page(b"here")
    url = f"https://cars.example:{site.server_address[1]}/a"
    with fetch(url, limits=LIMITS, resolve=lambda *_: ["127.0.0.1"]) as fetched:
        assert fetched.body.read() == b"here"
    assert names == ["cars.example"]


def test_a_certificate_of_another_name_is_refused(named: tuple[Website, list[str | None]]) -> None:
    site, names = named
    url = f"https://other.example:{site.server_address[1]}/a"
    with pytest.raises(FetchUnreachable):
        fetch(url, limits=LIMITS, resolve=lambda *_: ["127.0.0.1"])
    assert names == ["other.example"]
    assert site.asked == []
