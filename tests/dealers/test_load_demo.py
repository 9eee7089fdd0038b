"""A newcomer loads the demo: nine real adverts, a dozen dealers and invented stock."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from pytest_django import Settings

from dealers.models import Branch, Dealer, Membership, User
from listings.adverts import lifecycle
from listings.choices import Confirmation, Status
from listings.identifiers import normalise_vrm, registration_years
from listings.models import (
    AskingPrice,
    AskingPriceTable,
    Enquiry,
    Listing,
    ListingEvent,
    Make,
    Model,
    Photo,
    PriceChange,
    PriceSchedule,
    SavedSearch,
)
from marketplace.models import OutboxTask
from tests.listings.buyers.mailbox import work
from tests.seed import CARS

pytestmark = pytest.mark.django_db

AGES = ((0, 30), (31, 60), (61, 90), (91, 400))
SHOWN = ("derivative", "year", "price", "mileage", "fuel")


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the tests share, so that each picture is drawn once."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _laptop(settings: Settings, media: Path) -> None:
    settings.DEBUG = True
    settings.MEDIA_ROOT = media


def load(listings: int = 10, **options: bool) -> str:
    out = StringIO()
    call_command("load_demo", listings=listings, stdout=out, **options)
    return out.getvalue()


def test_the_only_range_rovers_are_the_nine_real_ones_cheapest_first() -> None:
    load(150)
    rovers = Listing.objects.public().filter(make__slug="land-rover", model__slug="range-rover")
    assert list(rovers.order_by("price").values_list(*SHOWN)) == list(CARS)
    assert set(rovers.values_list("transmission", "doors")) == {("automatic", 4)}
    affordable = rovers.filter(price__lte=40_000, mileage__lte=60_000).order_by("price")
    assert list(affordable.values_list("price", flat=True)) == [36_999, 37_649]


def test_the_demo_has_the_adverts_that_were_asked_for() -> None:
    assert "Adverts: 120 of 120" in load(120)
    assert Listing.objects.count() == 120
    assert Dealer.objects.count() == 12
    assert not Branch.objects.filter(latitude__isnull=True).exists()
    pending = {"confirmation": Confirmation.PENDING}
    assert not Make.objects.filter(**pending).exists()
    assert not Model.objects.filter(**pending).exists()


def test_the_demo_has_made_up_asking_prices_and_says_so() -> None:
    load(10)
    load(10)
    table = AskingPriceTable.objects.get()
    assert (table.name, table.rows, table.left_out) == ("Made up for the demo", 30, 0)
    assert AskingPrice.objects.count() == 30


def test_the_dealer_of_the_demo_has_enquiries_and_nobody_is_mailed() -> None:
    load(60)
    place = Membership.objects.get(user__email="dealer@example.com")
    rows = Enquiry.objects.for_dealer(place.dealer_id)
    assert set(rows.values_list("stage", flat=True)) == set(Enquiry.Stage.values)
    assert rows.count() == Enquiry.objects.count() == 7
    assert not OutboxTask.objects.filter(task__contains="enquiry").exists()
    load(60)
    assert Enquiry.objects.count() == 7


@pytest.mark.slow
def test_a_second_run_keeps_the_rows_and_adds_nothing() -> None:
    load(60)
    edited = Listing.objects.get(stock_ref="DEMO-0000003")
    Listing.objects.filter(pk=edited.pk).update(mileage=1)
    before = list(Listing.objects.order_by("id").values_list("id", "title", "price", "mileage"))
    kinds = (Photo, PriceChange, PriceSchedule, User, Dealer, Branch, Membership)
    counts = [kind.objects.count() for kind in kinds]
    load(60)
    assert list(Listing.objects.order_by("id").values_list("id", "title", "price", "mileage")) == (
        before
    )
    assert [kind.objects.count() for kind in kinds] == counts


@pytest.mark.slow
def test_a_larger_demo_adds_to_a_smaller_one() -> None:
    load(9)
    assert Listing.objects.count() == 9
    small = set(Listing.objects.values_list("id", flat=True))
    load(40)
    assert Listing.objects.count() == 40
    assert small < set(Listing.objects.values_list("id", flat=True))


@pytest.mark.slow
def test_every_status_occurs_and_the_log_leads_to_it() -> None:
    load(400)
    assert set(Listing.objects.values_list("status", flat=True)) == set(Status.values)
    assert Listing.objects.reserved().exists()
    last = ListingEvent.objects.filter(listing=OuterRef("pk")).order_by("-id").values("to_status")
    told = Listing.objects.annotate(told=Subquery(last[:1]))
    assert not told.exclude(told=F("status")).exists()


@pytest.mark.slow
def test_live_stock_is_of_every_age_and_none_outlives_its_time() -> None:
    load(400)
    now = timezone.now()
    live = Listing.objects.filter(status=Status.LIVE)
    days = [(now - row.published_at).days for row in live if row.published_at]
    bands = [sum(low <= age <= high for age in days) for low, high in AGES]
    assert sum(bands) == len(days)
    assert all(bands), bands
    assert not live.exclude(expires_at__lte=F("confirmed_at") + timedelta(days=30)).exists()
    old = live.filter(published_at__lt=now - timedelta(days=31))
    renewed = ListingEvent.objects.filter(kind=ListingEvent.Kind.RENEWED).values("listing")
    assert not old.exclude(pk__in=renewed).exists()


@pytest.mark.slow
def test_reduced_adverts_have_their_price_history() -> None:
    load(400)
    reduced = Listing.objects.filter(previous_price__isnull=False)
    assert reduced.exists()
    assert not reduced.exclude(previous_price__gt=F("price")).exists()
    one = reduced.order_by("id")[0]
    history = PriceChange.objects.filter(listing=one)
    assert list(history.values_list("old_price", "new_price", "reason")) == [
        (None, one.previous_price, "load"),
        (one.previous_price, one.price, "load"),
    ]
    assert history[0].changed_at == one.created_at
    assert one.published_at is not None
    assert one.published_at < history[1].changed_at < timezone.now()


@pytest.mark.slow
def test_every_car_has_a_mark_of_its_own_that_fits_its_year() -> None:
    load(200)
    cars = list(Listing.objects.values_list("vrm", "year"))
    assert len({vrm for vrm, _ in cars}) == 200
    for vrm, year in cars:
        assert vrm is not None
        assert normalise_vrm(vrm) == vrm
        assert year in (registration_years(vrm) or ())


@pytest.mark.slow
def test_one_dealer_has_a_price_plan_and_its_live_adverts_are_on_it() -> None:
    load(300)
    schedules = PriceSchedule.objects.select_related("listing", "plan")
    (dealer_id,) = {schedule.plan.dealer_id for schedule in schedules}
    live = Listing.objects.filter(dealer=dealer_id, status=Status.LIVE)
    assert live.count() == len(schedules) > 0
    assert not Listing.objects.filter(dealer=dealer_id, stock_ref__startswith="DEMO-RR").exists()


def test_a_buyer_is_told_of_what_happens_and_mailed_nothing_yet() -> None:
    load()
    load()
    saved = SavedSearch.objects.order_by("pk")
    assert [(each.frequency, each.state) for each in saved] == [
        ("instant", "active"),
        ("daily", "active"),
    ]
    work()
    assert mail.outbox == []


def test_one_advert_expires_two_minutes_after_each_start() -> None:
    for _ in range(2):
        assert "Watch an advert expire by itself" in load()
        advert = Listing.objects.get(stock_ref="DEMO-EXPIRES")
        assert advert.status == Status.LIVE
        assert advert.expires_at is not None
        left = advert.expires_at - timezone.now()
        assert timedelta(minutes=1) < left <= timedelta(minutes=2)
        Listing.objects.filter(pk=advert.pk).update(status=Status.EXPIRED)


def test_the_real_adverts_are_renewed_when_they_have_run_out() -> None:
    load(9)
    Listing.objects.update(status=Status.EXPIRED, expires_at=timezone.now() - timedelta(days=1))
    sold = Listing.objects.order_by("id")[0]
    lifecycle.renew(listing_id=sold.pk, actor_id=None)
    lifecycle.sell(listing_id=sold.pk, actor_id=None)
    load(9)
    assert Listing.objects.public().count() == 8
    sold.refresh_from_db()
    assert sold.status == Status.SOLD


@pytest.mark.slow
def test_live_adverts_have_pictures_that_are_there(media: Path) -> None:
    load(100)
    photos = list(Photo.objects.select_related("listing"))
    assert len(photos) > 40
    assert {(photo.width, photo.height) for photo in photos} == {(960, 640)}
    assert all((media / str(photo.image.name)).stat().st_size > 5_000 for photo in photos)


def test_staff_and_a_dealers_owner_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "a better password")
    load(9)
    staff = User.objects.get(email="admin@example.com")
    owner = User.objects.get(email="dealer@example.com")
    assert staff.is_staff
    assert staff.check_password("a better password")
    assert not owner.is_staff
    assert owner.memberships.get().role == Membership.Role.OWNER
    assert Listing.objects.visible_to(owner).count() == 9


def test_outside_debug_it_takes_a_flag_and_a_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = False
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="--yes"):
        load(9)
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        load(9, yes=True)
    assert not Dealer.objects.exists()
    monkeypatch.setenv("DEMO_PASSWORD", "a better password")
    load(9, yes=True)
    assert Listing.objects.count() == 9
