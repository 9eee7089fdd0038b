"""Owners invite, change roles and remove; a team always keeps an owner."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.test import TestCase
from django.utils import timezone

from dealers import team
from dealers.exceptions import (
    AlreadyInvited,
    AlreadyMember,
    DealerNotFound,
    InvalidInvitation,
    InvitationNotFound,
    LastOwner,
    MemberNotFound,
    OwnersOnly,
    TooSoon,
)
from dealers.models import AuditEvent, Dealer, Invitation, Membership, User
from dealers.permissions import SYSTEM, Actor
from tests import make

pytestmark = pytest.mark.django_db
at_commit = TestCase.captureOnCommitCallbacks


def invite(dealer: Dealer, owner: User, email: str = "ann@example.com", **extra: Any) -> Invitation:
    with at_commit(execute=True):
        return team.invite(
            dealer_id=dealer.pk,
            actor=Actor.person(owner.pk),
            email=email,
            **{"role": "sales", **extra},
        )


def roles(dealer: Dealer) -> dict[str, str]:
    return dict(dealer.memberships.values_list("user__email", "role"))


def events() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", "subject"))


def test_an_invitation_is_mailed_and_only_its_hash_kept(kings: Dealer, owner: User) -> None:
    invitation = invite(kings, owner, " Ann@Example.com ")
    invitation.refresh_from_db()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ann@example.com"], "Join Kings")
    assert isinstance(message, EmailMultiAlternatives)
    body, html = str(message.body), str(message.alternatives[0][0])
    assert "Olga Owner invites you to help run the adverts of Kings, as sales." in body
    token = body.split("/join/")[1].split("/", maxsplit=1)[0]
    assert token in html
    assert len(token) == 43
    assert invitation.token_hash is not None
    assert token not in invitation.token_hash
    assert invitation.sent_at is not None
    days_left = (invitation.expires_at - timezone.now()) / timedelta(days=1)
    assert 6.9 < days_left < 7
    assert events() == [("invited", "ann@example.com")]
    event = AuditEvent.objects.get()
    assert (event.actor, event.dealer, event.changes) == (owner, kings, {"role": [None, "sales"]})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": ""}, "email"),
        ({"role": "admin"}, "role"),
    ],
)
def test_a_bad_invitation_is_refused(
    kings: Dealer, owner: User, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInvitation) as refusal:
        invite(kings, owner, **fields)
    assert list(refusal.value.fields) == [field]
    assert (Invitation.objects.count(), len(mail.outbox), events()) == (0, 0, [])


def test_who_is_in_the_team_is_not_invited(kings: Dealer, owner: User) -> None:
    with pytest.raises(AlreadyMember):
        invite(kings, owner, "OLGA@example.com")
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice(kings: Dealer, owner: User) -> None:
    first = invite(kings, owner)
    with pytest.raises(AlreadyInvited) as refusal:
        invite(kings, owner, "ANN@example.com")
    assert refusal.value.extra == {"id": first.pk}
    assert (Invitation.objects.count(), len(mail.outbox)) == (1, 1)
    Invitation.objects.update(expires_at=timezone.now())
    assert invite(kings, owner).pk != first.pk
    assert Invitation.objects.count() == 1


def test_invitations_of_one_team_are_bounded(
    kings: Dealer, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "INVITATIONS_PER_DAY", 2)
    monkeypatch.setattr(team, "RESEND_AFTER", timedelta())
    for _ in range(2):
        row = invite(kings, owner)
        gone: dict[str, Any] = {
            "dealer_id": kings.pk,
            "invitation_id": row.pk,
            "actor": Actor.person(owner.pk),
        }
        team.withdraw_invitation(**gone)
    with pytest.raises(TooSoon, match="Too many"):
        invite(kings, owner)
    assert (len(mail.outbox), Invitation.objects.count()) == (2, 0)
    AuditEvent.objects.create(kind="invited", dealer=make.dealer())
    monkeypatch.setattr(team, "INVITATIONS_PER_DAY", 3)
    row = invite(kings, owner)
    with pytest.raises(TooSoon, match="Too many"):
        team.resend_invitation(**gone | {"invitation_id": row.pk})
    assert len(mail.outbox) == 3


def test_sent_again_it_has_a_new_link_and_the_old_one_is_dead(kings: Dealer, owner: User) -> None:
    invitation = invite(kings, owner)
    again: dict[str, Any] = {
        "dealer_id": kings.pk,
        "invitation_id": invitation.pk,
        "actor": Actor.person(owner.pk),
    }
    with pytest.raises(TooSoon):
        team.resend_invitation(**again)
    Invitation.objects.update(
        sent_at=F("sent_at") - timedelta(minutes=6), expires_at=timezone.now()
    )
    before = Invitation.objects.get()
    with at_commit(execute=True):
        team.resend_invitation(**again)
    after = Invitation.objects.get()
    assert len(mail.outbox) == 2
    assert before.token_hash != after.token_hash
    assert after.expires_at > timezone.now() + timedelta(days=6)
    assert events() == [("invited", "ann@example.com")] * 2


def test_it_is_withdrawn(kings: Dealer, owner: User) -> None:
    invitation = invite(kings, owner)
    gone: dict[str, Any] = {
        "dealer_id": kings.pk,
        "invitation_id": invitation.pk,
        "actor": Actor.person(owner.pk),
    }
    team.withdraw_invitation(**gone)
    assert not Invitation.objects.exists()
    assert events()[-1] == ("invitation_withdrawn", "ann@example.com")
    with pytest.raises(InvitationNotFound):
        team.withdraw_invitation(**gone)


def test_a_role_is_changed(kings: Dealer, owner: User) -> None:
    person = make.member(kings, "sales", email="sal@example.com")
    ids: dict[str, Any] = {
        "dealer_id": kings.pk,
        "user_id": person.pk,
        "actor": Actor.person(owner.pk),
    }
    assert team.change_role(**ids, role="manager").role == "manager"
    assert roles(kings)["sal@example.com"] == "manager"
    event = AuditEvent.objects.get()
    assert (event.kind, event.subject) == ("role_changed", "sal@example.com")
    assert event.changes == {"role": ["sales", "manager"]}
    team.change_role(**ids, role="manager")
    assert AuditEvent.objects.count() == 1
    with pytest.raises(InvalidInvitation):
        team.change_role(**ids, role="king")


def test_a_member_is_removed_or_leaves(kings: Dealer, owner: User) -> None:
    one, two = make.member(kings, "manager"), make.member(kings, "sales")
    team.remove_member(dealer_id=kings.pk, user_id=one.pk, actor=Actor.person(owner.pk))
    team.leave(dealer_id=kings.pk, actor=Actor.person(two.pk))
    assert roles(kings) == {"olga@example.com": "owner"}
    assert events() == [("removed", one.email), ("left", two.email)]
    with pytest.raises(MemberNotFound):
        team.remove_member(dealer_id=kings.pk, user_id=one.pk, actor=Actor.person(owner.pk))


def test_the_last_owner_stays(kings: Dealer, owner: User) -> None:
    make.member(kings, "owner", is_active=False)
    make.member(kings, "manager")
    ids: Any = {"dealer_id": kings.pk, "user_id": owner.pk}
    before = roles(kings)
    for verb in (
        lambda: team.change_role(**ids, role="sales", actor=Actor.person(owner.pk)),
        lambda: team.remove_member(**ids, actor=Actor.person(owner.pk)),
        lambda: team.remove_member(**ids, actor=SYSTEM),
        lambda: team.leave(dealer_id=kings.pk, actor=Actor.person(owner.pk)),
    ):
        with pytest.raises(LastOwner):
            verb()
    assert (roles(kings), events()) == (before, [])


@pytest.mark.parametrize("role", ["manager", "sales", "owner of another"])
def test_only_owners_change_the_team(kings: Dealer, owner: User, role: str) -> None:
    invitation, person = invite(kings, owner), make.member(kings, "sales")
    workplace = make.dealer() if role == "owner of another" else kings
    actor = make.member(workplace, role.split(maxsplit=1)[0])
    ids: dict[str, Any] = {"dealer_id": kings.pk, "actor": Actor.person(actor.pk)}
    before = (roles(kings), list(Invitation.objects.values()), events())
    for verb in (
        partial(team.invite, email="new@example.com", role="owner"),
        partial(team.resend_invitation, invitation_id=invitation.pk),
        partial(team.withdraw_invitation, invitation_id=invitation.pk),
        partial(team.change_role, user_id=person.pk, role="owner"),
        partial(team.remove_member, user_id=person.pk),
    ):
        with pytest.raises(OwnersOnly):
            verb(**ids)
    assert (roles(kings), list(Invitation.objects.values()), events()) == before


def test_rows_of_another_dealer_are_out_of_an_owners_reach(kings: Dealer, owner: User) -> None:
    other = make.dealer()
    boss = make.member(other)
    person, invitation = make.member(other, "sales"), invite(other, boss)
    with pytest.raises(MemberNotFound):
        team.remove_member(dealer_id=kings.pk, user_id=person.pk, actor=Actor.person(owner.pk))
    with pytest.raises(InvitationNotFound):
        team.withdraw_invitation(
            dealer_id=kings.pk, invitation_id=invitation.pk, actor=Actor.person(owner.pk)
        )
    with pytest.raises(DealerNotFound):
        team.leave(dealer_id=0, actor=Actor.person(owner.pk))
    assert Membership.objects.filter(user=person).exists()
