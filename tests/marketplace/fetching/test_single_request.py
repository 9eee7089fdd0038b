"""One GET with headers of its own: to one address, whatever the status, and no further."""

import pytest
from pytest_django import Settings

from marketplace.fetching import FetchRefused, FetchUnreachable, Replied, get
from tests.websites import Page, Website

KEY = {"X-API-Key": "a-key"}


def asked(url: str, bytes_max: int = 1_000) -> Replied:
    return get(url, headers=KEY, seconds_max=100, bytes_max=bytes_max)


@pytest.mark.parametrize("status", [200, 400, 403, 404, 429, 500, 503])
def test_the_answer_comes_whatever_its_status(site: Website, status: int) -> None:
    site.pages["/car"] = Page(b'{"code": 1}', status=status)
    assert asked(site.url("/car")) == Replied(status, b'{"code": 1}')
    assert [(each.path, each.headers["X-API-Key"]) for each in site.asked] == [("/car", "a-key")]


def test_no_redirect_is_followed(site: Website) -> None:
    site.pages["/car"] = Page(status=302, headers={"Location": site.url("/elsewhere")})
    assert asked(site.url("/car")).status == 302
    assert [each.path for each in site.asked] == ["/car"]


def test_no_more_is_read_than_was_asked_for(site: Website) -> None:
    site.pages["/car"] = Page(b"a" * 5_000)
    assert asked(site.url("/car"), bytes_max=10) == Replied(200, b"a" * 10)


@pytest.mark.parametrize("allowed", [[], ["other.example"]])
def test_an_address_inside_is_not_asked(
    site: Website, settings: Settings, allowed: list[str]
) -> None:
    settings.FETCH_ALLOWED_HOSTS = allowed
    with pytest.raises(FetchRefused):
        asked(site.url("/car"))
    assert site.asked == []


def test_what_goes_wrong_names_the_host_alone(site: Website) -> None:
    url = site.url("/AB12CDE")
    site.shutdown()
    site.server_close()
    with pytest.raises(FetchUnreachable) as refused:
        asked(url)
    assert "AB12CDE" not in str(refused.value)
    assert refused.value.__cause__ is None
