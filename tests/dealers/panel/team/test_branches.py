"""A dealer's branches: written in the panel, placed by their postcode, shown to buyers."""

import re
from typing import Any

import pytest
from django.test import Client

from dealers.models import AuditEvent, Branch, Dealer, Membership, User
from listings.models import Outcode
from listings.site.opening_hours import describe_hours
from tests import make

pytestmark = pytest.mark.django_db
URL = "/dealer/dealers/branch/"
FORM = {
    "name": "Leeds",
    "phone": "0113 496 0000",
    "address": "1 Car Lane",
    "town": "Leeds",
    "postcode": "ls1  4ap",
    "opening_hours-monday-opens": "09:00",
    "opening_hours-monday-closes": "17:30",
    "opening_hours-saturday-opens": "10:00",
    "opening_hours-saturday-closes": "16:00",
}
HOURS = [
    {"day": "monday", "opens": "09:00", "closes": "17:30"},
    {"day": "saturday", "opens": "10:00", "closes": "16:00"},
]


@pytest.fixture(autouse=True)
def _outcodes() -> None:
    Outcode.objects.create(code="LS1", latitude=53.797, longitude=-1.548, town="Leeds")
    Outcode.objects.create(code="YO1", latitude=53.958, longitude=-1.08, town="York")


def change(desk: Client, branch: Branch, **values: str) -> Any:
    form = FORM | {"name": branch.name, "postcode": branch.postcode} | values
    return desk.post(f"{URL}{branch.pk}/change/", form)


def test_a_branch_is_added_and_placed(desk: Client, dealer: Dealer, owner: User) -> None:
    assert desk.post(f"{URL}add/", FORM).status_code == 302
    branch = Branch.objects.get()
    assert (branch.dealer, branch.postcode, branch.opening_hours) == (dealer, "LS1 4AP", HOURS)
    assert (branch.latitude, branch.longitude) == (53.797, -1.548)
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.dealer) == ("branch_changed", owner, dealer)
    assert (event.changes or {})["opening_hours"] == [None, HOURS]


def test_a_branch_says_where_its_enquiries_go(desk: Client, branch: Branch, dealer: Dealer) -> None:
    addresses = {"enquiry_email": "leeds@n.example", "crm_email": "leads@crm.example"}
    assert change(desk, branch, **addresses).status_code == 302
    branch.refresh_from_db()
    assert {name: getattr(branch, name) for name in addresses} == addresses
    changes = AuditEvent.objects.get().changes or {}
    assert changes["crm_email"] == ["", "leads@crm.example"]
    assert change(desk, branch, enquiry_email="", crm_email="").status_code == 302
    branch.refresh_from_db()
    assert (branch.enquiry_email, branch.crm_email) == ("", "")
    assert "Enter a valid email" in change(desk, branch, crm_email="crm").content.decode()


@pytest.mark.parametrize("postcode", ["nonsense", "LS1", "ZZ1 1AA", "LS1 4AC", "LS1 4AP X"])
def test_what_is_no_postcode_is_refused(desk: Client, postcode: str) -> None:
    page = desk.post(f"{URL}add/", FORM | {"postcode": postcode}).content.decode()
    assert "no UK postcode" in page or "at most 8 characters" in page
    assert not Branch.objects.exists()


def test_a_postcode_without_its_space_gets_it(desk: Client) -> None:
    assert desk.post(f"{URL}add/", FORM | {"postcode": "ls14ap"}).status_code == 302
    assert Branch.objects.get().postcode == "LS1 4AP"


def test_an_old_odd_postcode_stands_while_the_rest_is_changed(desk: Client, branch: Branch) -> None:
    Branch.objects.filter(pk=branch.pk).update(postcode="LS1")
    branch.refresh_from_db()
    assert change(desk, branch, phone="0113 496 0001").status_code == 302
    branch.refresh_from_db()
    assert (branch.postcode, branch.phone) == ("LS1", "0113 496 0001")


def test_the_list_is_called_branches(desk: Client) -> None:
    page = desk.get(URL).content.decode()
    assert re.search(r"<title>\s*Branches \|", page)
    assert "Select branch" not in page


def test_buyers_see_when_it_is_open(desk: Client, dealer: Dealer, client: Client) -> None:
    desk.post(f"{URL}add/", FORM)
    row = make.live(branch=Branch.objects.get())
    assert client.get(f"/api/v1/listings/{row.pk}/").json()["branch"]["opening_hours"] == HOURS
    seller = client.get(f"/api/v1/dealers/{dealer.slug}/").json()
    assert seller["branches"][0]["opening_hours"] == HOURS


def test_a_new_postcode_moves_it(desk: Client, branch: Branch) -> None:
    Branch.objects.update(latitude=1, longitude=2)
    change(desk, branch, town="Otherton")
    branch.refresh_from_db()
    assert (branch.latitude, branch.longitude) == (1, 2)
    change(desk, branch, postcode="YO1 7HH")
    branch.refresh_from_db()
    assert (branch.latitude, branch.longitude) == (53.958, -1.08)
    changes = AuditEvent.objects.latest("id").changes or {}
    assert changes["postcode"] == ["LS1 4AP", "YO1 7HH"]


@pytest.mark.parametrize(
    ("opens", "closes", "message"),
    [
        ("17:00", "09:00", "Monday: it closes before it opens."),
        ("09:00", "09:00", "Monday: it closes before it opens."),
        ("09:00", "", "days with two times"),
        ("9 am", "17:30", "days with two times"),
        ("24:00", "25:00", "days with two times"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    desk: Client, branch: Branch, opens: str, closes: str, message: str
) -> None:
    hours = {"opening_hours-monday-opens": opens, "opening_hours-monday-closes": closes}
    page = change(desk, branch, **hours)
    assert message in page.content.decode()
    branch.refresh_from_db()
    assert branch.opening_hours is None
    assert not AuditEvent.objects.exists()


def test_no_hours_at_all_are_not_known(desk: Client, branch: Branch) -> None:
    Branch.objects.update(opening_hours=HOURS)
    empty = {name: "" for name in FORM if name.startswith("opening_hours")}
    change(desk, branch, **empty)
    branch.refresh_from_db()
    assert branch.opening_hours is None


def test_two_branches_of_one_name_are_refused(desk: Client, branch: Branch) -> None:
    page = desk.post(f"{URL}add/", FORM | {"name": branch.name})
    assert "Another branch has this name." in page.content.decode()
    assert Branch.objects.count() == 1


def test_nothing_changed_is_no_event(desk: Client, branch: Branch) -> None:
    change(desk, branch)
    before = AuditEvent.objects.count()
    change(desk, branch)
    assert AuditEvent.objects.count() == before


def test_an_empty_branch_is_closed_and_one_with_cars_is_not(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    make.draft(branch=branch)
    spare = make.branch(dealer)
    for row in (branch, spare):
        desk.post(f"{URL}{row.pk}/delete/", {"post": "yes"}, follow=True)
    assert list(Branch.objects.all()) == [branch]


def test_sales_look_and_do_not_write(client: Client, branch: Branch, dealer: Dealer) -> None:
    client.force_login(make.member(dealer, Membership.Role.SALES))
    assert branch.name in client.get(URL).content.decode()
    assert client.post(f"{URL}add/", FORM).status_code == 403
    assert change(client, branch, town="Elsewhere").status_code == 403
    assert Branch.objects.get().town == ""


def test_hours_are_told_in_few_words() -> None:
    week = [{"day": day, "opens": "09:00", "closes": "18:00"} for day in ("monday", "tuesday")]
    assert describe_hours(week) == [
        ("Mon to Tue", "09:00–18:00"),  # noqa: RUF001
        ("Wed to Sun", "closed"),
    ]
