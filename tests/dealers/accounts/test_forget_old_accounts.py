"""Once a day what is no longer needed about people is deleted."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers import retention
from dealers.models import AuditEvent, Dealer, Invitation, Session, SignInThrottle, User
from tests import make
from tests.dealers.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def invitation(dealer: Dealer, email: str, ended: timedelta) -> None:
    end = timezone.now() - ended
    Invitation.objects.create(dealer=dealer, email=email, role="sales", expires_at=end)


def test_what_is_old_goes_and_the_rest_stays(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.AUDIT_KEPT_DAYS = 30
    sign_in(client)
    sign_in(Client())
    dealer = make.dealer()
    invitation(dealer, "old@example.com", 31 * DAY)
    invitation(dealer, "new@example.com", 29 * DAY)
    sign_in(Client(), "gone@example.com", "wrong")
    SignInThrottle.objects.update(expires_at=F("expires_at") - 2 * DAY)
    old = set(SignInThrottle.objects.values_list("pk", flat=True))
    sign_in(Client(), "here@example.com", "wrong")
    ended = Session.objects.exclude(pk=Session.objects.earliest("created_at").pk)
    ended.update(expire_date=timezone.now() - DAY)
    AuditEvent.objects.create(kind="left", happened_at=timezone.now() - 31 * DAY)
    for _ in range(2):
        for kind in ("invitations", "sessions", "failed_sign_ins", "audit"):
            retention.apply(kind)
        assert Invitation.objects.get().email == "new@example.com"
        assert SignInThrottle.objects.filter(scope="account_at_address").count() == 1
        assert not SignInThrottle.objects.filter(pk__in=old, expires_at__lt=timezone.now()).exists()
        assert Session.objects.count() == 1
        assert [event.kind for event in AuditEvent.objects.all()] == ["signed_in"] * 2
