"""Secrets of second factors are encrypted by keys that can be replaced."""

from io import StringIO

import pytest
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from pytest_django import Settings

from dealers.accounts import second_factor
from dealers.models import User
from tests.authenticator import authenticator_of
from tests.dealers.accounts.conftest import current_code, enrol

pytestmark = pytest.mark.django_db
FIRST, SECOND = "first key " * 4, "second key " * 4


def run() -> str:
    out = StringIO()
    call_command("encrypt_factors", stdout=out)
    return out.getvalue()


def test_the_same_text_is_never_encrypted_alike() -> None:
    assert encrypt("JBSWY3DP") != encrypt("JBSWY3DP")
    assert decrypt(encrypt("JBSWY3DP")) == "JBSWY3DP"


def test_a_first_key_of_its_own_needs_no_fallback(clerk: User, settings: Settings) -> None:
    enrol(clerk)
    settings.FACTOR_KEY = FIRST
    second_factor.pass_second_step(user_id=clerk.pk, code=current_code(clerk))


def test_after_a_change_the_key_before_decrypts_until_it_is_gone(
    clerk: User, settings: Settings
) -> None:
    settings.FACTOR_KEY = FIRST
    enrol(clerk)
    settings.FACTOR_KEY, settings.FACTOR_KEY_FALLBACKS = SECOND, [FIRST]
    code = current_code(clerk)
    second_factor.pass_second_step(user_id=clerk.pk, code=code)
    settings.FACTOR_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        second_factor.pass_second_step(user_id=clerk.pk, code=code)


def test_the_command_encrypts_by_the_newest_key_and_loses_nothing(
    clerk: User, settings: Settings
) -> None:
    settings.FACTOR_KEY = FIRST
    enrol(clerk)
    before = authenticator_of(clerk).data
    settings.FACTOR_KEY, settings.FACTOR_KEY_FALLBACKS = SECOND, [FIRST]
    assert run().startswith("Encrypted anew: 1.")
    assert run().startswith("Encrypted anew: 0.")
    settings.FACTOR_KEY_FALLBACKS = []
    after = authenticator_of(clerk).data
    assert after["secret"] != before["secret"]
    assert {**after, "secret": ""} == {**before, "secret": ""}
    second_factor.pass_second_step(user_id=clerk.pk, code=current_code(clerk))


def test_a_changed_secret_key_goes_on_by_its_fallbacks(clerk: User, settings: Settings) -> None:
    settings.FACTOR_KEY = ""
    enrol(clerk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of more than thirty-two letters"
    second_factor.pass_second_step(user_id=clerk.pk, code=current_code(clerk))
