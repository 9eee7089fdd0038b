"""Both engines give the same page, count, facets and averages, whatever is asked of what stock."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealers.models import Branch
from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    Equipment,
    Fuel,
    Status,
    Transmission,
    Ulez,
    WriteOff,
)
from listings.models import Listing, Outcode
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest, SearchResult, SeekPosition
from listings.search.facets import FACETS, STATISTICS
from listings.search.memory.branches import Distances
from listings.search.memory.engine import Search
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.sorted_column import SortedColumn
from listings.search.memory.store import Store
from listings.search.memory.updates import ReplicaUpdate, read_update
from listings.search.memory.wishes import WordsInTexts
from listings.search.ordering import ORDERING_VALUES, usual_ordering
from listings.search.postgres import PostgresEngine
from listings.word_index import follow_texts
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

MEMORY = "listings.search.memory"
MAKES = {"audi": ("a1", "a3", "q5"), "bmw": ("3-series", "x5"), "ford": ("fiesta", "focus", "ka")}
MODELS = tuple(model for models in MAKES.values() for model in models)
DEALERS = ("north", "south", "suspended")
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
NEARLESS = tuple(value for value in ORDERING_VALUES if "distance" not in value)
QUICK = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def stock(random_: random.Random, size: int) -> None:
    """Write adverts of every kind: most public, some run out, hidden, reduced or without price."""
    dealers = [make.dealer(name, is_active=name != "suspended") for name in DEALERS]
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
        "fuel": some(Fuel.values),
        "transmission": some(Transmission.values),
        "doors": some([2, 3, 4, 5]),
        "seats": some([2, 4, 5, 7]),
        "body_type": some(BodyType.values),
        "colour": some(Colour.values[:4]),
        "drivetrain": some(Drivetrain.values),
        "ulez": some(Ulez.values),
        "euro_standard": some([1, 4, 5, 6]),
        "write_off": some(["none", *WriteOff.values]),
        "equipment": some(Equipment.values),
        "dealer": some(("north", "south")),
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
        facets=tuple(draw(st.lists(st.sampled_from(list(FACETS)), max_size=3, unique=True))),
        statistics=STATISTICS,
    )


def follow(result: SearchResult, step: int) -> SeekPosition | None:
    if not result.positions:
        return None
    return SeekPosition(result.positions[step % len(result.positions)], is_backwards=step % 3 == 2)


class Asked(NamedTuple):
    """What the engine in memory answers from."""

    store: Store
    update: ReplicaUpdate
    words: WordsInTexts

    def answer(self, request: SearchRequest) -> SearchResult:
        snapshot = self.store.snapshot(self.update.clock, self.update.branches)
        references = SlugIndex.load().resolve(request.criteria)
        wishes = self.words.wishes(request.wishes, snapshot)
        return Search(snapshot, self.update.clock, request, references, wishes).answer()


def assert_same(asked: Asked, request: SearchRequest) -> SearchResult:
    expected = PostgresEngine().search(request)
    assert asked.answer(request) == expected
    return expected


@pytest.mark.parametrize(
    "seed", [2, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (0, 1, 4, 5, 6, 7))]
)
def test_engines_agree_on_any_question(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:  # a small stock that is kept and searched the way a large one is
        monkeypatch.setattr(f"{MEMORY}.store.LATER_MIN", 12)
        monkeypatch.setattr(f"{MEMORY}.values.GATHERED_PER_VALUE", 0)
        monkeypatch.setattr(f"{MEMORY}.order.LOTS_MAX", 2)
        monkeypatch.setattr(f"{MEMORY}.sorted_column.CHUNK", 3)
        monkeypatch.setattr(f"{MEMORY}.sorted_column.MARKS_MAX", 5)
        monkeypatch.setattr(SortedColumn, "gather_max", 0)
        monkeypatch.setattr(Distances, "gather_max", 0)
    random_ = random.Random(seed)  # noqa: S311 - a repeatable stock, not a secret
    began_empty = seed % 3 == 2
    if not began_empty:
        stock(random_, 40 + 20 * seed)
    update = read_update(None)
    store = Store(update.rows, update.titles)
    words = WordsInTexts()
    if began_empty:
        stock(random_, 40 + 20 * seed)
    follow_texts()
    for _ in range(seed % 4):
        words.wishes(WISHES, store.snapshot(update.clock, update.branches))
        write(random_)
        update = read_update(update.moment)
        store = store.add(update.rows, update.titles, update.removed)
    asked = Asked(store, update, words)

    @QUICK
    @given(questions(), st.lists(st.integers(0, 8), max_size=2))
    def agree(request: SearchRequest, steps: list[int]) -> None:
        result = assert_same(asked, request)
        for step in steps:
            place = follow(result, step)
            if place is None:
                return
            again = SearchRequest(request.criteria, request.ordering, request.size, place)
            result = assert_same(asked, again)

    agree()
