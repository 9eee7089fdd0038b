"""The first page says in sentences what waits for staff, and where it is answered."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dealers.admin.staff_queues import since
from dealers.models import FeedRun
from listings.choices import Confirmation
from listings.models import AdvertReport, AdvertSignal, BuyerRecord, Listing, MarketFit, NamedText
from marketplace.london_time import in_london
from marketplace.models import OutboxTask
from tests import make
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.feeds.stock import bring, car

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]

pytestmark = pytest.mark.django_db
DAYS_AGO = timezone.now() - timedelta(days=3)
DAY = f"{in_london(DAYS_AGO):%A}"


def sentences(client: Client) -> list[str]:
    """Return the sentences under "What waits for you", of a page whose links all open."""
    page = client.get("/admin/").content.decode()
    part = page.partition('class="waiting"')[2].partition("</section>")[0]
    found = re.findall(r'<a href="([^"]+)">(.*?)</a>', part)
    for url, _ in found:
        assert client.get(unescape(url)).status_code == 200, url
    return [unescape(text) for _, text in found]


def held(name: str = "Harbour Cars", *, stays: int = 12) -> FeedRun:
    feed = make.feed(make.branch(make.dealer(name)), name="Stock")
    cars = [car(number) for number in range(52)]
    bring(feed, cars)
    return bring(feed, cars[:stays])


def report(listing: Listing) -> AdvertReport:
    record = BuyerRecord.objects.create(
        kind=BuyerRecord.RecordKind.REPORT, kept_until=timezone.now() + timedelta(days=30)
    )
    return AdvertReport.objects.create(record=record, listing=listing, reason="sold")


def test_since_when_is_told_as_people_say_it() -> None:
    now = datetime(2026, 3, 6, 0, 30, tzinfo=UTC)
    times = {
        "since 00:05": datetime(2026, 3, 6, 0, 5, tzinfo=UTC),
        "since Thursday": datetime(2026, 3, 5, 23, 59, tzinfo=UTC),
        "since Saturday": datetime(2026, 2, 28, 12, tzinfo=UTC),
        "since 27 February": datetime(2026, 2, 27, 12, tzinfo=UTC),
        "since 31 December 2025": datetime(2025, 12, 31, 12, tzinfo=UTC),
    }
    assert [since(moment, now) for moment in times.values()] == list(times)
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight in London
    assert since(summer, summer + timedelta(hours=1)) == "since 00:30"


def test_where_nothing_waits_home_says_so(admin: Client) -> None:
    make.live()
    page = admin.get("/admin/").content.decode()
    assert "Nothing waits for you." in page
    assert sentences(admin) == []


def test_a_held_file_says_whose_it_is_since_when_and_what_would_go(admin: Client) -> None:
    run = held()
    FeedRun.objects.filter(pk=run.pk).update(received_at=DAYS_AGO)
    assert sentences(admin) == [
        f"Harbour Cars' feed “Stock” has waited since {DAY}: 40 of 52 cars would go."
    ]
    answer = admin.post(f"/admin/dealers/dealer/{run.feed.dealer_id}/panel/", {"run": run.pk})
    assert answer["Location"] == f"/dealer/dealers/feedrun/{run.pk}/change/"


def test_a_file_held_for_its_columns_says_why(admin: Client) -> None:
    feed = make.feed(
        make.branch(make.dealer("Tern Motor")), name="Stock", mapping_confirmed_at=None
    )
    run = bring(feed, [car(1)])
    (told,) = sentences(admin)
    assert run.state == "held"
    assert told.startswith("Tern Motor's feed “Stock” has waited since ")
    assert told.endswith(f": {run.hold_reason}")
    assert run.hold_reason


def test_a_trial_waits_for_whoever_made_it(admin: Client) -> None:
    feed = make.feed()
    bring(feed, [car(number) for number in range(30)])
    assert bring(feed, [car(1)], dry_run=True).state == "held"
    assert sentences(admin) == []


def test_reported_adverts_come_oldest_first(admin: Client) -> None:
    cars = [make.live(dealer=make.dealer(name)) for name in ("Harbour Cars", "Tern Motor")]
    old, new = (report(each) for each in cars)
    AdvertReport.objects.filter(pk=old.pk).update(
        created_at=datetime(2025, 2, 11, 9, 14, tzinfo=UTC)
    )
    AdvertReport.objects.filter(pk=new.pk).update(created_at=DAYS_AGO)
    report(cars[0])
    AdvertReport.objects.exclude(pk__in=[old.pk, new.pk]).update(decision="dismissed")
    AdvertSignal.objects.create(
        listing=cars[1], suspicion="low_price", detail="£900", found_at=DAYS_AGO
    )
    title = cars[0].title
    assert sentences(admin) == [
        f"“{title}” of Harbour Cars has been reported since 11 February 2025: The car is sold.",
        f"“{title}” of Tern Motor has been reported since {DAY}: The car is sold.",
        f"“{title}” of Tern Motor has looked wrong since {DAY}: Far below the usual price (£900).",
    ]


def test_unknown_names_say_who_needs_them_and_models_go_with_their_make(admin: Client) -> None:
    rovver = make.make("Rovver", confirmation=Confirmation.PENDING)
    vitesse = make.model("Vitesse", rovver, confirmation=Confirmation.PENDING)
    make.model("Sterling", rovver, confirmation=Confirmation.PENDING)
    ranger = make.model("Ranger Rover", make.make(), confirmation=Confirmation.PENDING)
    make.model("Nobody's", make.make(), slug="nobodys", confirmation=Confirmation.PENDING)
    harbour = make.dealer("Harbour Cars")
    for dealer in (harbour, harbour, make.dealer("Tern Motor")):
        make.draft(model=vitesse, dealer=dealer)
    make.draft(model=ranger, dealer=harbour)
    Listing.objects.update(created_at=DAYS_AGO)
    assert sentences(admin) == [
        (
            "“Rovver” is a make nobody has placed, with its models “Sterling” and “Vitesse”: "
            f"3 adverts of Harbour Cars and 1 other dealer wait for it since {DAY}."
        ),
        (
            "“Ranger Rover” is a model of Land Rover nobody has placed: "
            f"1 advert of Harbour Cars waits for it since {DAY}."
        ),
        "“Nobody's” is a model of Land Rover nobody has placed: no advert uses it any more.",
    ]


def test_failed_work_texts_and_old_values_are_told(admin: Client) -> None:
    for given_up in (DAYS_AGO, timezone.now()):
        OutboxTask.objects.create(
            task="dealers.tasks.send_invitation",
            arguments=[1],
            due_at=DAYS_AGO,
            given_up_at=given_up,
            failure="ServiceAway",
        )
    NamedText.objects.create(place="report", row_id=1, found_at=DAYS_AGO)
    fit = make.market_fit()
    MarketFit.objects.filter(pk=fit.pk).update(fitted_at=DAYS_AGO)
    assert sentences(admin) == [
        (
            "A text may name somebody who had all erased (report of an advert): "
            f"it has waited since {DAY}."
        ),
        f"“Send invitation” has been given up 2 times since {DAY}.",
        "What cars are worth was last reckoned 3 days ago.",
    ]


def test_a_long_queue_shows_its_oldest_and_a_link_to_all(admin: Client) -> None:
    for number in range(7):
        make.make(f"Unknown {number}", confirmation=Confirmation.PENDING)
    told = sentences(admin)
    assert len(told) == 6
    assert told[-1] == "See 2 more"


def test_queues_are_for_who_may_look_into_them(client: Client) -> None:
    report(make.live())
    make.make("Rovver", confirmation=Confirmation.PENDING)
    person = make.user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_make"))
    client.force_login(person)
    assert sentences(client) == [
        "“Rovver” is a make nobody has placed: no advert uses it any more."
    ]


def test_the_number_of_queries_does_not_grow_with_what_waits(admin: Client) -> None:
    def wait() -> None:
        report(make.live())
        pending = make.make(f"Make {timezone.now()}", confirmation=Confirmation.PENDING)
        make.draft(model=make.model("One", pending, confirmation=Confirmation.PENDING))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            admin.get("/admin/")
        return len(asked)

    wait()
    queries()
    few = queries()
    wait()
    wait()
    assert queries() == few
