"""Whoever tries to sign in: tries are counted before they are made, and refused by one page.

Passwords are tried by Django's `authenticate`, whoever calls it, and codes by `enter_code`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from dealers.accounts import sign_in_attempts
from dealers.accounts.exceptions import CodeRefused, TooManyAttempts
from dealers.accounts.failure_counts import FailureCause
from dealers.accounts.second_factor import pass_second_step
from dealers.accounts.sign_in_attempts import SignInAttempt
from dealers.models import User
from marketplace.client_address import client_address

USER_AGENT_LENGTH_MAX = 120
NAME_LENGTH_MAX = 255
_REFUSAL = "sign_in_refusal"


class SignInBackend(ModelBackend):
    """Django's backend, which checks a password only where its try is not refused.

    It stands first and has the last word: no other backend hashes the password once more.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return whose password it is; raises `PermissionDenied` for a wrong or refused one."""
        name = username or kwargs.get(User.USERNAME_FIELD)
        if not name or password is None:
            return None
        try:
            attempt = _begin(request, name)
        except TooManyAttempts as refusal:
            raise PermissionDenied from refusal
        user = super().authenticate(request, username=name, password=password)
        if user is None:
            _fail(request, attempt, FailureCause.PASSWORD)
            raise PermissionDenied
        sign_in_attempts.take_back(attempt)
        assert isinstance(user, User)  # noqa: S101  # the model that settings name
        return user


class RefusedSignInMiddleware:
    """Answers a try that was refused, or that the next one will be for, with the page of that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        refusal: TooManyAttempts | None = getattr(request, _REFUSAL, None)
        return response if refusal is None else _refused(request, refusal)


def enter_code(request: HttpRequest, user: User, code: str) -> None:
    """Take a code of somebody's authenticator, or a recovery code, counted as a password is.

    Raises `TooManyAttempts`, and what `pass_second_step` raises, of which `CodeRefused` alone is a
    failure.
    """
    attempt = _begin(request, user.email)
    try:
        pass_second_step(user_id=user.pk, code=code)
    except CodeRefused:
        _fail(request, attempt, FailureCause.CODE)
        raise
    except BaseException:
        sign_in_attempts.take_back(attempt)
        raise
    sign_in_attempts.take_back(attempt)


def forget_failures(request: HttpRequest, user: User) -> None:
    """Forget what failed for somebody here, once they are signed in."""
    sign_in_attempts.forget_here(_counted_name(user.email), client_address(request))


def _begin(request: HttpRequest | None, name: str) -> SignInAttempt:
    address = client_address(request) if request is not None else ""
    try:
        return sign_in_attempts.begin_attempt(_counted_name(name), address)
    except TooManyAttempts as refusal:
        _refuse(request, refusal)
        raise


def _fail(request: HttpRequest | None, attempt: SignInAttempt, cause: FailureCause) -> None:
    if (refusal := sign_in_attempts.fail_attempt(attempt, cause)) is not None:
        _refuse(request, refusal)


def _refuse(request: HttpRequest | None, refusal: TooManyAttempts) -> None:
    if request is not None:
        setattr(request, _REFUSAL, refusal)


def _counted_name(name: str) -> str:
    """Return the name failures are counted by, as sign-in would find it, known or not."""
    return name.strip().lower()[:NAME_LENGTH_MAX].replace("\0", "")


def _refused(request: HttpRequest, refusal: TooManyAttempts) -> HttpResponse:
    """Return the page of somebody who has to wait; the same for unknown accounts."""
    context = {"wait": refusal.wait}
    page = render(request, "dealers/accounts/locked.html", context, status=refusal.status)
    page["Retry-After"] = str(refusal.retry_seconds)
    page["Cache-Control"] = "no-store"
    return page
