"""People at the doors."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db.models import F
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from dealers.accounts import second_factor
from dealers.models import SignInThrottle, User
from tests import make

PASSWORD = "plum-tart-91"
NEW_PASSWORD = "green-kettle-47"
DOOR = "/admin/login/"


@pytest.fixture(autouse=True)
def _tasks_run_here() -> Iterator[None]:
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def clerk() -> User:
    return make.staff(email="clerk@example.com", password=PASSWORD, full_name="Sam Clerk")


def sign_in(
    client: Client, email: str = "clerk@example.com", password: str = PASSWORD, **extra: Any
) -> Any:
    return client.post(DOOR, {"username": email, "password": password}, **extra)


def current_code(user: User) -> str:
    """Return what the authenticator shows now, as if no code of it was ever used."""
    devices = TOTPDevice.objects.filter(user=user)
    devices.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    device = devices.get()
    shown = totp(device.bin_key, step=device.step, drift=device.drift)
    return f"{shown:06d}"


def enrol(user: User) -> list[str]:
    """Switch somebody's second factor on; return the recovery codes."""
    second_factor.start_second_factor(user_id=user.pk)
    codes = second_factor.confirm_second_factor(user_id=user.pk, code=current_code(user))
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return codes


def forget_wait(user: User) -> None:
    past = timezone.now() - timedelta(days=30)
    TOTPDevice.objects.filter(user=user).update(throttling_failure_timestamp=past)


def pass_time(time: timedelta) -> None:
    """Let some time pass for what is counted of tries to sign in."""
    SignInThrottle.objects.update(tried_at=F("tried_at") - time, expires_at=F("expires_at") - time)


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200
