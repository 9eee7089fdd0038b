"""What was fitted, as it is stored: it values cars without the library that fitted it."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from listings.choices import NoRating
from listings.pricing.value.car_values import CarValues
from listings.pricing.value.cars import CarTable, scattered
from listings.pricing.value.comparables import Comparables, Sums
from listings.pricing.value.features import Vocabularies
from listings.pricing.value.intervals import Intervals
from listings.pricing.value.rule import REASON_CODES, current_rule
from listings.pricing.value.trees import Matrix, Trees

Floats = npt.NDArray[np.float64]
Score = Callable[[Trees, Matrix], Floats]

FORMAT = 2
FOLDS = 5
UNSEEN = -1
COMPARABLES_MIN = 3
DEALERS_MIN = 5
DEALER_SHARE_MAX = 0.5
CLOSE_SHARE_MAX = 0.8
WRONG = 0.7
"""A logarithm further than this from what is expected is a wrong price, not a bargain."""


class Said(NamedTuple):
    """What the trees expect, what comparables add up to, and the value: logarithms at the base."""

    expected: Floats
    sums: Sums
    log_value: Floats
    sigma: Floats
    ends: Floats


@dataclass(frozen=True)
class MarketModel:
    """A fitted model of the market; `folds` and `spreads` are one set of trees a fold.

    A car is *seen* where its identity was among those that the model was fitted on: its identity
    names its fold, and only the trees of that fold, which did not see it, value it. Any other car
    is valued by the mean of all. `rejected` are the dealers, each with a model, whose cars of that
    model are no evidence, as `by_folds` writes them: each fold judges without its own cars.
    `shrinkage` and `centre`, which is added to the logarithm of a value, are one number a fold.
    `median_cars` are the features of the car in the middle of each model.
    `measured` are the errors made out of fold, by name.
    """

    vocabularies: Vocabularies
    folds: tuple[Trees, ...]
    spreads: tuple[Trees, ...]
    intervals: Intervals
    seen: npt.NDArray[np.uint32]
    rejected: npt.NDArray[np.uint64]
    wide_models: npt.NDArray[np.int64]
    shrinkage: Floats
    centre: Floats
    median_cars: Floats
    measured: Mapping[str, float]

    def to_bytes(self) -> bytes:
        arrays: dict[str, npt.NDArray] = {
            "seen": self.seen,
            "rejected": self.rejected,
            "wide_models": self.wide_models,
            "median_cars": self.median_cars,
            "shrinkage": self.shrinkage,
            "centre": self.centre,
            **{f"known_{name}": codes for name, codes in self.vocabularies.known.items()},
            **self.intervals.arrays(),
        }
        for fold in range(FOLDS):
            arrays |= self.folds[fold].arrays(f"fold_{fold}_")
            arrays |= self.spreads[fold].arrays(f"spread_{fold}_")
        facts = {
            "format": FORMAT,
            "measured": dict(self.measured),
            "known": list(self.vocabularies.known),
        }
        arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Read what `to_bytes` wrote, or wrote before. Raises `ValueError` for another format."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(arrays["facts"].tobytes())
        if facts["format"] == 1:
            arrays |= {name: np.full(FOLDS, facts[name]) for name in ("shrinkage", "centre")}
            arrays["rejected"] = by_folds([arrays["rejected"]] * FOLDS)
        elif facts["format"] != FORMAT:
            raise ValueError(f"A market model of format {facts['format']}, not {FORMAT}")
        return cls(
            vocabularies=Vocabularies({name: arrays[f"known_{name}"] for name in facts["known"]}),
            folds=tuple(Trees.from_arrays(arrays, f"fold_{fold}_") for fold in range(FOLDS)),
            spreads=tuple(Trees.from_arrays(arrays, f"spread_{fold}_") for fold in range(FOLDS)),
            intervals=Intervals.from_arrays(arrays),
            seen=arrays["seen"],
            rejected=arrays["rejected"],
            wide_models=arrays["wide_models"],
            shrinkage=arrays["shrinkage"],
            centre=arrays["centre"],
            median_cars=arrays["median_cars"],
            measured=facts["measured"],
        )

    def fold_of(self, cars: CarTable) -> npt.NDArray[np.int64]:
        """Return the fold that did not see each car, `UNSEEN` where none saw it."""
        short = shortened(cars.identity)
        at = np.minimum(np.searchsorted(self.seen, short), max(0, len(self.seen) - 1))
        is_seen = self.seen[at] == short if len(self.seen) else np.zeros(len(cars), bool)
        return np.where(is_seen, folds_of(cars.identity), UNSEEN)

    def predict(self, cars: CarTable, score: Score = Trees.score) -> Floats:
        """Return the logarithm of the price that the trees alone expect, at the model's base."""
        return by_fold(self.folds, self.vocabularies.matrix(cars), self.fold_of(cars), score)

    def market(self, cars: CarTable, score: Score = Trees.score) -> Comparables:
        """Return what cars for sale are compared with: residuals of what is no wrong price."""
        residual = cars.log_price - self.predict(cars, score)
        return Comparables.of(cars, self.evidence(cars, residual), self.fold_of(cars))

    def evidence(self, cars: CarTable, residual: Floats) -> Floats:
        """Return the residuals, NaN where the price is wrong or its dealer is not believed."""
        known = of_fold(pairs(cars), self.fold_of(cars))
        believed = ~np.isin(known, self.rejected) & ~cars.is_written_off
        return np.where(believed & (np.abs(residual) <= WRONG), residual, np.nan)

    def values(self, cars: CarTable, market: Comparables, score: Score = Trees.score) -> CarValues:
        """Return the value of each car, in the order of the table."""
        return self.values_of(self.say(cars, market, score), cars, market)

    def values_of(self, said: Said, cars: CarTable, market: Comparables) -> CarValues:
        """Return the values in whole pounds of what was said of the cars."""
        no_value = self._no_value(cars, market, said.sums)
        pounds = np.exp(said.log_value + cars.index)[:, None] * np.exp(
            np.column_stack([np.zeros(len(cars)), said.ends])
        )
        pounds = np.where(no_value[:, None] > 0, 0, np.rint(pounds)).astype(np.int64)
        value, low_90, low_80, high_80, high_90 = pounds.T
        return CarValues(
            key=cars.key.astype(np.int64),
            value=value,
            low_80=low_80,
            high_80=high_80,
            low_90=low_90,
            high_90=high_90,
            comparables=said.sums.close.astype(np.int64),
            sigma=said.sigma,
            k=current_rule().k(said.sigma, self.intervals.median_sigma),
            residual=cars.log_price - said.expected,
            is_derivative_unknown=self._is_derivative_unknown(cars),
            no_value=no_value,
        )

    def say(self, cars: CarTable, market: Comparables, score: Score = Trees.score) -> Said:
        """Return what the model makes of each car, even where that is not enough for a value."""
        matrix, fold = self.vocabularies.matrix(cars), self.fold_of(cars)
        expected = by_fold(self.folds, matrix, fold, score)
        sums = market.sums(cars, fold)
        correction = sums.correction(of_folds(self.shrinkage, fold))
        log_value = expected + correction + of_folds(self.centre, fold)
        features = spread_features(matrix, log_value, sums)
        sigma = np.exp(by_fold(self.spreads, features, fold, score))
        ends = self.intervals.ends(sigma, log_value, cars.age_years)
        return Said(expected, sums, log_value, sigma, ends)

    def _no_value(self, cars: CarTable, market: Comparables, sums: Sums) -> npt.NDArray[np.int8]:
        dealers, share = market.dealers_of(cars.model)
        is_one_sided = (dealers < DEALERS_MIN) | (share > DEALER_SHARE_MAX)
        reasons = {
            NoRating.MISSING_DETAILS: ~np.isfinite(cars.age_years) | ~np.isfinite(cars.mileage),
            NoRating.UNKNOWN_MODEL: self.vocabularies.places("model", cars.model) < 0,
            NoRating.FEW_COMPARABLES: sums.close < COMPARABLES_MIN,
            NoRating.FEW_DEALERS: is_one_sided | (sums.dealer_share > CLOSE_SHARE_MAX),
        }
        codes = [np.int8(REASON_CODES[reason]) for reason in reasons]
        return np.select(list(reasons.values()), codes, default=np.int8(0)).astype(np.int8)

    def _is_derivative_unknown(self, cars: CarTable) -> npt.NDArray[np.bool_]:
        is_known = (self.vocabularies.places("derivative", cars.derivative) >= 0) | (
            self.vocabularies.places("trim", cars.trim) >= 0
        )
        return ~is_known & np.isin(cars.model, self.wide_models)


def by_fold(
    folds: tuple[Trees, ...], matrix: Matrix, fold: npt.NDArray[np.int64], score: Score
) -> Floats:
    """Return what each car's own fold says, of an unseen car the mean of all."""
    result = np.zeros(len(matrix))
    for number, trees in enumerate(folds):
        chosen = np.flatnonzero((fold == number) | (fold == UNSEEN))
        if chosen.size:
            share = np.where(fold[chosen] == UNSEEN, 1 / len(folds), 1)
            result[chosen] += share * score(trees, matrix[chosen])
    return result


def of_folds(numbers: Floats, fold: npt.NDArray[np.int64]) -> Floats:
    """Return the number of each car's fold, of an unseen car the mean of all."""
    of_each: Floats = np.append(numbers, numbers.mean())[fold]  # `UNSEEN` is the last
    return of_each


def folds_of(identity: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (scattered(identity ^ np.uint64(0x5EED)) % np.uint64(FOLDS)).astype(np.int64)


def shortened(identity: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    """Return half of each digest: one unseen car in thousands is then taken for a seen one."""
    return (identity >> np.uint64(32)).astype(np.uint32)


def pairs(cars: CarTable) -> npt.NDArray[np.uint64]:
    """Return a number for each dealer with a model."""
    return scattered(scattered(cars.dealer) + cars.model.astype(np.uint64))


def of_fold(pair: npt.NDArray[np.uint64], fold: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return the number of each pair as the fold of its car knows it."""
    return scattered(pair + fold.astype(np.uint64))


def by_folds(rejected: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """Return the pairs that each fold rejects in one row; for unseen cars, those that most do."""
    pair, votes = np.unique(np.concatenate(rejected), return_counts=True)
    everyone = [*rejected, pair[votes > FOLDS // 2]]
    folds = [*range(FOLDS), UNSEEN]
    marked = [of_fold(r, np.full(len(r), at)) for r, at in zip(everyone, folds, strict=True)]
    return np.sort(np.concatenate(marked))


def spread_features(matrix: Matrix, log_value: Floats, sums: Sums) -> Matrix:
    return np.column_stack([matrix, log_value, np.log1p(sums.nearness)])
