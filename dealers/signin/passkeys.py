"""Passkeys (WebAuthn), by allauth: each asks its person for a finger, a face or a PIN.

So one stands for both factors. The challenge waits in the session and is good once. A passkey
belongs to the host name it was made at.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from dealers.accounts.exceptions import PasskeyRefused, SecondFactorMissing
from dealers.accounts.second_factor import use_passkey
from dealers.models import User

Credential = dict[str, Any]
REFUSED = "This passkey was not accepted. Try again, or use another way."
LENGTH_MAX = 20_000
# What allauth and fido2 raise on what is no credential, or not the one that was asked for.
_NO_CREDENTIAL = (
    *(ValidationError, ValueError, TypeError, LookupError, AttributeError, AssertionError),
    *(struct.error, SecondFactorMissing),
)


def creation_options(user: User) -> Credential:
    """Return what the browser makes a passkey from, which then needs no name to be found."""
    options: Credential = _plain(auth.begin_registration(user, passwordless=True))
    return options


def request_options(user: User | None) -> Credential:
    """Return what the browser asks for a passkey with: somebody's, or anybody's."""
    options: Credential = _plain(auth.begin_authentication(user))
    return options


def begin_sign_in(request: HttpRequest) -> Credential:
    """Return the options for somebody not known yet, whose session ends soon where none comes."""
    options = request_options(None)
    if not request.user.is_authenticated:
        request.session.set_expiry(settings.ACCOUNT_LOGIN_TIMEOUT)
    return options


def check_creation(text: str) -> Credential:
    """Return the credential that a browser made, as JSON; raises `PasskeyRefused`."""
    with _refusing():
        credential = _read(text)
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
        return credential


def check_answer(text: str, user: User | None = None) -> User:
    """Return whose passkey answered, as JSON; where it has to be somebody's, it is theirs.

    Notes its use. Raises `PasskeyRefused`.
    """
    with _refusing():
        credential = _read(text)
        auth.parse_authentication_response(credential)
        whose = user or auth.extract_user_from_response(credential)
        passkey: Authenticator = auth.complete_authentication(whose, credential)
        if not whose.is_active:
            raise PasskeyRefused(REFUSED)
        use_passkey(user_id=whose.pk, factor_id=passkey.pk)
        return whose


def _read(text: str) -> Credential:
    credential = json.loads(text) if len(text) <= LENGTH_MAX else None
    if not isinstance(credential, dict):
        raise PasskeyRefused(REFUSED)
    return credential


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except _NO_CREDENTIAL:
        raise PasskeyRefused(REFUSED) from None


def _plain(options: Any) -> Any:
    """Return options as plain JSON values: fido2's are mappings of its own."""
    if isinstance(options, Mapping):
        return {key: _plain(value) for key, value in options.items()}
    return [_plain(each) for each in options] if isinstance(options, list | tuple) else options
