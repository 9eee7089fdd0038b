"""Views of the stock that a person keeps: renamed, put in order, opened by the menu, one's own."""

import pytest
from django.test import Client

from dealers.models import Branch, Dealer, SavedView, User
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/dealer/listings/listing/"


@pytest.fixture
def views(dealer: Dealer, owner: User) -> list[SavedView]:
    return [
        SavedView.objects.create(
            dealer=dealer, user=owner, name=name, query=f"make={at}", position=at
        )
        for at, name in enumerate(("Cheap", "Big", "Old"))
    ]


def act(desk: Client, view: SavedView, what: str, **given: str) -> int:
    return desk.post(f"{LIST}view/{view.pk}/{what}/", given).status_code


def names() -> list[str]:
    return list(SavedView.objects.values_list("name", flat=True))


def test_a_view_is_renamed(desk: Client, views: list[SavedView]) -> None:
    act(desk, views[0], "rename", name="  Bargains ")
    assert names() == ["Bargains", "Big", "Old"]


@pytest.mark.parametrize("name", ["Big", "", " ", "x" * 41, "a\0"])
def test_a_name_that_is_none_or_taken_is_refused(
    desk: Client, views: list[SavedView], name: str
) -> None:
    act(desk, views[0], "rename", name=name)
    assert names() == ["Cheap", "Big", "Old"]


def test_views_are_put_in_order(desk: Client, views: list[SavedView]) -> None:
    act(desk, views[2], "earlier")
    act(desk, views[2], "earlier")
    act(desk, views[2], "earlier")
    assert names() == ["Old", "Cheap", "Big"]
    page = desk.get(LIST).content.decode()
    assert page.index("?make=2") < page.index("?make=0") < page.index("?make=1")


def test_a_new_view_comes_last_and_a_known_name_keeps_its_place(
    desk: Client, views: list[SavedView]
) -> None:
    desk.post(f"{LIST}view/", {"name": "Another", "query": "age=91"})
    desk.post(f"{LIST}view/", {"name": "Cheap", "query": "age=91"})
    assert names() == ["Cheap", "Big", "Old", "Another"]
    assert SavedView.objects.get(name="Cheap").query == "age=91"


def test_the_menu_opens_the_stock_with_one_view_until_it_no_longer_does(
    desk: Client, branch: Branch, views: list[SavedView]
) -> None:
    def menu() -> str:
        page = desk.get("/dealer/").content.decode()
        return "view" if f'href="{LIST}?make=1"' in page else "all"

    assert menu() == "all"
    act(desk, views[0], "opens")
    act(desk, views[1], "opens")
    assert list(SavedView.objects.filter(opens_stock=True)) == [views[1]]
    assert menu() == "view"
    act(desk, views[1], "opens")
    assert menu() == "all"


@pytest.mark.parametrize("what", ["rename", "earlier", "opens", "remove"])
def test_a_view_of_a_colleague_is_nobodys_elses(
    client: Client, dealer: Dealer, views: list[SavedView], what: str
) -> None:
    client.force_login(make.member(dealer))
    before = list(SavedView.objects.values())
    assert act(client, views[1], what, name="Mine") == 404
    assert list(SavedView.objects.values()) == before
    assert "Cheap" not in client.get(LIST).content.decode()


def test_views_of_one_dealer_open_nothing_at_another(
    client: Client, owner: User, views: list[SavedView]
) -> None:
    other = make.dealer("Other Cars")
    other.memberships.create(user=owner, role="owner")
    client.force_login(owner)
    client.post("/dealer/choose/", {"dealer": other.pk})
    SavedView.objects.update(opens_stock=True)
    page = client.get("/dealer/").content.decode()
    assert "Other Cars" in page
    assert "?make=" not in page
