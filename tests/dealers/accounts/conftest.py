"""People at the doors."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt
from celery import current_app
from django.db.models import F
from django.test import Client

from dealers.accounts import second_factor
from dealers.models import Session, SignInThrottle, User
from tests import make
from tests.authenticator import authenticator_of, shown_code

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
    """Return what the authenticator shows now, as if no code of it was ever used or wrong."""
    app = authenticator_of(user)
    app.data = {"secret": app.data["secret"]}
    app.save(update_fields=["data"])
    return shown_code(decrypt(app.data["secret"]))


def enrol(user: User) -> list[str]:
    """Switch somebody's second factor on; return the recovery codes."""
    secret = generate_totp_secret()
    code = shown_code(secret)
    codes = second_factor.confirm_authenticator(user_id=user.pk, secret=secret, code=code)
    forget(user, "last_step")
    return codes


def forget_wait(user: User) -> None:
    forget(user, "failed_at", 0)


def forget(user: User, name: str, value: int = -1) -> None:
    app = authenticator_of(user)
    app.data = {**app.data, name: value}
    app.save(update_fields=["data"])


def age_session(user: User, minutes: int = 60) -> None:
    """Make it so long ago that somebody signed in."""
    began = F("created_at") - timedelta(minutes=minutes)
    Session.objects.filter(user=user).update(created_at=began)


def pass_time(time: timedelta) -> None:
    """Let some time pass for what is counted of tries to sign in."""
    SignInThrottle.objects.update(tried_at=F("tried_at") - time, expires_at=F("expires_at") - time)


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200
