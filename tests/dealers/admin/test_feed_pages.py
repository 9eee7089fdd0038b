"""Staff see the files of all dealers, and decide on them in the dealer's panel."""

import pytest
from django.test import Client

from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, User
from listings.models import Listing
from tests import make
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.feeds.stock import LONG, bring, car

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]

pytestmark = pytest.mark.django_db
RUNS = "/admin/dealers/feedrun/"


def held() -> FeedRun:
    feed = make.feed()
    cars = [car(n) for n in range(30)]
    bring(feed, cars)
    return bring(feed, cars[:20])


def test_what_is_held_is_listed_across_all_dealers(admin: Client) -> None:
    runs = {held(), held()}
    listed = admin.get(f"{RUNS}?state__exact=held")
    assert set(listed.context["cl"].result_list) == runs
    page = listed.content.decode()
    assert "The file lacks 10 of the 30 adverts on sale." in page
    for run in runs:
        assert run.feed.dealer.name in page


def test_a_held_run_is_opened_and_decided_in_the_dealers_panel(admin: Client, boss: User) -> None:
    run = held()
    page = admin.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert "The file lacks 10 of the 30 adverts on sale." in page
    entry = f"/admin/dealers/dealer/{run.feed.dealer_id}/panel/"
    assert f'action="{entry}"' in page
    answer = admin.post(entry, {"run": run.pk})
    assert answer["Location"] == f"/dealer/dealers/feedrun/{run.pk}/change/"
    assert "The file lacks 10" in admin.get(answer["Location"]).content.decode()
    admin.post(f"/dealer/dealers/feedrun/{run.pk}/approve/")
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    assert (run.state, run.decided_by) == ("done", boss)
    assert Listing.objects.filter(status="live").count() == 20


def test_nothing_is_decided_in_the_staff_admin(admin: Client) -> None:
    run = held()
    for path in ("decide/approve/", "decide/drop/"):
        assert admin.post(f"{RUNS}{run.pk}/{path}").status_code in (302, 404)
    assert admin.post(f"{RUNS}{run.pk}/change/", {"state": "done"}).status_code == 403
    run.refresh_from_db()
    assert run.state == "held"


def test_who_may_not_enter_panels_opens_none(client: Client) -> None:
    run = held()
    client.force_login(make.user(is_staff=True))
    entry = f"/admin/dealers/dealer/{run.feed.dealer_id}/panel/"
    assert client.post(entry, {"run": run.pk}).status_code == 403
    assert client.post(f"/dealer/dealers/feedrun/{run.pk}/approve/").status_code == 302
    run.refresh_from_db()
    assert run.state == "held"
