"""Adverts of every kind, writes at random, and any question that may be asked about them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dealers.models import Branch
from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    Equipment,
    Fuel,
    PriceRating,
    Status,
    Transmission,
    Ulez,
    WriteOff,
)
from listings.models import Listing, ListingValue, Outcode
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest, SearchResult, SeekPosition
from listings.search.facets import COUNTED, STATISTICS
from listings.search.fields import NOT_STATED
from listings.search.ordering import ORDERING_VALUES, usual_ordering
from tests import make

MAKES = {"audi": ("a1", "a3", "q5"), "bmw": ("3-series", "x5"), "ford": ("fiesta", "focus", "ka")}
MODELS = tuple(model for models in MAKES.values() for model in models)
DEALERS = ("north", "south", "suspended", "sandbox")
DERIVATIVES = ("", "1.6 e-HDi SE 5dr", "3.0d M Sport", "Citroën-Edition [SE]", "\uff2d Sport №5")
WORDS = ("se", "sport", "m", "1", "citroen", "edition", "no5", "bmw", "audi", "absent")
FEATURES = ("Heated seats", "Pearl, rear seats heated", "Dog-guard", "BOSE")
DESCRIPTIONS = ("", "Pearl white. Heated rear seats; sport pack!", "One lady owner, Bosé", "se")
WISHES = (
    *WORDS,
    "pearl",
    "heated seats",
    "seats heated",
    "bose",
    "dog guard",
    "sport se",
    "sat nav",
)
NEAR = ("LS1", "LS", "ZE", "Kent", "York", "53.8000,-1.5500", "0.0000,180.0000", "-90.0000,0.0000")
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
NEARLESS = tuple(value for value in ORDERING_VALUES if "distance" not in value)


def stock(random_: random.Random, size: int) -> None:
    """Write adverts of every kind: most public, some run out, hidden, reduced or without price."""
    dealers = [
        make.dealer(name, is_active=name != "suspended", is_sandbox=name == "sandbox")
        for name in DEALERS
    ]
    branches = [
        make.branch(dealer, **position(random_))
        for dealer in dealers
        for _ in range(random_.randrange(1, 8))
    ]
    Outcode.objects.create(code="LS1", latitude=53.7965, longitude=-1.5478)
    models = [
        make.model(model, make.make(maker)) for maker, models in MAKES.items() for model in models
    ]
    now = datetime.now(UTC)
    for _ in range(size):
        sold = random_.random() < 0.1
        row = make.live(
            branch=random_.choice(branches),
            model=random_.choice(models),
            derivative=random_.choice(DERIVATIVES),
            price=random_.choice([None, *(random_.randrange(500, 40_000, 500) for _ in range(9))]),
            mileage=random_.randrange(0, 120_000, 4_000),
            year=random_.randrange(2004, 2026),
            fuel=random_.choice([None, *Fuel.values]),
            transmission=random_.choice([None, *Transmission.values]),
            doors=random_.choice([None, 2, 3, 4, 5]),
            seats=random_.choice([None, 2, 4, 5, 7]),
            body_type=random_.choice([None, *BodyType.values]),
            colour=random_.choice([None, *Colour.values[:4]]),
            drivetrain=random_.choice([None, *Drivetrain.values]),
            engine_cc=random_.choice([None, 999, 1_498, 1_995, 2_993]),
            power_bhp=random_.choice([None, 75, 150, 300]),
            features=random_.sample(FEATURES, random_.randrange(3)),
            description=random_.choice(DESCRIPTIONS),
            euro_standard=random_.choice([None, 4, 5, 6]),
            write_off=random_.choice([None, None, *WriteOff.values[2:]]),
            equipment=random_.choice([None, 0, *(random_.getrandbits(46) for _ in range(6))]),
            published_at=now - timedelta(hours=random_.randrange(0, 24 * 60)),
            expires_at=now + timedelta(hours=random_.randrange(-24, 24 * 30) + 0.5),
            **({"status": Status.SOLD, "sold_at": now} if sold else {}),
        )
        if row.price is not None and random_.random() < 0.3:
            Listing.objects.filter(pk=row.pk).update(price=row.price + random_.choice([-250, 250]))
        if row.price is not None and random_.random() < 0.7:
            rate(random_, row)
            if random_.random() < 0.2:
                Listing.objects.filter(pk=row.pk).update(mileage=row.mileage + 1)


def rate(random_: random.Random, row: Listing) -> None:
    """Value an advert: mostly with a label, and then with a ratio that others have too."""
    ListingValue.objects.filter(pk=row.pk).delete()
    label = random_.choice([None, *PriceRating.values])
    reason = {} if label else {"reason": random_.choice(["check_price", "wide_interval"])}
    make.value(
        row, 10_000, label=label, ratio=random_.choice([1, 900, 950, 1_000, 1_100]), **reason
    )


def rate_anew(random_: random.Random) -> None:
    """Value a few adverts anew, as a refit does: adverts themselves stay as they are."""
    for row in ListingValue.objects.order_by("pk"):
        if random_.random() < 0.3:
            label = random_.choice([None, *PriceRating.values])
            inputs = random_.choice([row.inputs, row.inputs, row.inputs + 1])
            ListingValue.objects.filter(pk=row.pk).update(
                label=label,
                ratio=random_.choice([900, 1_050, 30_000]),
                reason="" if label else "wide_interval",
                inputs=inputs,
            )


def position(random_: random.Random) -> dict[str, float | None]:
    """Return where a branch is: in a town with others, anywhere on Earth, or not known."""
    latitude, longitude = random_.choice(
        [
            (None, None),
            (53.8, -1.55),
            (random_.uniform(53.7, 53.9), random_.uniform(-1.7, -1.4)),
            (random_.uniform(50, 59), random_.uniform(-6, 1)),
            (random_.uniform(-90, 90), random_.uniform(-180, 180)),
        ]
    )
    return {"latitude": latitude, "longitude": longitude}


def write(random_: random.Random) -> None:
    """Change, sell, publish and hide a few adverts at random."""
    rows = list(Listing.objects.order_by("pk"))
    for row in random_.sample(rows, len(rows) // 4):
        changes: dict[str, Any] = random_.choice(
            [
                {"price": random_.randrange(500, 40_000, 500)},
                {"price": None},
                {"mileage": random_.randrange(0, 120_000)},
                {"derivative": random_.choice(DERIVATIVES)},
                {"year": random_.randrange(1990, 2026), "doors": random_.choice([2, 5, None])},
                {"equipment": random_.getrandbits(46)},
                {"description": random_.choice(DESCRIPTIONS)},
                {"status": Status.WITHDRAWN, "sold_at": None},
                {"status": Status.LIVE, "sold_at": None},
            ]
        )
        Listing.objects.filter(pk=row.pk).update(**changes)
    Branch.objects.filter(pk=random_.choice(rows).branch_id).update(**position(random_))


def a_range(low: int, high: int) -> st.SearchStrategy[tuple[int | None, int | None]]:
    bound = st.none() | st.integers(low, high)
    return st.tuples(bound, bound)


def some(values: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(list(values)), max_size=2)


@st.composite
def questions(draw: st.DrawFn) -> SearchRequest:
    # Few filters at a time, so that many questions have an answer.
    filters: dict[str, st.SearchStrategy[Any]] = {
        "make": some(MAKES),
        "fuel": some([NOT_STATED, *Fuel.values]),
        "transmission": some([NOT_STATED, *Transmission.values]),
        "doors": some([NOT_STATED, 2, 3, 4, 5]),
        "seats": some([NOT_STATED, 2, 4, 5, 7]),
        "body_type": some([NOT_STATED, *BodyType.values]),
        "colour": some([NOT_STATED, *Colour.values[:4]]),
        "drivetrain": some([NOT_STATED, *Drivetrain.values]),
        "ulez": some(Ulez.values),
        "euro_standard": some([1, 4, 5, 6]),
        "write_off": some([NOT_STATED, *WriteOff.values]),
        "equipment": some(Equipment.values),
        "dealer": some(("north", "south")),
        "price_rating": some([NOT_STATED, *PriceRating.values]),
        "reduced": st.none() | st.booleans(),
        "added_within_days": st.none() | st.integers(0, 60),
        "text": some(WORDS),
        "prefer": st.lists(st.sampled_from(WISHES), max_size=4),
    }
    spans = {
        "price": a_range(0, 41_000),
        "mileage": a_range(0, 130_000),
        "year": a_range(2003, 2027),
        "engine_cc": a_range(900, 3_100),
        "power_bhp": a_range(70, 310),
    }
    parameters: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from([*filters, *spans, "model"]), max_size=3)):
        if name == "model":
            parameters["model"] = draw(some(MODELS))
        elif name in spans:
            parameters[f"{name}_min"], parameters[f"{name}_max"] = draw(spans[name])
        else:
            parameters[name] = draw(filters[name])
    if parameters.get("make"):  # a model that none of the makes has is refused
        own = {model for maker in parameters["make"] for model in MAKES[maker]}
        parameters["model"] = [each for each in parameters.get("model", ()) if each in own]
    orderings = NEARLESS
    if draw(st.booleans()):
        orderings = ORDERING_VALUES
        parameters["near"] = draw(st.sampled_from(NEAR))
        parameters["within_miles"] = draw(st.none() | st.integers(1, 1_000))
    criteria = Criteria.from_parameters(parameters)
    ordering = tuple(draw(st.lists(st.sampled_from(orderings), min_size=1, max_size=3)))
    return SearchRequest(
        criteria,
        ordering=usual_ordering(criteria, ordering) if draw(st.booleans()) else ordering,
        size=draw(st.sampled_from([1, 3, 10, 100])),
        is_counted=True,
        facets=tuple(draw(st.lists(st.sampled_from(list(COUNTED)), max_size=3, unique=True))),
        statistics=STATISTICS,
    )


def follow(result: SearchResult, step: int) -> SeekPosition | None:
    if not result.positions:
        return None
    return SeekPosition(result.positions[step % len(result.positions)], is_backwards=step % 3 == 2)
