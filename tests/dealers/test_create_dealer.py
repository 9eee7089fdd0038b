"""Whoever runs the marketplace adds a dealer: with a branch, and an invitation to its owner."""

from collections.abc import Iterator
from io import StringIO

import pytest
from celery import current_app
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from dealers.models import AuditEvent, Branch, Dealer, Invitation, Membership, User
from listings.models import Outcode
from tests import make

NORTHERN = {
    "email": "desk@northern.example",
    "postcode": "ls14ap",
    "owner": "Olga@northern.example",
}


@pytest.fixture(autouse=True)
def _tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def create(name: str = "Northern Cars", **options: str) -> str:
    out = StringIO()
    call_command("create_dealer", name, **{**NORTHERN, **options}, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_owner_joins_by_the_mail_and_nobody_has_set_a_password(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    Outcode.objects.create(code="LS1", latitude=53.79, longitude=-1.54)

    told = create()

    assert told == "northern-cars: olga@northern.example is invited by mail.\n"
    dealer = Dealer.objects.get()
    branch = Branch.objects.get()
    assert (dealer.name, dealer.slug, dealer.email, dealer.is_active) == (
        "Northern Cars",
        "northern-cars",
        "desk@northern.example",
        True,
    )
    assert (branch.dealer, branch.name, branch.postcode, branch.latitude) == (
        dealer,
        "Northern Cars",
        "LS1 4AP",
        53.79,
    )
    assert not User.objects.exists()
    kinds = set(AuditEvent.objects.filter(dealer=dealer).values_list("kind", flat=True))
    assert kinds == {"dealer_changed", "branch_changed", "invited"}
    (mail,) = mailoutbox
    assert mail.to == ["olga@northern.example"]
    path = next(word for word in str(mail.body).split() if "/join/" in word).split("/join/")[1]
    joined = client.post(
        f"/join/{path}", {"full_name": "Olga", "password": "a long way round the houses"}
    )
    assert joined.status_code in (200, 302)
    assert Membership.objects.get().role == Membership.Role.OWNER


@pytest.mark.django_db
def test_a_second_time_is_refused_and_changes_nothing() -> None:
    create()

    with pytest.raises(CommandError, match="There is a dealer northern-cars already: Northern"):
        create(owner="somebody.else@northern.example")

    assert (Dealer.objects.count(), Branch.objects.count()) == (1, 1)
    assert Invitation.objects.get().email == "olga@northern.example"


@pytest.mark.django_db
def test_two_dealers_of_one_name_have_slugs_of_their_own() -> None:
    create()

    assert create(slug="northern-cars-hull").startswith("northern-cars-hull: ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        (" ", {"slug": "x"}, "name: This field cannot be blank"),
        ("大和", {}, "slug: This field cannot be blank"),
        ("Cars\0", {"slug": "x"}, "name: Null characters are not allowed"),
        ("N" * 121, {"slug": "x"}, "name: Ensure this value has at most 120"),
        ("Cars", {"slug": "a b"}, "slug: Enter a valid"),
        ("Cars", {"email": "desk"}, "email: Enter a valid email"),
        ("Cars", {"postcode": "ZZ1"}, "postcode: This is no UK postcode"),
        ("Cars", {"owner": "olga"}, "email: Enter a valid email"),
    ],
)
def test_what_cannot_be_is_named_and_leaves_nothing(
    name: str, given: dict[str, str], told: str
) -> None:
    with pytest.raises(CommandError, match=told):
        create(name, **given)

    assert not Dealer.objects.exists()
    assert not Branch.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_an_owner_who_has_an_account_is_invited_all_the_same() -> None:
    make.user(email="olga@northern.example")

    create()

    assert Invitation.objects.get().role == Membership.Role.OWNER
