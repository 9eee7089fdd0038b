"""The block tells how often it was seen and followed, and nothing about who did."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from listings.models import PlacementDay
from listings.widget import counts
from marketplace.london_time import london_today

pytestmark = pytest.mark.django_db
URL = "/api/v1/widget/events/"
SITE = "https://news.example"


def tell(client: Client, *placements: dict[str, Any], origin: str = SITE, **more: Any) -> Any:
    body = json.dumps({"placements": placements, **more})
    headers = {"Origin": origin} if origin else {}
    return client.post(URL, body, content_type="text/plain;charset=UTF-8", headers=headers)


def rows() -> list[tuple[str, str, int, int, int]]:
    columns = ("origin", "placement", "views", "clicks", "alls")
    return list(PlacementDay.objects.order_by("origin", "placement").values_list(*columns))


def test_counts_of_one_day_and_placement_are_added_up(client: Client) -> None:
    for _ in range(2):
        answer = tell(
            client,
            {"placement": "sidebar", "views": 1, "clicks": 2},
            {"placement": "article", "views": 1, "alls": 1},
        )
        assert (answer.status_code, answer.content) == (204, b"")
    assert rows() == [(SITE, "article", 2, 0, 2), (SITE, "sidebar", 2, 4, 0)]
    assert set(PlacementDay.objects.values_list("day", flat=True)) == {london_today()}


def test_nothing_but_sums_is_kept(client: Client) -> None:
    answer = tell(client, {"placement": "a", "views": 1})
    assert not answer.cookies
    kept = {field.name for field in PlacementDay._meta.get_fields()}
    assert kept == {"id", "day", "origin", "placement", "views", "clicks", "alls"}


def test_a_whole_page_is_counted_in_few_statements(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    placements = [{"placement": f"p{number}", "views": 1} for number in range(20)]
    with django_assert_max_num_queries(6):
        tell(client, *placements)
    assert len(rows()) == 20


def test_the_browser_says_which_site_it_is_and_not_the_page(client: Client) -> None:
    tell(client, {"placement": "a", "views": 1}, site="https://other.example")
    tell(client, {"placement": "a", "views": 1}, origin="null")
    tell(client, {"placement": "a", "views": 1}, origin="")
    assert rows() == [("", "a", 2, 0, 0), (SITE, "a", 1, 0, 0)]


def test_our_own_frame_tells_the_site_around_it(client: Client) -> None:
    tell(client, {"placement": "", "views": 1}, origin="http://testserver", site=SITE)
    assert rows() == [(SITE, "default", 1, 0, 0)]


def test_a_site_has_so_many_placements_a_day_and_the_rest_is_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "NAMES_MAX", 2)
    tell(client, *({"placement": name, "views": 1} for name in "abcd"))
    tell(client, {"placement": "e", "views": 1}, {"placement": "a", "views": 1})
    assert rows() == [
        (SITE, "(other)", 3, 0, 0),
        (SITE, "a", 2, 0, 0),
        (SITE, "b", 1, 0, 0),
    ]


def test_a_day_has_so_many_rows_and_the_rest_is_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "ROWS_MAX", 1)
    tell(client, {"placement": "a", "views": 1})
    for number in range(3):
        tell(client, {"placement": "b", "views": 1}, origin=f"https://{number}.example")
    tell(client, {"placement": "a", "views": 1})
    assert rows() == [("(other)", "(other)", 3, 0, 0), (SITE, "a", 2, 0, 0)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "[" * 3_000,
        '{"placements": []}',
        '{"placements": [{"placement": "<script>"}]}',
        '{"placements": [{"placement": "a", "views": 101}]}',
        '{"placements": [{"placement": "a", "views": -1}]}',
        '{"placements": [{"placement": "a", "views": "1"}]}',
        json.dumps({"placements": [{"placement": "a", "views": 1}] * 21}),
    ],
)
def test_what_is_no_count_is_refused(client: Client, body: str) -> None:
    assert client.post(URL, body, content_type="text/plain").status_code == 400
    assert rows() == []


def test_a_body_that_is_too_large_is_not_read(client: Client) -> None:
    body = json.dumps({"placements": [{"placement": "a", "views": 1}], "more": "x" * 4_000})
    answer = client.post(URL, body, content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert rows() == []


def test_one_address_tells_only_so_often_and_that_takes_nothing_from_its_reading(
    client: Client, settings: Settings
) -> None:
    cache.clear()
    settings.API_REQUESTS_PER_MINUTE = 20
    answers = [tell(client, {"placement": "a", "views": 1}).status_code for _ in range(6)]
    assert (answers.count(204), answers.count(429)) in {
        (2, 4),
        (3, 3),
        (4, 2),
    }  # over a minute's end
    assert client.get("/api/v1/widget/").status_code == 204
    cache.clear()
