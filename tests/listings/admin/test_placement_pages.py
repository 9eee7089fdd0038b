"""Staff look up where the block is seen and followed."""

from datetime import timedelta

import pytest
from django.test import Client

from listings.admin.placements import chart
from listings.models import PlacementDay
from marketplace.london_time import london_today

pytestmark = pytest.mark.django_db
URL = "/admin/listings/placementday/"
TODAY = london_today()


def day(ago: int, **columns: object) -> PlacementDay:
    defaults = {"origin": "https://news.example", "placement": "article"}
    return PlacementDay.objects.create(day=TODAY - timedelta(days=ago), **{**defaults, **columns})


def test_the_list_shows_each_placement_and_how_often_it_is_followed(admin: Client) -> None:
    day(0, views=200, clicks=9)
    day(1, views=0, origin="")
    page = admin.get(URL).content.decode()
    for text in ("https://news.example", "article", "4.5%", "Not known", "200 views, 9 clicks"):
        assert text in page, text


def test_the_chart_sums_each_of_the_last_days(admin: Client) -> None:
    day(0, views=50, clicks=10)
    day(0, placement="sidebar", views=50)
    day(3, views=25, clicks=25)
    day(40, views=9_000)
    bars = chart(TODAY)
    assert len(bars) == 30
    shown = [
        (bar.views, bar.clicks, bar.views_height, bar.clicks_height) for bar in bars if bar.views
    ]
    assert shown == [(25, 25, 30, 30), (100, 10, 120, 12)]
    assert bars[-1].day == TODAY


def test_a_day_of_the_chart_opens_its_rows(admin: Client) -> None:
    rows = {day(3, views=25), day(3, placement="sidebar", clicks=3)}
    day(2, views=9)
    page = admin.get(URL)
    assert page.context["ticks"] == [25, 12, 0]
    (bar,) = (bar for bar in page.context["bars"] if bar.views == 25)
    assert f'<a href="{bar.url}"' in page.content.decode().replace("&amp;", "&")
    assert set(admin.get(f"{URL}{bar.url}").context["cl"].queryset) == rows
    assert page.context["bars"][0].url == ""


def test_placements_are_found_by_site_and_cannot_be_changed(admin: Client) -> None:
    row, _ = day(0, views=1), day(0, origin="https://other.example", views=2)
    found = admin.post(f"{URL}search/", {"q": "news"}, follow=True)
    assert list(found.context["cl"].queryset) == [row]
    assert admin.post(f"{URL}{row.pk}/change/", {"views": 5}).status_code == 403
    assert admin.get(URL).status_code == 200


def test_what_strangers_sent_is_shown_as_text(admin: Client) -> None:
    day(0, placement="<script>alert(1)</script>", views=1)
    assert "<script>alert(1)" not in admin.get(URL).content.decode()
