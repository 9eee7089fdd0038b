"""A code that is entered twice at the same moment lets in once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dealers.accounts import second_factor
from dealers.models import RecoveryCode, User
from marketplace.errors import DomainError
from tests.dealers.accounts.conftest import current_code, enrol

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", ["authenticator", "recovery code"])
@pytest.mark.parametrize("attempt", range(3))
def test_of_several_tries_with_one_code_one_gets_in(clerk: User, kind: str, attempt: int) -> None:
    codes = enrol(clerk)
    code = current_code(clerk) if kind == "authenticator" else codes[0]
    start = Barrier(4)

    def enter(_number: int) -> str:
        start.wait(timeout=60)
        try:
            second_factor.pass_second_step(user_id=clerk.pk, code=code)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(4) as threads:
        outcome = list(threads.map(enter, range(4)))
    assert outcome.count("in") == 1
    assert set(outcome) <= {"in", "code_refused", "code_too_soon"}
    left = 10 if kind == "authenticator" else 9
    assert RecoveryCode.objects.filter(user=clerk).count() == left
