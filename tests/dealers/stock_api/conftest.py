"""A dealer with one branch, and its system."""

import pytest

from dealers.models import Branch, Dealer
from tests import make
from tests.dealers.stock_api.caller import Caller, caller


@pytest.fixture
def dealer(db: None) -> Dealer:
    return make.dealer("Northern Cars")


@pytest.fixture
def branch(dealer: Dealer) -> Branch:
    return make.branch(dealer, name="Leeds")


@pytest.fixture
def api(dealer: Dealer, branch: Branch) -> Caller:
    return caller(dealer)
