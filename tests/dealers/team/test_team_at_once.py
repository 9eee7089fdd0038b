"""People who change one team at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from dealers import team
from dealers.accounts.invitations import join_team
from dealers.models import Dealer, Invitation, Membership, User
from dealers.permissions import Actor
from dealers.tokens import token_hash
from marketplace.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 43


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Run verbs at the same moment; return "done" or the refusal's code of each."""
    start = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> str:
        start.wait(timeout=60)
        try:
            verb()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


def owners(dealer: Dealer) -> int:
    return dealer.memberships.filter(role="owner").count()


@pytest.mark.parametrize("attempt", range(5))
def test_owners_who_demote_each_other_leave_one(kings: Dealer, owner: User, attempt: int) -> None:
    other = make.member(kings)
    change = partial(team.change_role, dealer_id=kings.pk, role="sales")
    outcome = at_once(
        partial(change, user_id=other.pk, actor=Actor.person(owner.pk)),
        partial(change, user_id=owner.pk, actor=Actor.person(other.pk)),
    )
    assert sorted(outcome) == ["done", "owners_only"]
    assert owners(kings) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_owners_who_leave_one_stays(kings: Dealer, owner: User, attempt: int) -> None:
    other = make.member(kings)
    leave = partial(team.leave, dealer_id=kings.pk)
    outcome = at_once(
        partial(leave, actor=Actor.person(owner.pk)), partial(leave, actor=Actor.person(other.pk))
    )
    assert sorted(outcome) == ["done", "last_owner"]
    assert owners(kings) == 1


def invitation(kings: Dealer) -> Invitation:
    return Invitation.objects.create(
        dealer=kings,
        email="ann@example.com",
        role="sales",
        token_hash=token_hash(TOKEN),
        sent_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )


@pytest.mark.parametrize("attempt", range(3))
def test_a_link_opened_twice_at_once_makes_one_member(
    kings: Dealer, owner: User, attempt: int
) -> None:
    invitation(kings)
    join = partial(join_team, token=TOKEN, full_name="Ann", password="plum-tart-91")
    assert sorted(at_once(join, join, join)) == ["done"] + ["invitation_not_found"] * 2
    assert Membership.objects.filter(user__email="ann@example.com").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_joining_and_withdrawing_at_once_leave_no_half(
    kings: Dealer, owner: User, attempt: int
) -> None:
    row = invitation(kings)
    outcome = at_once(
        partial(join_team, token=TOKEN, full_name="Ann", password="plum-tart-91"),
        partial(
            team.withdraw_invitation,
            dealer_id=kings.pk,
            invitation_id=row.pk,
            actor=Actor.person(owner.pk),
        ),
    )
    assert sorted(outcome) == ["done", "invitation_not_found"]
    joined = Membership.objects.filter(user__email="ann@example.com").exists()
    assert joined is (outcome[0] == "done")


@pytest.mark.parametrize("attempt", range(3))
def test_inviting_the_same_address_at_once_gives_one_invitation(
    kings: Dealer, owner: User, attempt: int
) -> None:
    invite = partial(
        team.invite,
        dealer_id=kings.pk,
        email="ann@example.com",
        role="sales",
        actor=Actor.person(owner.pk),
    )
    assert sorted(at_once(invite, invite)) == ["already_invited", "done"]
    assert Invitation.objects.count() == 1
