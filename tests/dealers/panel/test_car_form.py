"""What the form of a car says and does when it is sent, and what stands at its head."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Branch, Membership
from listings.adverts.lifecycle import reject
from listings.models import Listing, ListingEvent
from tests import make
from tests.dealers.panel.test_advert import LIST, form

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def golf() -> Any:
    return make.model("Golf", make.make("Volkswagen"))


@pytest.fixture
def new(branch: Branch, golf: Any) -> dict[str, Any]:
    return form(make=golf.make_id, model=golf.pk, branch=branch.pk, derivative="1.5 TSI Life")


def said(client: Client, path: str) -> list[str]:
    return [str(message) for message in client.get(path).context["messages"]]


def change_page(row: Listing) -> str:
    return f"{LIST}{row.pk}/change/"


def test_save_and_publish_does_both(desk: Client, new: dict[str, Any]) -> None:
    response = desk.post(f"{LIST}add/", {**new, "_publish": "1"})
    row = Listing.objects.get()
    assert row.status == "live"
    assert said(desk, response["Location"]) == [
        "2019 Volkswagen Golf 1.5 TSI Life is published: buyers see it now."
    ]
    kinds = ListingEvent.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["created", "published"]


def test_what_may_not_be_published_is_saved_all_the_same(
    desk: Client, branch: Branch, new: dict[str, Any]
) -> None:
    make.live(branch=branch, vrm="AB15CDE")
    response = desk.post(f"{LIST}add/", {**new, "vrm": "AB15CDE", "_publish": "1"})
    row = Listing.objects.order_by("id").last()
    assert row is not None
    assert (row.title, row.status) == ("Volkswagen Golf 1.5 TSI Life", "draft")
    first, second = said(desk, response["Location"])
    assert first.startswith("Saved: 2019 Volkswagen Golf 1.5 TSI Life. It is a draft")
    assert "live advert" in second


def test_a_draft_is_saved_and_published_from_its_own_page(desk: Client, branch: Branch) -> None:
    row = make.draft(branch=branch)
    response = desk.post(change_page(row), form(row, mileage="5", _publish="1"))
    assert response["Location"] == change_page(row)
    row.refresh_from_db()
    assert (row.status, row.mileage) == ("live", 5)


def test_what_is_said_speaks_of_the_car(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, year=2019, derivative="SE")
    response = desk.post(change_page(row), form(row, mileage="5"))
    assert said(desk, response["Location"]) == [f"Saved: 2019 {row.title}. It is live."]


def test_other_forms_of_the_panel_name_what_was_saved(desk: Client, branch: Branch) -> None:
    plan = make.price_plan(branch.dealer, name="Slow")
    page = desk.get(f"/dealer/listings/priceplan/{plan.pk}/change/")
    data = {
        name: "" if value is None else value
        for name, value in page.context["adminform"].form.initial.items()
    }
    response = desk.post(page.request["PATH_INFO"], {**data, "name": "Slower"})
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert said(desk, response["Location"]) == ["Saved: Slower."]


def test_a_script_is_told_where_the_photos_of_a_new_car_go(
    desk: Client, new: dict[str, Any]
) -> None:
    answer = desk.post(f"{LIST}add/", {**new, "_publish": "1"}, headers=JSON).json()
    row = Listing.objects.get()
    assert row.status == "draft"  # it is published once its photos are there
    assert answer == {
        "location": change_page(row),
        "advert_url": change_page(row),
        "photos_url": f"{LIST}{row.pk}/photos/",
        "publish_url": f"{LIST}{row.pk}/act/publish/",
    }
    assert desk.post(answer["publish_url"], headers=JSON).json() == {"location": change_page(row)}
    row.refresh_from_db()
    assert row.status == "live"


def test_a_script_is_told_what_is_wrong_with_each_field(desk: Client, new: dict[str, Any]) -> None:
    answer = desk.post(f"{LIST}add/", {**new, "mileage": "-5", "vrm": "!"}, headers=JSON).json()
    assert answer["message"].startswith("Nothing is saved yet.")
    assert answer["errors"].keys() == {"mileage", "vrm"}
    assert "greater than or equal to 0" in answer["errors"]["mileage"][0]
    assert not Listing.objects.exists()


def test_completeness_is_told_of_what_is_typed(desk: Client, branch: Branch) -> None:
    typed = {"price": "9,995", "fuel": "diesel", "doors": "many", "photos": "8"}
    answer = desk.post(f"{LIST}complete/", {**typed, "price": "9995"}).json()
    assert answer["said"] == "44% complete"
    assert "State the doors" in answer["html"]
    assert "Show 8 photos" not in answer["html"]
    assert desk.get(f"{LIST}complete/").status_code == 405
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    ("fields", "primary"),
    [
        ({"status": "draft"}, "Publish"),
        ({"expires_at": timedelta(days=20)}, "Save"),
        ({"expires_at": timedelta(days=6)}, "Renew"),
        ({"status": "expired"}, "Renew"),
        ({"status": "sold"}, "Save"),
    ],
)
def test_the_button_that_stands_out_is_what_the_state_needs(
    desk: Client, branch: Branch, fields: dict[str, Any], primary: str
) -> None:
    if "expires_at" in fields:
        fields = {"expires_at": timezone.now() + fields["expires_at"]}
    elif fields["status"] == "sold":
        fields = {**fields, "sold_at": timezone.now()}
    row = make.live(branch=branch, **fields)
    page = desk.get(change_page(row)).content.decode()
    assert page.count("is-primary") == 1
    assert page.partition("is-primary")[2].partition(">")[2].startswith(primary)


def test_the_public_advert_is_linked_while_it_is_public(desk: Client, branch: Branch) -> None:
    live, draft = make.live(branch=branch), make.draft(branch=branch)
    gone = make.live(branch=branch, expires_at=timezone.now() - timedelta(minutes=1))
    page = desk.get(change_page(live))
    assert "See the public advert" in page.content.decode()
    assert desk.get(page.context["public_url"]).status_code == 200
    for row in (draft, gone):
        assert "See the public advert" not in desk.get(change_page(row)).content.decode()


def test_a_rejected_advert_says_why_on_its_page_and_in_the_list(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch)
    for reason in ("An older reason", "<b>Stock</b> photos"):
        Listing.objects.filter(pk=row.pk).update(status="live")
        reject(listing_id=row.pk, actor_id=None, reason=reason)
    make.live(branch=branch)
    page = desk.get(change_page(row)).content.decode()
    head = page[page.index("panel-rejected") : page.index("panel-badge")]
    assert "&lt;b&gt;Stock&lt;/b&gt; photos" in head
    assert "yours to mend" in head
    table = desk.get(LIST).content.decode()
    assert table.count("Rejected: ") == 1
    assert "Rejected: &lt;b&gt;Stock&lt;/b&gt; photos" in table
    assert "An older reason" not in table


def test_a_car_is_added_by_a_button_with_words(desk: Client, branch: Branch) -> None:
    assert "</span>Add a car</a>" in desk.get(LIST).content.decode()


def test_who_may_only_look_is_offered_no_save(client: Client, branch: Branch) -> None:
    branch.dealer.is_active = False
    branch.dealer.save(update_fields=["is_active"])
    client.force_login(make.member(branch.dealer, Membership.Role.SALES))
    page = client.get(change_page(make.draft(branch=branch)))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.post(f"{LIST}complete/", {"price": "1"}).status_code == 404
