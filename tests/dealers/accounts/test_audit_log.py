"""The audit log: only ever added to, pruned when old, and read by whom it concerns."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dealers import audit
from dealers.audit import Kind, network_of
from dealers.models import AuditEvent
from dealers.permissions import SYSTEM, Actor
from tests import make

pytestmark = pytest.mark.django_db


def old(days: int) -> AuditEvent:
    return AuditEvent.objects.create(
        kind=Kind.INVITED, happened_at=timezone.now() - timedelta(days=days)
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_no_row_is_changed_or_deleted(change: str) -> None:
    event = audit.record(Kind.INVITED, actor=SYSTEM, subject="ann@example.com")
    rows = AuditEvent.objects.filter(pk=event.pk)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        rows.update(subject="") if change == "update" else rows.delete()
    assert rows.get().subject == "ann@example.com"


def test_only_old_rows_are_pruned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PRUNE_BATCH", 2)
    kept = [old(364), old(0)]
    for _ in range(5):
        old(366)
    assert audit.prune_audit_events(days=365) == 5
    assert list(AuditEvent.objects.order_by("id")) == kept
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.all().delete()


def test_an_event_outlives_whom_it_names() -> None:
    person, dealer = make.user(), make.dealer()
    audit.record(
        Kind.LEFT, actor=Actor.person(person.pk), dealer_id=dealer.pk, subject=person.email
    )
    person.delete()
    dealer.delete()
    event = AuditEvent.objects.with_names().get()
    assert (event.actor, event.dealer, event.kind) == (None, None, "left")


def test_a_dealer_reads_its_own_events_and_the_sign_ins_of_its_team() -> None:
    dealer, other = make.dealer(), make.dealer()
    member, stranger = make.member(dealer), make.member(other)
    own = audit.record(Kind.INVITED, actor=Actor.person(member.pk), dealer_id=dealer.pk)
    audit.record(Kind.INVITED, actor=Actor.person(stranger.pk), dealer_id=other.pk)
    signed_in = audit.record_sign_in(Kind.SIGNED_IN, user_id=member.pk, address="203.0.113.9")
    audit.record_sign_in(Kind.SIGNED_IN, user_id=stranger.pk, address="203.0.113.9")
    assert list(AuditEvent.objects.for_dealer(dealer.pk)) == [signed_in, own]


def test_what_a_member_did_as_staff_is_not_the_dealers_to_read() -> None:
    dealer = make.dealer()
    person = make.member(dealer, is_staff=True)
    for kind in (Kind.USER_CHANGED, Kind.PASSWORD_SET_BY_STAFF, Kind.SECOND_FACTOR_OFF):
        audit.record(kind, actor=Actor.person(person.pk), subject="stranger@example.com")
    own = audit.record(Kind.SECOND_FACTOR_OFF, actor=Actor.person(person.pk))
    assert list(AuditEvent.objects.for_dealer(dealer.pk)) == [own]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("garbage", ""),
    ],
)
def test_an_address_is_kept_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
