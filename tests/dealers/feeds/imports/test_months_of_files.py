"""A dealer's files over months: cars come, change, go and return under eleven kinds of header.

After every file the adverts on sale are the cars of the file, and those that only this one lacks.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing, PriceChange
from tests import make
from tests.dealers.feeds.stock import LONG, mark, receive

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILES = 30
CARS = (("Citroën", "C3"), ("Land Rover", "Range Rover"), ("Škoda", "Octavia"), ("Ford", "Focus"))


@dataclass(frozen=True)
class Car:
    number: int
    make: str
    model: str
    price: int
    mileage: int
    colour: str


@dataclass(frozen=True)
class Style:
    """How one system writes its file; `headers` and `order` number the cells of a car."""

    headers: str
    delimiter: str = ","
    encoding: str = "utf-8"
    price: Callable[[int], str] = str
    mileage: Callable[[int], str] = str
    year: str = "2015"
    line_end: str = "\r\n"
    extra: str = ""
    order: tuple[int, ...] = tuple(range(11))

    def write(self, cars: list[Car]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        headers = self.headers.split("/")
        extra = [self.extra] if self.extra else []
        writer.writerow([*(headers[n] for n in self.order), *extra])
        for car in cars:
            cells = self._cells(car)
            writer.writerow(
                [*(cells[n] for n in self.order), *(["Line one\nand two"] * len(extra))]
            )
        return text.getvalue().encode(self.encoding)

    def _cells(self, car: Car) -> list[str]:
        return [
            f"V{car.number:03}",
            mark(car.number),
            car.make,
            car.model,
            "1.2 PureTech 5dr",
            self.year,
            self.price(car.price),
            self.mileage(car.mileage),
            "Petrol",
            "Manual",
            car.colour,
        ]


MIXED = (10, 3, 0, 7, 6, 5, 4, 2, 1, 9, 8)
STYLES = (
    Style(
        "Stock No/Registration/Make/Model/Variant/Year/Price/Mileage/Fuel Type/Transmission/Colour"
    ),
    Style(
        "STOCK NO/REGISTRATION/MAKE/MODEL/VARIANT/YEAR/PRICE/MILEAGE/FUEL TYPE/TRANSMISSION/COLOUR",
        delimiter=";",
        encoding="utf-8-sig",
        price="£{:,}".format,
    ),
    Style(
        "stock_id/vrm/manufacturer/model/derivative/year/retail_price/odometer/fuel/gearbox/color",
        delimiter="|",
        order=MIXED,
    ),
    Style(
        "stockId/registration/make/model/derivative/yearOfManufacture/suppliedPrice"
        "/odometerReadingMiles/fuelType/transmissionType/colour",
        price="{}.00".format,
    ),
    Style(
        "Vehicle_Id/FullRegistration/Make/Model/Variant/Year/Price/Mileage/FuelType/Transmission"
        "/Colour",
        encoding="cp1252",
        extra="Comments",
    ),
    Style(
        "Stock Number/Reg No/Make/Model/Version/Reg Year/Selling Price/Current Mileage/Fuel/Gearbox"
        "/Exterior Colour",
        delimiter="\t",
        encoding="utf-16",
        mileage="{:,} miles".format,
    ),
    Style(
        "vehicle_id/reg/brand/model/trim/year/price/mileage.value/fuel_type/transmission"
        "/exterior_color",
        price="{} GBP".format,
        order=tuple(reversed(range(11))),
    ),
    Style(
        "Ref/Vehicle Reg/Marque/Model/Spec/Year/Cash Price/Odo/Fuel/Trans/Ext Colour",
        delimiter=";",
        price="£{:,}".format,
        year="2015 (15 reg)",
        line_end="\n",
    ),
    Style(
        " Stock  Ref / reg_no / MAKE / Model Name / DERIVATIVE / YEAR / Asking-Price / miles / FUEL"
        " / GearBox / COLOUR ",
        encoding="utf-8-sig",
        extra="Notes",
        order=MIXED,
    ),
    Style(
        "g:id/g:vrm/g:make/g:model/g:trim/g:year/g:price/g:mileage/g:fuel_type/g:transmission"
        "/g:color",
        delimiter="\t",
        price="{} GBP".format,
        mileage="{} mi".format,
    ),
    Style(
        "Dealer Ref/Number Plate/Make/Range/Derivative/YOM/Price Now/Milage/Propulsion"
        "/Gearbox Type/Main Colour",
        delimiter="|",
        encoding="utf-8",
        mileage="{:,}".format,
    ),
)


class Forecourt:
    """A dealer's cars, which change a little from file to file; none of them is lost or doubled."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same each time
        self._numbers = iter(range(1_000))
        self.cars = {car.number: car for car in (self._new() for _ in range(40))}
        self.gone: dict[int, Car] = {}

    def pass_a_week(self) -> None:
        chance = self._chance
        for number in chance.sample(sorted(self.cars), 4):
            self.gone[number] = self.cars.pop(number)
        for number in chance.sample(sorted(self.cars), 8):
            car = self.cars[number]
            self.cars[number] = replace(
                car, price=car.price - chance.randrange(50, 500), mileage=car.mileage + 7
            )
        for number in chance.sample(sorted(self.gone), min(1, len(self.gone))):
            self.cars[number] = self.gone.pop(number)
        for _ in range(3):
            car = self._new()
            self.cars[car.number] = car

    def in_any_order(self) -> list[Car]:
        return self._chance.sample(list(self.cars.values()), len(self.cars))

    def _new(self) -> Car:
        number, chance = next(self._numbers), self._chance
        make_name, model_name = chance.choice(CARS)
        price, mileage = chance.randrange(40_000, 90_000), chance.randrange(1_000, 99_000)
        return Car(number, make_name, model_name, price, mileage, chance.choice(["red", "blue"]))


@pytest.fixture(autouse=True)
def _names() -> None:
    for make_name, model_name in CARS:
        make.model(model_name, make.make(make_name))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_stock_is_the_file_after_every_file(seed: int) -> None:
    forecourt = Forecourt(seed)
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    numbers: dict[str, int] = {}
    before: dict[int, Car] = {}
    for week in range(FILES):
        if week:
            forecourt.pass_a_week()
        style = STYLES[week % len(STYLES)]
        run = received(feed, style.write(forecourt.in_any_order()), is_first=week == 0)
        assert (run.state, run.hold_reason, run.rejected_count) == ("done", "", 0), style
        assert on_sale(feed) == sorted(map(told, {**before, **forecourt.cars}.values())), style
        before = dict(forecourt.cars)
        now = dict(Listing.objects.values_list("stock_ref", "pk"))
        assert now.items() >= numbers.items()
        numbers = {str(reference): pk for reference, pk in now.items()}
    assert len(numbers) == 40 + 3 * (FILES - 1)
    assert_histories_hold(feed)


def assert_histories_hold(feed: StockFeed) -> None:
    """Every price is in the history once, and the last one is the advert's."""
    for pk, price in Listing.objects.filter(dealer=feed.dealer_id).values_list("pk", "price"):
        changes = PriceChange.objects.filter(listing=pk).order_by("id")
        steps = list(changes.values_list("old_price", "new_price"))
        assert steps[-1][1] == price
        assert [old for old, _ in steps[1:]] == [new for _, new in steps[:-1]]


def received(feed: StockFeed, content: bytes, *, is_first: bool) -> FeedRun:
    """Import a file; the columns of the first are confirmed as they are suggested."""
    run = receive(feed, content)
    run = get_on(run_id=run.pk, seconds=LONG) or run
    if is_first:
        assert run.hold_code == "mapping"
        confirm_mapping(feed_id=feed.pk, actor=SYSTEM)
        approve_run(run_id=run.pk, actor=SYSTEM)
        run = get_on(run_id=run.pk, seconds=LONG) or run
    return run


def told(car: Car) -> tuple[object, ...]:
    reference = f"V{car.number:03}"
    return (reference, mark(car.number), car.make, car.model, car.price, car.mileage, car.colour)


def on_sale(feed: StockFeed) -> list[tuple[object, ...]]:
    names = ("stock_ref", "vrm", "make__name", "model__name", "price", "mileage", "colour")
    stock = Listing.objects.filter(dealer=feed.dealer_id, status="live")
    return list(stock.order_by("stock_ref").values_list(*names))
