"""Dealers: listed, suspended, reinstated."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.models import AuditEvent, Dealer, Membership, User
from listings.models import Listing
from tests import make
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
URL = "/admin/dealers/dealer/"
REASON = {"reason": "Three complaints."}


def test_the_list_counts_stock_with_a_fixed_number_of_queries(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(URL).status_code == 200
        return len(seen)

    first = make.live()
    make.draft(branch=first.branch)
    before = queries()
    for _ in range(6):
        make.live()
    assert queries() == before == 4
    (row,) = admin.get(f"{URL}?pk__exact={first.dealer_id}").context["cl"].result_list
    assert (row.live_count, row.stock_count, row.branch_count) == (1, 2, 1)


@pytest.mark.django_db(transaction=True)  # so that each write has a revision of its own
def test_suspending_hides_all_stock_at_once_and_tells_the_change_feed(admin: Client) -> None:
    row, draft, other = make.live(), None, make.live()
    draft = make.draft(branch=row.branch)
    assert Listing.objects.public().count() == 2
    response = admin.post(f"{URL}{row.dealer_id}/standing/suspend/", REASON, follow=True)
    assert "is suspended: nothing of it is public" in response.content.decode()
    assert list(Listing.objects.public()) == [other]
    revisions = {r.pk: r.revision for r in Listing.objects.all()}
    assert revisions[row.pk] != row.revision
    assert (revisions[other.pk], revisions[draft.pk]) == (other.revision, draft.revision)
    assert Listing.objects.get(pk=row.pk).status == "live"


def test_reinstating_shows_it_again(admin: Client) -> None:
    row = make.live()
    Dealer.objects.update(is_active=False)
    admin.post(f"{URL}{row.dealer_id}/standing/reinstate/")
    assert list(Listing.objects.public()) == [row]


@pytest.mark.django_db(transaction=True)  # so that each write has a revision of its own
def test_a_sandbox_is_hidden_and_shown_and_the_owners_are_told(admin: Client, boss: User) -> None:
    row, other = make.live(), make.live()
    url = f"{URL}{row.dealer_id}/standing"
    assert "Make a sandbox" in admin.get(f"{URL}{row.dealer_id}/change/").content.decode()
    assert "Make it a sandbox" in admin.get(f"{url}/sandbox/").content.decode()
    for _ in range(2):  # twice is as good as once
        said = admin.post(f"{url}/sandbox/", {"reason": "Builds a feed."}, follow=True)
        assert "is a sandbox: buyers are shown nothing of it" in said.content.decode()
    assert list(Listing.objects.public()) == [other]
    hidden = Listing.objects.get(pk=row.pk)
    assert (hidden.status, hidden.revision != row.revision) == ("live", True)
    listed = admin.get(f"{URL}?is_sandbox__exact=1").context["cl"].result_list
    assert [dealer.pk for dealer in listed] == [row.dealer_id]
    assert "Show it to buyers" in admin.get(f"{url}/open/").content.decode()
    admin.post(f"{url}/open/", {"reason": ""})
    assert set(Listing.objects.public()) == {row, other}
    assert Listing.objects.get(pk=row.pk).revision != hidden.revision
    events = AuditEvent.objects.for_dealer(row.dealer_id).order_by("id")
    assert [(event.kind, event.actor, event.changes, event.reason) for event in events] == [
        ("dealer_changed", boss, {"sandbox": [False, True]}, "Builds a feed."),
        ("dealer_changed", boss, {"sandbox": [True, False]}, ""),
    ]


@pytest.mark.parametrize(
    ("active", "verb", "text"),
    [
        (True, "reinstate", "The dealer is not suspended."),
        (False, "suspend", "The dealer is suspended already."),
    ],
)
def test_doing_it_twice_is_refused(admin: Client, active: bool, verb: str, text: str) -> None:
    dealer = make.dealer(is_active=active)
    response = admin.post(f"{URL}{dealer.pk}/standing/{verb}/", REASON, follow=True)
    assert text in response.content.decode()
    dealer.refresh_from_db()
    assert dealer.is_active is active


def test_standing_changes_by_post_of_who_may_change(client: Client, admin: Client) -> None:
    dealer = make.dealer()
    url = f"{URL}{dealer.pk}/standing/suspend/"
    assert "Nothing of" in admin.get(url).content.decode()
    assert "A suspension needs a reason." in admin.post(url, {"reason": " "}).content.decode()
    assert admin.post(f"{URL}{dealer.pk}/standing/explode/").status_code == 403
    viewer = make.user(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_dealer"))
    client.force_login(viewer)
    assert client.post(url, REASON).status_code == 403
    assert "/standing/" not in client.get(f"{URL}{dealer.pk}/change/").content.decode()
    dealer.refresh_from_db()
    assert dealer.is_active


def test_an_unknown_dealer_is_told(admin: Client) -> None:
    response = admin.post(f"{URL}999/standing/suspend/", REASON, follow=True)
    assert "There is no such dealer." in response.content.decode()


def test_a_dealer_is_made_with_people(admin: Client) -> None:
    person = make.user()
    values = posted(admin, f"{URL}add/") | {
        "name": "Kings",
        "slug": "kings",
        "email": "hello@kings.example",
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": person.pk,
        "memberships-0-role": "owner",
    }
    assert admin.post(f"{URL}add/", values).status_code == 302
    dealer = Dealer.objects.get()
    assert Membership.objects.get(user=person).dealer == dealer


def test_suspending_and_reinstating_are_told_to_the_owners(admin: Client, boss: User) -> None:
    dealer = make.dealer("Kings")
    admin.post(f"{URL}{dealer.pk}/standing/suspend/", REASON)
    admin.post(f"{URL}{dealer.pk}/standing/reinstate/", {"reason": ""})
    rows = AuditEvent.objects.for_dealer(dealer.pk).order_by("id")
    assert [(row.kind, row.actor, row.reason) for row in rows] == [
        ("suspended", boss, "Three complaints."),
        ("reinstated", boss, ""),
    ]


def form_of(admin: Client, dealer: Dealer, **values: object) -> dict[str, object]:
    return posted(admin, f"{URL}{dealer.pk}/change/") | values


def test_changes_of_a_dealer_and_its_people_are_in_the_audit_log(admin: Client, boss: User) -> None:
    dealer = make.dealer("Kings")
    owner, other = make.member(dealer, email="olga@example.com"), make.user(email="o@example.com")
    values = form_of(admin, dealer, phone="0113 496 0000")
    values |= {"memberships-0-user": other.pk}
    assert admin.post(f"{URL}{dealer.pk}/change/", values).status_code == 302
    assert list(dealer.memberships.values_list("user", "role")) == [(other.pk, "owner")]
    rows = AuditEvent.objects.filter(dealer=dealer).order_by("id")
    assert {row.actor for row in rows} == {boss}
    assert [(row.kind, row.subject) for row in rows] == [
        ("joined", "o@example.com"),
        ("removed", owner.email),
        ("dealer_changed", "Kings"),
    ]
    assert "Changed Phone" in rows[2].reason


def test_staff_say_where_a_dealers_enquiries_go(admin: Client) -> None:
    dealer = make.dealer("Kings")
    make.member(dealer)
    addresses = {"enquiry_email": "sales@k.example", "crm_email": "leads@crm.example"}
    values = form_of(admin, dealer, **addresses)
    assert admin.post(f"{URL}{dealer.pk}/change/", values).status_code == 302
    dealer.refresh_from_db()
    assert {name: getattr(dealer, name) for name in addresses} == addresses


def test_the_last_owner_stays_for_staff_too(admin: Client) -> None:
    dealer = make.dealer("Kings")
    make.member(dealer)
    values = form_of(admin, dealer) | {"memberships-0-role": "sales"}
    page = admin.post(f"{URL}{dealer.pk}/change/", values)
    assert "A team needs an owner" in page.content.decode()
    assert dealer.memberships.get().role == "owner"
    assert not AuditEvent.objects.exists()


def test_a_branch_is_changed_and_placed_by_hand_in_the_panel(admin: Client, boss: User) -> None:
    branch = make.branch(make.dealer(), name="Leeds")
    admin.post(f"{URL}{branch.dealer_id}/panel/")
    url = f"/dealer/dealers/branch/{branch.pk}/change/"
    values = posted(admin, url) | {"town": "Leeds", "opening_hours-sunday-opens": "10:00"}
    values |= {"latitude": "53.8", "longitude": "-1.55"}
    assert "days with two times" in admin.post(url, values).content.decode()
    values["opening_hours-sunday-closes"] = "16:00"
    assert admin.post(url, values).status_code == 302
    branch.refresh_from_db()
    assert branch.opening_hours == [{"day": "sunday", "opens": "10:00", "closes": "16:00"}]
    assert (branch.latitude, branch.longitude) == (53.8, -1.55)
    event = AuditEvent.objects.get(kind="branch_changed")
    assert (event.actor, event.source, event.dealer_id) == (boss, "staff", branch.dealer_id)


def test_staff_read_the_audit_log(admin: Client) -> None:
    dealer = make.dealer("Kings")
    admin.post(f"{URL}{dealer.pk}/standing/suspend/", REASON)
    event = AuditEvent.objects.get()
    url = "/admin/dealers/auditevent/"
    assert "Three complaints." in admin.get(url).content.decode()
    assert "Three complaints." in admin.get(f"{url}{event.pk}/change/").content.decode()
    found = admin.post(f"{url}search/", {"q": "kings"}, follow=True)
    assert list(found.context["cl"].result_list) == [event]
    assert admin.post(f"{url}{event.pk}/delete/", {"post": "yes"}).status_code == 403
