"""The link of an invitation makes its address a member, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from dealers import account_emails, team
from dealers.models import AuditEvent, Dealer, Invitation, Membership, User
from dealers.permissions import SYSTEM, Actor
from marketplace.mail import MailServerAway
from tests import make
from tests.dealers import mail_server

pytestmark = pytest.mark.django_db
PASSWORD = "plum-tart-91"
FORM = {"full_name": "Ann Other", "password": PASSWORD}


@pytest.fixture
def link(kings: Dealer, owner: User) -> str:
    return invited(kings, owner)


def invited(dealer: Dealer, owner: User, email: str = "ann@example.com") -> str:
    with TestCase.captureOnCommitCallbacks(execute=True):
        team.invite(dealer_id=dealer.pk, actor=Actor.person(owner.pk), email=email, role="manager")
    return "/join/" + str(mail.outbox[-1].body).split("/join/")[1].split("/")[0] + "/"


def test_somebody_new_sets_name_and_password_and_is_signed_in(
    link: str, kings: Dealer, client: Client
) -> None:
    page = client.get(link)
    assert "Join Kings" in page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert "no-store" in page["Cache-Control"]
    answer = client.post(link, FORM)
    assert "You are in the team of Kings" in answer.content.decode()
    person = User.objects.get(email="ann@example.com")
    assert (person.full_name, person.check_password(PASSWORD)) == ("Ann Other", True)
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert Membership.objects.get(user=person).role == "manager"
    assert client.session["_auth_user_id"] == str(person.pk)
    kinds = AuditEvent.objects.filter(actor=person).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["joined", "signed_in"]


def test_somebody_known_just_joins_and_signs_in_as_ever(
    link: str, kings: Dealer, client: Client
) -> None:
    person = make.user(email="Ann@example.com".lower(), password=PASSWORD, full_name="Ann")
    assert "You have an account already" in client.get(link).content.decode()
    assert client.post(link, FORM | {"password": "taken-over-77"}).status_code == 200
    person.refresh_from_db()
    assert (person.full_name, person.check_password(PASSWORD)) == ("Ann", True)
    assert Membership.objects.get(user=person).dealer == kings
    assert "_auth_user_id" not in client.session


def test_opening_the_link_changes_nothing(link: str, client: Client) -> None:
    for ask in (client.get, client.head, client.get):
        assert ask(link).status_code == 200
    assert not User.objects.filter(email="ann@example.com").exists()
    assert Invitation.objects.count() == 1


def test_a_link_works_once(link: str, client: Client) -> None:
    client.post(link, FORM)
    for ask in (client.get, client.post):
        answer = ask(link)
        assert answer.status_code == 404
        assert "used, replaced or withdrawn" in answer.content.decode()
    assert Membership.objects.filter(user__email="ann@example.com").count() == 1


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (FORM | {"password": "short"}, "too short"),
        (FORM | {"password": "password1234"}, "too common"),
        (FORM | {"password": "Kings-Motors-2026"}, "too common"),
        (FORM | {"password": "ann@example.com"}, "too similar"),
        (FORM | {"password": "Ann-Other1"}, "too similar"),
        (FORM | {"full_name": " "}, "This field is required"),
    ],
)
def test_a_refused_form_leaves_the_link_good(
    link: str, client: Client, form: dict[str, str], message: str
) -> None:
    assert message in client.post(link, form).content.decode()
    assert not User.objects.filter(email="ann@example.com").exists()
    assert "You are in the team" in client.post(link, FORM).content.decode()


def test_an_old_link_is_gone(link: str, client: Client) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for ask in (client.get, client.post):
        answer = ask(link)
        assert answer.status_code == 410
        assert "too old" in answer.content.decode()
    assert not User.objects.filter(email="ann@example.com").exists()


def test_a_made_up_link_is_not_found(link: str, client: Client) -> None:
    assert client.get(f"{link[:-4]}xyz/").status_code == 404


def test_a_closed_account_does_not_join(link: str, client: Client) -> None:
    make.user(email="ann@example.com", is_active=False)
    answer = client.post(link)
    assert answer.status_code == 403
    assert Membership.objects.filter(user__email="ann@example.com").count() == 0
    assert Invitation.objects.count() == 1


def test_who_was_added_meanwhile_keeps_their_role(link: str, kings: Dealer, client: Client) -> None:
    person = make.member(kings, "sales", email="ann@example.com")
    client.post(link)
    assert Membership.objects.get(user=person).role == "sales"
    assert not Invitation.objects.exists()


def test_a_mail_that_went_out_is_not_sent_again(link: str, client: Client) -> None:
    (invitation,) = Invitation.objects.all()
    assert account_emails.send_invitation(invitation_id=invitation.pk) is False
    assert account_emails.send_invitation(invitation_id=0) is False
    assert len(mail.outbox) == 1
    assert client.get(link).status_code == 200


def test_a_mail_server_that_is_away_is_asked_again(
    kings: Dealer, owner: User, settings: Settings
) -> None:
    with TestCase.captureOnCommitCallbacks():
        row = team.invite(
            dealer_id=kings.pk, actor=Actor.person(owner.pk), email="ann@example.com", role="sales"
        )
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with mail_server.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        server.answers = [b"450 later\r\n"]
        with pytest.raises(MailServerAway):
            account_emails.send_invitation(invitation_id=row.pk)
        row.refresh_from_db()
        assert (row.sent_at, row.token_hash, server.mails) == (None, None, [])
        assert account_emails.send_invitation(invitation_id=row.pk) is True
    row.refresh_from_db()
    assert row.token_hash is not None
    (message,) = server.mails
    assert b"To: ann@example.com" in message


def test_joining_needs_a_csrf_token(link: str) -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(link, FORM).status_code == 403
    assert Invitation.objects.count() == 1


def lose(right: str, owner: User, kings: Dealer) -> None:
    member = Membership.objects.filter(user=owner)
    match right:
        case "role":
            member.update(role="manager")
        case "place":
            member.delete()
        case "account":
            User.objects.filter(pk=owner.pk).update(is_active=False)
        case "dealer":
            Dealer.objects.filter(pk=kings.pk).update(is_active=False)


@pytest.mark.parametrize("right", ["role", "place", "account", "dealer"])
def test_an_invitation_ends_with_the_right_of_whoever_sent_it(
    link: str, kings: Dealer, owner: User, client: Client, right: str
) -> None:
    lose(right, owner, kings)
    for answer in (client.get(link), client.post(link, FORM)):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "may no longer invite" in page
        assert "An owner of the team can send you the invitation again." in page
    assert not User.objects.filter(email="ann@example.com").exists()
    assert Invitation.objects.count() == 1


def test_the_invitation_of_a_deleted_account_is_gone(
    link: str, owner: User, client: Client
) -> None:
    owner.delete()
    assert client.post(link, FORM).status_code == 404
    assert not User.objects.filter(email="ann@example.com").exists()


def test_an_invitation_that_ended_before_its_mail_is_not_mailed(kings: Dealer, owner: User) -> None:
    with TestCase.captureOnCommitCallbacks():
        row = team.invite(
            dealer_id=kings.pk, actor=Actor.person(owner.pk), email="ann@example.com", role="sales"
        )
    lose("place", owner, kings)
    assert account_emails.send_invitation(invitation_id=row.pk) is False
    assert mail.outbox == []


@pytest.mark.parametrize("again", ["resend", "invite"])
def test_another_owner_sends_an_ended_invitation_again(
    link: str, kings: Dealer, owner: User, client: Client, again: str
) -> None:
    other = make.member(kings)
    lose("place", owner, kings)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=6))
    client.force_login(other)
    assert "It holds no more" in client.get("/dealer/team/").content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        if again == "resend":
            client.post(f"/dealer/team/invitations/{Invitation.objects.get().pk}/resend/")
        else:
            client.post("/dealer/team/invite/", {"email": "ann@example.com", "role": "manager"})
    assert Invitation.objects.get().invited_by == other
    assert "It holds no more" not in client.get("/dealer/team/").content.decode()
    fresh = "/join/" + str(mail.outbox[-1].body).split("/join/")[1].split("/")[0] + "/"
    assert client.get(link).status_code == 404
    Client().post(fresh, FORM)
    assert Membership.objects.get(user__email="ann@example.com").role == "manager"


def test_the_invitations_of_staff_and_of_the_system_hold(kings: Dealer, client: Client) -> None:
    boss = make.staff()
    for actor, email in ((Actor.staff(boss.pk), "ann@example.com"), (SYSTEM, "bob@example.com")):
        with TestCase.captureOnCommitCallbacks(execute=True):
            team.invite(dealer_id=kings.pk, actor=actor, email=email, role="owner")
        path = str(mail.outbox[-1].body).split("/join/")[1].split("/")[0]
        assert "You are in the team" in Client().post(f"/join/{path}/", FORM).content.decode()
