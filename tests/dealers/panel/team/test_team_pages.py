"""The team's pages: owners see and change it; others cannot open them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone

from dealers.models import AuditEvent, Dealer, Invitation, Membership, User
from marketplace.models import OutboxTask
from tests import make

pytestmark = pytest.mark.django_db
URL = "/dealer/team/"


@pytest.fixture
def sam(dealer: Dealer) -> User:
    return make.member(dealer, "sales", email="sam@example.com", full_name="Sam Sales")


def member(person: User) -> Membership:
    return Membership.objects.get(user=person)


def post(desk: Client, path: str, **values: str) -> str:
    with TestCase.captureOnCommitCallbacks():
        answer = desk.post(f"{URL}{path}", values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_lists_people_and_when_they_were_here(
    desk: Client, owner: User, sam: User, dealer: Dealer
) -> None:
    other = make.member(make.dealer(), email="foreign@example.com")
    page = desk.get(URL).content.decode()
    assert "Olive Owner · you" in page
    assert "Sam Sales" in page
    assert "Never signed in" in page
    assert "Last signed in" in page
    assert other.email not in page


def test_somebody_is_invited(desk: Client, dealer: Dealer) -> None:
    page = post(desk, "invite/", email="ann@example.com", role="manager")
    assert "ann@example.com is invited by mail." in page
    invitation = Invitation.objects.get()
    assert (invitation.dealer, invitation.role) == (dealer, "manager")
    assert "Being sent" in page
    assert mail.outbox == []


def test_an_invitation_whose_mail_was_given_up_says_so_and_is_sent_again(desk: Client) -> None:
    post(desk, "invite/", email="ann@example.com", role="manager")
    OutboxTask.objects.update(given_up_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=3)
    Invitation.objects.update(created_at=long_ago)
    page = desk.get(URL).content.decode()
    assert "It could not be sent" in page
    assert "Being sent" not in page

    page = post(desk, f"invitations/{Invitation.objects.get().pk}/resend/")

    assert "Being sent" in page
    assert "It could not be sent" not in page


@pytest.mark.parametrize(
    ("email", "role", "message"),
    [
        ("nonsense", "sales", "Enter a valid email address"),
        ("sam@example.com", "sales", "They are in the team already."),
        ("ann@example.com", "king", "Select a valid choice"),
    ],
)
def test_a_refused_invitation_keeps_what_was_typed(
    desk: Client, sam: User, email: str, role: str, message: str
) -> None:
    page = post(desk, "invite/", email=email, role=role)
    assert message in page
    assert f'value="{email}"' in page
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_withdrawn(desk: Client) -> None:
    post(desk, "invite/", email="ann@example.com", role="sales")
    row = Invitation.objects.get()
    assert "only just been sent" in post(desk, f"invitations/{row.pk}/resend/")
    assert "is withdrawn" in post(desk, f"invitations/{row.pk}/withdraw/")
    assert "no such invitation" in post(desk, f"invitations/{row.pk}/withdraw/")
    assert not Invitation.objects.exists()


def test_a_role_is_changed(desk: Client, sam: User) -> None:
    page = post(desk, f"members/{member(sam).pk}/role/", role="manager")
    assert "Sam Sales is manager now." in page
    assert member(sam).role == "manager"
    assert "no such role" in post(desk, f"members/{member(sam).pk}/role/", role="king")
    assert member(sam).role == "manager"


def test_removing_asks_first_and_ends_their_pages_at_once(desk: Client, sam: User) -> None:
    visitor = Client()
    visitor.force_login(sam)
    assert visitor.get("/dealer/").status_code == 200
    path = f"members/{member(sam).pk}/remove/"
    assert "sam@example.com" in desk.get(f"{URL}{path}").content.decode()
    assert Membership.objects.filter(user=sam).exists()
    assert "Sam Sales is out of the team." in post(desk, path)
    assert visitor.get("/dealer/").status_code == 302
    assert visitor.get("/dealer/listings/listing/").status_code == 302


def test_the_last_owner_stays_and_is_told_why(desk: Client, owner: User) -> None:
    for path, values in (("remove/", {}), ("role/", {"role": "sales"})):
        page = post(desk, f"members/{member(owner).pk}/{path}", **values)
        assert "A team needs an owner" in page
    assert "A team needs an owner" in desk.post("/dealer/leave/", follow=True).content.decode()
    assert member(owner).role == "owner"


def test_anybody_else_leaves_by_themselves(client: Client, dealer: Dealer, sam: User) -> None:
    client.force_login(sam)
    assert "Our Cars" in client.get("/dealer/leave/").content.decode()
    client.post("/dealer/leave/")
    assert not Membership.objects.filter(user=sam).exists()
    assert client.get("/dealer/").status_code == 302


@pytest.mark.parametrize("role", ["manager", "sales"])
def test_only_owners_open_the_team_and_the_log(
    client: Client, dealer: Dealer, sam: User, role: str
) -> None:
    client.force_login(make.member(dealer, role))
    menu = client.get("/dealer/").content.decode()
    for path in ("/dealer/team/", "/dealer/audit/"):
        assert client.get(path).status_code == 403
        assert f'"{path}"' not in menu
    for path in (f"members/{member(sam).pk}/remove/", "invite/"):
        assert client.post(f"{URL}{path}", {"email": "x@example.com"}).status_code == 403
    assert member(sam).role == "sales"


def test_members_of_another_dealer_are_answered_like_nobody(desk: Client) -> None:
    foreign = member(make.member(make.dealer("Their Cars")))
    for path in ("role/", "remove/"):
        pages = [post(desk, f"members/{pk}/{path}", role="sales") for pk in (foreign.pk, 10**9)]
        assert all("They are not in the team." in page for page in pages)
    foreign.refresh_from_db()
    assert foreign.role == "owner"


def test_the_log_shows_what_owners_may_know(
    desk: Client, sam: User, owner: User, dealer: Dealer
) -> None:
    post(desk, f"members/{member(sam).pk}/role/", role="manager")
    stranger = make.member(make.dealer())
    AuditEvent.objects.create(kind="signed_in", actor=sam, address="203.0.113.0/24")
    AuditEvent.objects.create(kind="signed_in", actor=stranger, address="198.51.100.0/24")
    AuditEvent.objects.create(kind="left", dealer=dealer, actor_id=10**9, subject="<b>x</b>")
    page = desk.get("/dealer/audit/").content.decode()
    assert "Role changed" in page
    assert "role: sales to manager" in page
    assert "203.0.113.0/24" in page
    assert "198.51.100.0/24" not in page
    assert "A deleted account" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_log_has_pages(desk: Client, dealer: Dealer) -> None:
    for number in range(51):
        AuditEvent.objects.create(kind="invited", dealer=dealer, subject=f"n{number}@example.com")
    first = desk.get("/dealer/audit/").content.decode()
    assert "Page 1 of 2" in first
    assert "n0@example.com" not in first
    assert "n0@example.com" in desk.get("/dealer/audit/?page=2").content.decode()
