"""The first page of the panel: its figures, charts and what is to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Branch, Dealer
from listings.models import Listing, Photo
from listings.pricing import PriceStep, PriceUnit, change_prices
from tests import make

pytestmark = pytest.mark.django_db
HOME = "/dealer/"


@pytest.fixture
def stock(branch: Branch) -> dict[str, Listing]:
    now = timezone.now()
    rows = {
        "fresh": make.live(branch=branch, price=10_000),
        "old": make.live(
            branch=branch,
            price=20_000,
            published_at=now - timedelta(days=95),
            expires_at=now + timedelta(days=3),
            reserved_until=now + timedelta(days=1),
        ),
        "draft": make.draft(branch=branch, price=None),
        "sold": make.live(branch=branch, status="sold", sold_at=now),
        "rejected": make.live(branch=branch, status="rejected"),
        "run out": make.live(branch=branch, expires_at=now - timedelta(minutes=5)),
    }
    for name in ("fresh", "run out"):
        Photo.objects.create(listing=rows[name], image="a.jpg", width=4, height=3, position=0)
    make.live()
    return rows


def figures(response: Any) -> dict[str, str]:
    return {each.label: each.shown for each in response.context["figures"]}


@pytest.mark.usefixtures("stock")
def test_the_figures_count_the_dealers_own_stock(desk: Client) -> None:
    assert figures(desk.get(HOME)) == {
        "Live stock is worth": "£30,000",
        "Live": "2",
        "Draft": "1",
        "Reserved": "1",
        "Sold this month": "1",
        "Expiring in 7 days": "1",
        "Without photos": "2",
        "Without price": "1",
        "Oldest stock": "95 days",
    }


@pytest.mark.usefixtures("stock")
def test_each_line_to_do_opens_the_adverts_it_counted(desk: Client) -> None:
    todo = desk.get(HOME).context["todo"]
    assert len(todo) == 7
    for line in [*todo, *desk.get(HOME).context["figures"]]:
        if not line.shown.isdecimal() or line.label == "Live":
            continue
        rows = desk.get(line.url).context["cl"].result_count
        assert str(rows) == line.shown, line.label


@pytest.mark.usefixtures("stock")
def test_stock_is_charted_by_age_and_each_bar_opens_it(desk: Client) -> None:
    ages = desk.get(HOME).context["ages"]
    assert [(bar.label, bar.value, short) for bar, _, short in ages["bars"]] == [
        ("0-30 days", 2, "£44k"),
        ("31-60 days", 0, "£0"),
        ("61-90 days", 0, "£0"),
        ("90+ days", 1, "£20k"),
    ]
    assert ages["ticks"] == [2, 1, 0]
    for bar, *_ in ages["bars"]:
        assert desk.get(bar.url).context["cl"].result_count == bar.value


def test_weeks_count_what_was_added_sold_and_repriced(
    desk: Client, stock: dict[str, Listing]
) -> None:
    ids = [stock["fresh"].pk, stock["old"].pk]
    change_prices(listing_ids=ids, step=PriceStep(PriceUnit.POUNDS, -5), actor_id=None)
    context = desk.get(HOME).context
    assert (context["weeks"].added, context["weeks"].sold) == (6, 1)
    week, last = context["weeks"].cars[-1]
    assert (last.first.value, last.second.value) == (6, 1)
    assert len(context["weeks"].weeks) == 8
    assert desk.get(week.added_url).context["cl"].result_count == 6
    assert week.sold_pounds == stock["sold"].price
    assert context["weeks"].added_pounds == sum(each.price or 0 for each in stock.values()) - 10
    sold = desk.get(week.sold_url).context["cl"]
    assert [each.pk for each in sold.result_list] == [stock["sold"].pk]
    assert context["price_weeks"]["bars"][-1].value == context["price_weeks"]["total"] == 2


def test_an_empty_forecourt_has_a_page_too(desk: Client) -> None:
    response = desk.get(HOME)
    assert figures(response)["Live"] == "0"
    assert "Nothing waits" in response.content.decode()


def test_a_suspended_dealer_is_told(client: Client) -> None:
    client.force_login(make.member(make.dealer("Gone Cars", is_active=False)))
    assert "Gone Cars is suspended" in client.get(HOME).content.decode()


def test_a_sandbox_is_told_on_every_page(client: Client) -> None:
    sandbox = make.dealer("Try Out Cars", is_sandbox=True)
    row = make.live(branch=make.branch(sandbox))
    client.force_login(make.member(sandbox))
    assert "Try Out Cars is a sandbox: not shown to buyers." in client.get(HOME).content.decode()
    for page in (
        "listings/listing/",
        f"listings/listing/{row.pk}/change/",
        "listings/listing/add/",
    ):
        assert (
            "Owner · sandbox: not shown to buyers" in client.get(f"{HOME}{page}").content.decode()
        )
    advert = client.get(f"{HOME}listings/listing/{row.pk}/change/").content.decode()
    assert "How buyers would see it" in advert
    assert "is published: buyers see it now" not in publish(client, sandbox)
    assert "is published." in publish(client, sandbox)
    Dealer.objects.update(is_sandbox=False)
    assert "sandbox" not in client.get(HOME).content.decode().lower()
    assert "is published: buyers see it now." in publish(client, sandbox)


def publish(client: Client, dealer: Dealer) -> str:
    """Return the page after a draft of the dealer was published."""
    draft = make.draft(branch=dealer.branches.get())
    page = client.post(f"{HOME}listings/listing/{draft.pk}/act/publish/", follow=True)
    assert Listing.objects.get(pk=draft.pk).status == "live"
    return page.content.decode()
