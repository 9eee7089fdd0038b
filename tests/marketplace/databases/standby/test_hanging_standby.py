"""A standby that hangs holds up no buyer for long: the primary answers in its place."""

import time

import pytest

from listings.models import Listing
from marketplace.databases.standby_connection import SILENCE_SECONDS_MAX
from tests import make
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.standby.hanging import hung
from tests.marketplace.databases.standby.servers import STANDBY, Cluster, standby_server
from tests.marketplace.databases.standby.test_failures_of_standbys import (
    hammered,
    is_read,
    price,
    served,
)
from tests.marketplace.databases.web import Web

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", STANDBY]),
    pytest.mark.slow,
    pytest.mark.usefixtures("watched"),
    pytest.mark.timeout(90),
]

ANSWER_SECONDS_MAX = 6.0  # docs/operations.md says 5; the other second is a busy machine's
HANGING_SECONDS = 8.0  # longer than it takes to be left alone


@pytest.mark.parametrize("engine", ["postgres", "memory"])
def test_the_primary_answers_for_a_standby_that_hangs(
    primary: Cluster, standby: Cluster, engine: str
) -> None:
    row = make.live(price=5_000)
    with standby_server(primary) as other, served(primary, other, SEARCH_ENGINE=engine) as web:
        wait_until(lambda: is_read(other, web, row))

        def hang() -> None:
            with hung(other):
                time.sleep(HANGING_SECONDS)
                Listing.objects.filter(pk=row.pk).update(price=6_000)
                late = web.ask(f"/api/v1/listings/{row.pk}/")
                assert late.json()["price"] == 6_000
                assert late.seconds < SILENCE_SECONDS_MAX  # it is left alone: nobody waits for it
            wait_until(lambda: answers_again(other, web, row))

        answers = hammered(web, row, hang)
    assert {each.status for each in answers} == {200}
    assert max(each.seconds for each in answers) < ANSWER_SECONDS_MAX


def answers_again(standby: Cluster, web: Web, row: Listing) -> bool:
    """Ask for an advert, and tell whether a standby was asked for adverts a moment ago."""
    asked = """
        SELECT count(*) FROM pg_stat_activity
        WHERE application_name = 'marketplace web' AND query LIKE '%listings_listing%'
        AND query_start > clock_timestamp() - interval '1 second'
    """
    return price(web, row) == 6_000 and standby.ask(asked) != 0
