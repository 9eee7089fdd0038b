"""Adverts run out by themselves, whenever the sweep gets to them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings import periodic
from listings.adverts import expiry, lifecycle
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db

AGO = timedelta(hours=1)


def log(listing: Listing) -> list[tuple[str, str | None, str, int | None]]:
    events = ListingEvent.objects.filter(listing=listing).order_by("pk")
    return list(events.values_list("kind", "from_status", "to_status", "actor"))


def test_only_live_adverts_past_their_end_expire() -> None:
    past, ahead = timezone.now() - AGO, timezone.now() + AGO
    due = make.live(expires_at=past)
    others = [
        make.live(expires_at=ahead),
        make.draft(expires_at=past),
        make.live(expires_at=past, status="sold", sold_at=past),
        make.live(expires_at=past, status="withdrawn"),
    ]
    before = list(Listing.objects.exclude(pk=due.pk).order_by("pk").values())
    periodic.sweep_expired()
    due.refresh_from_db()
    assert due.status == "expired"
    assert due.expires_at == past
    assert log(due) == [("expired", "live", "expired", None)]
    assert list(Listing.objects.exclude(pk=due.pk).order_by("pk").values()) == before
    assert not ListingEvent.objects.filter(listing__in=others).exists()


def test_a_reserved_advert_that_runs_out_expires_and_is_free() -> None:
    row = make.live(expires_at=timezone.now() - AGO, reserved_until=timezone.now() + AGO)
    periodic.sweep_expired()
    row.refresh_from_db()
    assert (row.status, row.reserved_until) == ("expired", None)


def test_a_second_sweep_finds_nothing() -> None:
    row = make.live(expires_at=timezone.now() - AGO)
    assert expiry.expire_due() == 1
    assert expiry.expire_due() == 0
    assert len(log(row)) == 1


def test_the_sweep_goes_on_in_batches_until_nothing_is_due() -> None:
    branch = make.branch()
    rows = [make.live(branch=branch, expires_at=timezone.now() - AGO) for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        assert expiry.expire_due(limit=2) == 5
    assert len(queries) == 3
    assert ListingEvent.objects.filter(kind="expired", listing__in=rows).count() == 5


def test_the_sweep_catches_up_after_any_gap() -> None:
    row = make.live(
        published_at=timezone.now() - timedelta(days=400),
        expires_at=timezone.now() - timedelta(days=370),
    )
    periodic.sweep_expired()
    row.refresh_from_db()
    assert row.status == "expired"


def test_an_expired_advert_can_be_renewed() -> None:
    row = make.live(expires_at=timezone.now() - AGO)
    periodic.sweep_expired()
    assert lifecycle.renew(listing_id=row.pk, actor_id=None).status == "live"
    assert expiry.expire_due() == 0


def test_a_reservation_ends_when_its_time_is_over() -> None:
    overdue = make.live(reserved_until=timezone.now() - AGO)
    running = make.live(reserved_until=timezone.now() + AGO)
    assert expiry.release_overdue(limit=1) == 1
    periodic.release_overdue_reservations()
    overdue.refresh_from_db()
    running.refresh_from_db()
    assert (overdue.status, overdue.reserved_until) == ("live", None)
    assert running.reserved_until is not None
    assert log(overdue) == [("released", "live", "live", None)]
    assert log(running) == []


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    make.live(expires_at=timezone.now() - AGO)
    make.live(reserved_until=timezone.now() - AGO)
    call_command("sweep_expired")
    assert capsys.readouterr().out == "1 expired\n1 released\n"


def test_a_dry_run_lists_what_is_due_and_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    due = make.live(expires_at=timezone.now() - AGO, reserved_until=timezone.now() - AGO)
    held = make.live(reserved_until=timezone.now() - AGO)
    make.live()
    before = list(Listing.objects.order_by("pk").values())
    call_command("sweep_expired", "--dry-run")
    assert capsys.readouterr().out == (
        f"{due.pk}\t{due.title}\twould expire\n1 would expire\n"
        f"{held.pk}\t{held.title}\twould be released\n1 would be released\n"
    )
    assert list(Listing.objects.order_by("pk").values()) == before
    assert not ListingEvent.objects.exists()
