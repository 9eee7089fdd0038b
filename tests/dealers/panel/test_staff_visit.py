"""Staff work in a dealer's panel as themselves: seen on each page, written down, and let out."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from dealers.models import ApiKey, AuditEvent, Branch, Dealer, Invitation, User
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db
BANNER = "You are in the panel of"


@pytest.fixture
def boss(dealer: Dealer, branch: Branch) -> User:
    return make.staff(full_name="Bea Boss")


@pytest.fixture
def visit(client: Client, dealer: Dealer, boss: User) -> Client:
    client.force_login(boss)
    assert enter(client, dealer).status_code == 302
    return client


def enter(client: Client, dealer: Dealer) -> Any:
    return client.post(f"/admin/dealers/dealer/{dealer.pk}/panel/")


def events() -> list[tuple[str, str, str]]:
    found = AuditEvent.objects.order_by("id").values_list("kind", "source", "subject")
    return [each for each in found if each[0] != "signed_in"]


def test_a_button_of_the_staff_admin_opens_the_panel(
    client: Client, dealer: Dealer, boss: User
) -> None:
    client.force_login(boss)
    page = client.get(f"/admin/dealers/dealer/{dealer.pk}/change/").content.decode()
    assert f"/admin/dealers/dealer/{dealer.pk}/panel/" in page
    assert client.get(f"/admin/dealers/dealer/{dealer.pk}/panel/").status_code == 405
    assert client.get("/dealer/").status_code == 302
    assert enter(client, dealer)["Location"] == "/dealer/"
    event = AuditEvent.objects.get(kind="staff_entered")
    assert (event.actor, event.dealer, event.source) == (boss, dealer, "staff")


def test_every_page_says_whose_panel_it_is_until_they_leave(
    visit: Client, dealer: Dealer, branch: Branch
) -> None:
    row = make.draft(branch=branch)
    for path in ("", "listings/listing/", f"listings/listing/{row.pk}/change/", "team/", "keys/"):
        page = visit.get(f"/dealer/{path}").content.decode()
        assert BANNER in page, path
        assert dealer.name in page
    assert BANNER not in visit.get("/admin/").content.decode()
    answer = visit.post("/dealer/leave-panel/")
    assert answer["Location"] == f"/admin/dealers/dealer/{dealer.pk}/change/"
    assert visit.get("/dealer/")["Location"].startswith("/dealer/login/")
    assert [kind for kind, *_ in events()] == ["staff_entered", "staff_left"]


def test_what_they_write_is_written_down_as_theirs(
    visit: Client, dealer: Dealer, branch: Branch, boss: User
) -> None:
    row = make.draft(branch=branch)
    visit.post(f"/dealer/listings/listing/{row.pk}/act/publish/")
    row.refresh_from_db()
    assert (row.status, ListingEvent.objects.get().actor) == ("live", boss)
    visit.post("/dealer/team/invite/", {"email": "ann@example.com", "role": "sales"})
    assert Invitation.objects.get().invited_by == boss
    assert events()[1:] == [
        ("staff_posted", "staff", f"/dealer/listings/listing/{row.pk}/act/publish/"),
        ("staff_posted", "staff", "/dealer/team/invite/"),
        ("invited", "staff", "ann@example.com"),
    ]
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {boss.pk}
    make.member(dealer, email="olive@example.com")
    owner = Client()
    owner.force_login(User.objects.get(email="olive@example.com"))
    assert "Staff worked in the panel" in owner.get("/dealer/audit/").content.decode()


def test_looking_and_searching_are_no_writes(visit: Client, branch: Branch) -> None:
    make.draft(branch=branch)
    visit.get("/dealer/listings/listing/")
    visit.post("/dealer/listings/listing/search/", {"q": "Range"})
    visit.post("/dealer/listings/listing/fill/", {"derivative": "2.0 TDI"})
    assert [kind for kind, *_ in events()] == ["staff_entered"]


def test_no_account_is_theirs_and_no_key_is_made(visit: Client, dealer: Dealer) -> None:
    make.key(dealer)
    for path in ("account/", "account/password/", "leave/", "choose/"):
        assert visit.get(f"/dealer/{path}").status_code == 403, path
        assert visit.post(f"/dealer/{path}").status_code == 403, path
    page = visit.get("/dealer/keys/").content.decode()
    assert "Make a key" not in page
    made = visit.post("/dealer/keys/create/", {"name": "x", "scopes": ["stock:read"]})
    assert made.status_code == 403
    key = ApiKey.objects.get()
    visit.post(f"/dealer/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_they_work_for_a_suspended_dealer_too(
    visit: Client, dealer: Dealer, branch: Branch
) -> None:
    row = make.draft(branch=branch)
    Dealer.objects.update(is_active=False)
    visit.post(f"/dealer/listings/listing/{row.pk}/price/", {"price": "9000", "seen": row.price})
    row.refresh_from_db()
    assert row.price == 9_000


def test_other_dealers_stay_out_of_sight(visit: Client) -> None:
    theirs = make.draft(branch=make.branch(make.dealer("Their Cars")))
    assert visit.get(f"/dealer/listings/listing/{theirs.pk}/change/").status_code == 302
    assert visit.post(f"/dealer/listings/listing/{theirs.pk}/act/publish/").status_code == 404
    assert Listing.objects.get().status == "draft"


@pytest.mark.parametrize("who", ["staff without the permission", "owner", "signed out"])
def test_others_open_no_panel(client: Client, dealer: Dealer, branch: Branch, who: str) -> None:
    if who != "signed out":
        client.force_login(
            make.member(make.dealer()) if who == "owner" else make.user(is_staff=True)
        )
    assert enter(client, dealer).status_code in (302, 403)
    page = client.get("/dealer/listings/listing/", follow=True).content.decode()
    assert BANNER not in page
    assert dealer.name not in page
    assert not AuditEvent.objects.filter(kind="staff_entered").exists()


def test_the_right_ends_with_the_permission(client: Client, dealer: Dealer) -> None:
    clerk = make.user(is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(codename__in=("enter_panel", "view_dealer"))
    )
    client.force_login(clerk)
    enter(client, dealer)
    assert BANNER in client.get("/dealer/").content.decode()
    clerk.user_permissions.clear()
    assert client.get("/dealer/").status_code == 302
