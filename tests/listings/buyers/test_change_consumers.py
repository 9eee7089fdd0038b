"""One consumer of changes that fails stops none of the others."""

from threading import Event

import pytest

from listings.change_follower import ChangeFollower
from marketplace.lease import LeaseHolder

pytestmark = pytest.mark.django_db(transaction=True)


class Fails:
    name = "fails"
    calls = 0

    def prepare(self) -> None:
        raise AssertionError("It leads.")

    def follow(self, lease: LeaseHolder) -> bool:
        self.calls += 1
        raise RuntimeError("Whatever it is")


class Counts:
    """Takes three pages, and then tells the process to stop."""

    name = "counts"

    def __init__(self, stop: Event) -> None:
        self.pages = 0
        self._stop = stop

    def prepare(self) -> None:
        raise AssertionError("It leads.")

    def follow(self, lease: LeaseHolder) -> bool:
        self.pages += 1
        if self.pages == 3:
            self._stop.set()
        return self.pages < 3


def test_one_that_fails_rests_while_the_others_go_on() -> None:
    stop, fails = Event(), Fails()
    counts = Counts(stop)
    ChangeFollower([fails, counts], lease=LeaseHolder("tried")).run(stop)
    assert (fails.calls, counts.pages) == (1, 3)
