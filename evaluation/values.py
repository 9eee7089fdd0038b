"""How good values are, against the bounds of the design: `make evaluate ARGS="--only values"`.

On asking prices of nine makes, five times parted into what is learnt from and what is asked;
cars that are equal in all but price stay on one side.
"""

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from listings.pricing.value.accuracy import accuracy
from listings.pricing.value.car_csv import Row
from listings.pricing.value.car_files import CarFileCoder
from listings.pricing.value.cars import CarTable, scattered
from listings.pricing.value.fitted_market import MarketModel, folds_of
from listings.pricing.value.market_model import FittedMarket, fast_score, fit
from listings.pricing.value.rule import current_rule

FOLDER = Path("../shared/data/uk_used_cars")
SPLITS = 5
TEST_SHARE = 0.2
FEED_ONLY, ALL = "feed columns", "with tax and mpg"
_MAKES = {"hyundi": "hyundai", "merc": "mercedes-benz", "vw": "volkswagen"}
_YEARS = range(1990, 2021)
_MANY = 500  # cars that a make or a band must have to be held to its bound
_MUST = {FEED_ONLY: (7.4, 30.0), ALL: (6.35, 26.0)}
_PRICE_BANDS = (0, 5_000, 10_000, 15_000, 20_000, 30_000, 1_000_000)
_AGE_BANDS = (0, 1.5, 2.5, 3.5, 5.5, 8.5, 40)


@dataclass(frozen=True)
class Answers:
    """What a fit says of the cars that it did not see, whether or not it gives them a value."""

    cars: CarTable
    log_value: np.ndarray
    ends: np.ndarray
    labels: np.ndarray


def show(folder: Path = FOLDER, splits: int = SPLITS) -> None:
    """Print each bound with what was measured; a line that says why, where there is no data."""
    if not folder.is_dir():
        print(f"values: skipped, as there is no {folder}")
        return
    rows = cleaned(read_folder(folder))
    print(f"values: {len(rows):,} cars; means of {splits} grouped splits")
    for columns in (FEED_ONLY, ALL):
        for each in lines(rows, columns, splits):
            print(f"  {columns}: {each}", flush=True)


def lines(rows: Sequence[Row], columns: str, splits: int) -> Iterator[str]:
    """Yield what is measured with these columns; what is asked of one fit, with all of them."""
    stated = _with(rows, columns)
    cars = CarFileCoder.of(stated).cars(stated)
    answers = []
    for split in range(splits):
        fitted, seen, asked, seconds = _split(cars, split)
        answers.append(answer(fitted, asked))
        if split == 0 and columns == ALL:
            yield from _of_one_fit(fitted, seen, asked, seconds)
    yield from _of_answers(answers, columns)


def read_folder(folder: Path) -> list[Row]:
    rows: list[Row] = []
    for path in sorted(folder.glob("*.csv")):
        make = _MAKES.get(path.stem, path.stem)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                stated = {name.replace("(£)", ""): text for name, text in row.items()}
                rows.append(stated | {"make": make})
    return rows


def cleaned(rows: Sequence[Row]) -> list[Row]:
    """Return each different row once, without years that no car of the set can have."""
    once = {tuple(sorted(row.items())): row for row in rows}
    return [row for row in once.values() if int(row["year"]) in _YEARS]


def answer(fitted: FittedMarket, cars: CarTable) -> Answers:
    model = fitted.model
    said = model.say(cars, fitted.market, fast_score)
    values = model.values_of(said, cars, fitted.market)
    labels, _ = current_rule().rate(values.to_rate(cars))
    return Answers(cars, said.log_value, said.ends, labels)


def line(name: str, measured: float, low: float, high: float) -> str:
    verdict = "pass" if low <= measured <= high else "MISS"
    bound = f"{low:g} to {high:g}" if low > -np.inf else f"at most {high:g}"
    if high == np.inf:
        bound = f"at least {low:g}"
    return f"{name:<52}{measured:>10.3f}  {verdict} ({bound})"


def _with(rows: Sequence[Row], columns: str) -> list[Row]:
    if columns == ALL:
        return list(rows)
    return [{**row, "tax": "", "mpg": ""} for row in rows]


def _split(cars: CarTable, split: int) -> tuple[FittedMarket, CarTable, CarTable, float]:
    draw = scattered(cars.identity + np.uint64(split * 7_919)) / np.float64(2**64)
    seen, asked = cars.rows(draw >= TEST_SHARE), cars.rows(draw < TEST_SHARE)
    start = time.process_time()
    return fit(seen), seen, asked, time.process_time() - start


def _of_answers(answers: Sequence[Answers], columns: str) -> Iterator[str]:
    each = [accuracy(a.cars.log_price, a.log_value, a.ends) for a in answers]
    mean = {name: float(np.mean([one[name] for one in each])) for name in each[0]}
    mape, width = _MUST[columns]
    yield line("MAPE, %", mean["mape"], -np.inf, mape)
    yield f"within 10 %: {mean['within_10']:.1f} %; median error {mean['bias']:+.2f} %"
    yield line("coverage of 80 %", mean["coverage_80"], 78.5, 81.5)
    yield line("coverage of 90 %", mean["coverage_90"], 88.5, 91.5)
    yield line("median width of 90 %, %", mean["width_90"], -np.inf, width)
    rated = float(np.mean(np.concatenate([a.labels for a in answers]) > 0))
    yield line("rated, %", 100 * rated, 88, np.inf)
    yield from _coverages(answers)


def _coverages(answers: Sequence[Answers]) -> Iterator[str]:
    """Yield the coverage that is farthest off among makes, and among bands."""
    make = np.concatenate([a.cars.make for a in answers])
    price = np.exp(np.concatenate([a.log_value for a in answers]))
    age = np.concatenate([a.cars.age_years for a in answers])
    groups = {
        "make": (make, 3),
        "band of expected price": (np.digitize(price, _PRICE_BANDS), 4),
        "band of age": (np.digitize(age, _AGE_BANDS), 4),
    }
    error = np.concatenate([a.cars.log_price - a.log_value for a in answers])
    ends = np.concatenate([a.ends for a in answers])
    for name, (group, most) in groups.items():
        for share, low, high in ((80, 1, 2), (90, 0, 3)):
            inside = (error >= ends[:, low]) & (error <= ends[:, high])
            off = [
                100 * float(inside[group == one].mean()) - share
                for one in np.unique(group)
                if (group == one).sum() >= _MANY
            ]
            if off:
                worst = max(off, key=abs)
                yield line(f"coverage of {share} % by {name}, farthest off", worst, -most, most)


def _of_one_fit(
    fitted: FittedMarket, seen: CarTable, asked: CarTable, seconds: float
) -> Iterator[str]:
    """Yield what a fit is asked once: monotone, steady, quick."""
    per_100_000 = seconds * 100_000 / len(seen)
    yield line("refit of 100,000 cars, seconds of processor", per_100_000, -np.inf, 60)
    yield line("monotone violations in 20,000 cars", _violations(fitted.model, asked), -np.inf, 0)
    yield line("label flips for one mile, %", _flips_for_a_mile(fitted, asked), -np.inf, 0.1)
    flips, moved = _after_a_refit(fitted, seen, asked)
    yield line("label flips after a refit with 2 % turnover, %", flips, -np.inf, 1)
    yield line("own price +10 %: own value after a refit, % at most", moved, -np.inf, 0.1)
    yield line("own price +10 %: own value until then, pounds", _until_then(fitted, seen), 0, 0)


def _violations(model: MarketModel, cars: CarTable) -> int:
    cars = cars.rows(slice(0, 20_000))
    before = model.predict(cars, fast_score)
    steps = [("mileage", 1), ("mileage", 100), ("mileage", 10_000), ("age_years", 1)]
    moved = [changed(cars, name, getattr(cars, name) + step) for name, step in steps]
    return sum(int((model.predict(each, fast_score) > before).sum()) for each in moved)


def _labels(fitted: FittedMarket, cars: CarTable, previous: np.ndarray | None) -> np.ndarray:
    values = fitted.model.values(cars, fitted.market, fast_score)
    return current_rule().rate(values.to_rate(cars, previous))[0]


def _flips_for_a_mile(fitted: FittedMarket, cars: CarTable) -> float:
    before = _labels(fitted, cars, None)
    after = _labels(fitted, changed(cars, "mileage", cars.mileage + 1), before)
    return 100 * float((before != after).mean())


def _after_a_refit(fitted: FittedMarket, seen: CarTable, fresh: CarTable) -> tuple[float, float]:
    """Refit with one car in fifty gone, as many new, and a car of each model dearer by a tenth.

    Returns the share of labels that flip, and by how much the dearer cars' values move against a
    refit in which they are not dearer.
    """
    gone = scattered(seen.identity + np.uint64(11)) % np.uint64(50) == 0
    stays = np.flatnonzero(~gone)
    new = fresh.rows(slice(0, int(gone.sum())))
    same = joined(seen.rows(stays), new)
    at = _one_of_each_model(seen.rows(stays))
    price = np.array(same.price)
    price[at] *= 1.1
    plain, moved = fit(same), fit(changed(same, "price", price))
    kept = seen.rows(stays)
    before = _labels(fitted, kept, None)
    after = _labels(plain, kept, before)
    values = [
        each.model.values(same.rows(at), each.market, fast_score).value for each in (plain, moved)
    ]
    has = (values[0] > 0) & (values[1] > 0)
    apart = np.abs(values[1][has] / values[0][has] - 1)
    return 100 * float((before != after).mean()), 100 * float(apart.max(initial=0))


def _one_of_each_model(cars: CarTable) -> np.ndarray:
    """Return a row of each model, all of one fold: what is done to one reaches no other's value."""
    of_fold = np.flatnonzero(folds_of(cars.identity) == 0)
    return of_fold[np.unique(cars.model[of_fold], return_index=True)[1]]


def _until_then(fitted: FittedMarket, seen: CarTable) -> float:
    at = _one_of_each_model(seen)
    cars = seen.rows(at)
    before = fitted.model.values(cars, fitted.market, fast_score).value
    price = np.array(seen.price)
    price[at] *= 1.1
    market = fitted.model.market(changed(seen, "price", price), fast_score)
    return float(np.abs(fitted.model.values(cars, market, fast_score).value - before).max())


def changed(cars: CarTable, name: str, column: np.ndarray) -> CarTable:
    kept = {each: getattr(cars, each) for each in cars.__dataclass_fields__}
    return CarTable(**(kept | {name: column.astype(kept[name].dtype)}))


def joined(one: CarTable, other: CarTable) -> CarTable:
    return CarTable(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in one.__dataclass_fields__
        }
    )
