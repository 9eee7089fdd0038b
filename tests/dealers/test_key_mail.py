"""The mail that a key is about to end: a week before, once, to those who may make another."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from dealers import periodic
from dealers.models import ApiKey, Dealer, Membership
from dealers.tasks import send_key_mail
from marketplace.mail import MailServerAway
from marketplace.models import OutboxTask
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=60)


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Northern Cars")


def ending_in(dealer: Dealer, days: float) -> ApiKey:
    """Make a key two months ago that ends in so many days."""
    make.key(dealer, name="DMS", expires_at=timezone.now() + timedelta(days=days))
    ApiKey.objects.update(created_at=timezone.now() - LONG_AGO)
    return ApiKey.objects.get()


def tell() -> None:
    """Do what the clock starts, and the tasks that it puts off."""
    periodic.send_expiry_reminders()
    for task in OutboxTask.objects.filter(task="dealers.tasks.send_key_mail"):
        send_key_mail(*task.arguments)
        task.delete()


def test_owners_are_told_once_a_week_before(dealer: Dealer) -> None:
    owners = [make.member(dealer), make.member(dealer)]
    make.member(dealer, Membership.Role.MANAGER)
    make.member(dealer, is_active=False)
    make.member(make.dealer())
    key = ending_in(dealer, 7.1)
    make.key(dealer, name="For ever")
    tell()
    assert mail.outbox == []
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() + timedelta(days=6.9))
    for _ in range(2):
        tell()
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(each.email for each in owners)
    first = mail.outbox[0]
    assert first.subject == "The API key DMS of Northern Cars ends soon"
    assert f"umk_{key.prefix}_…" in str(first.body)
    assert "It was never used." in str(first.body)
    assert "/dealer/keys/" in str(first.body)


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
        {"created_at": timezone.now()},
    ],
)
def test_nobody_is_told_of_keys_that_are_over_or_made_for_a_week(
    dealer: Dealer, change: dict[str, Any]
) -> None:
    make.member(dealer)
    key = ending_in(dealer, 5)
    ApiKey.objects.update(**change)
    tell()
    send_key_mail(key.pk)
    assert mail.outbox == []
    key.refresh_from_db()
    assert key.end_told_at is None


def test_a_team_without_an_owner_is_told_once_it_has_one(dealer: Dealer) -> None:
    ending_in(dealer, 5)
    tell()
    assert not OutboxTask.objects.exists()
    assert ApiKey.objects.get().end_told_at is None
    owner = make.member(dealer)
    tell()
    assert [sent.to for sent in mail.outbox] == [[owner.email]]


def test_a_mail_that_was_not_handed_over_is_due_still(dealer: Dealer, settings: Any) -> None:
    make.member(dealer)
    key = ending_in(dealer, 5)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(MailServerAway):
        send_key_mail(key.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    key.refresh_from_db()
    assert key.end_told_at is None
    tell()
    assert len(mail.outbox) == 1
