"""Of many requests at once, none gets one too many."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import Settings

from dealers import keys, team
from dealers.feeds.configuration import create_feed
from dealers.models import ApiKey, Branch, FeedRun, Invitation, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Photo
from listings.photos import add_photo
from marketplace.quotas import QuotaReached
from tests import make
from tests.dealers.feeds.stock import as_csv, car, receive
from tests.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
LIMIT = 3


def refused(work: Callable[[int], object]) -> int:
    """Do something many times at once, and return how often it was refused."""
    start = Barrier(AT_ONCE)

    def once(number: int) -> bool:
        try:
            start.wait(timeout=30)
            work(number)
        except QuotaReached:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(once, range(AT_ONCE)))


def test_feeds_keys_and_invitations(branch: Branch, settings: Settings) -> None:
    settings.DEALER_QUOTAS = {"feeds": LIMIT, "api_keys": LIMIT, "invitations": LIMIT}
    dealer_id = branch.dealer_id
    verbs: list[Callable[[int], object]] = [
        lambda n: create_feed(
            dealer_id=dealer_id, fields={"name": f"{n}", "branch": branch}, actor=SYSTEM
        ),
        lambda n: keys.create_key(
            dealer_id=dealer_id, actor=SYSTEM, name=f"{n}", scopes=["stock:read"]
        ),
        lambda n: team.invite(
            dealer_id=dealer_id, email=f"{n}@example.com", role="sales", actor=SYSTEM
        ),
    ]
    assert [refused(verb) for verb in verbs] == [AT_ONCE - LIMIT] * 3
    assert [table.objects.count() for table in (StockFeed, ApiKey, Invitation)] == [LIMIT] * 3


def test_files(branch: Branch, settings: Settings) -> None:
    settings.DEALER_QUOTAS = {"feed_files_waiting": LIMIT}
    feed = make.feed(branch)
    assert refused(lambda n: receive(feed, as_csv([car(n)]))) == AT_ONCE - LIMIT
    assert FeedRun.objects.count() == LIMIT


def test_photos_of_several_adverts(branch: Branch, settings: Settings, tmp_path: Path) -> None:
    settings.DEALER_QUOTAS = {"photos": LIMIT}
    settings.MEDIA_ROOT = tmp_path
    adverts = [make.draft(branch=branch).pk for _ in range(AT_ONCE)]
    content = picture()

    def add(number: int) -> None:
        add_photo(listing_id=adverts[number], upload=io.BytesIO(content), actor_id=None)

    assert refused(add) == AT_ONCE - LIMIT
    assert Photo.objects.count() == LIMIT
