"""A dealer with one car, whose system changes its price."""

import pytest

from dealers.models import Dealer
from listings.models import Listing
from tests import make
from tests.dealers.stock_api.caller import Caller, caller


@pytest.fixture
def dealer(db: None) -> Dealer:
    return make.dealer("Northern Cars")


@pytest.fixture
def api(dealer: Dealer) -> Caller:
    return caller(dealer)


@pytest.fixture
def row(dealer: Dealer) -> Listing:
    """An advert that has just been published at £10,000."""
    return make.live(branch=make.branch(dealer), price=10_000)
