"""Trees walked as arrays answer as the library that fitted them."""

import lightgbm
import numpy as np
import pytest

from listings.pricing.value.booster_text import text_of, trees_of
from listings.pricing.value.trees import Trees

CATEGORIES = [3, 4]


def hostile_rows(count: int, seed: int) -> np.ndarray:
    """Return rows with missing numbers, categories never seen, and numbers beyond all bounds."""
    chance = np.random.default_rng(seed)
    rows = np.column_stack(
        [
            chance.normal(0, 1, count),
            chance.integers(-3, 4, count),
            chance.exponential(1e4, count),
            chance.integers(0, 90, count),
            chance.integers(0, 5, count),
        ]
    ).astype(np.float64)
    rows[chance.random(rows.shape) < 0.08] = np.nan
    rows[chance.random(count) < 0.02, 3] = 5_000
    rows[chance.random(count) < 0.02, 4] = -1
    rows[chance.random(count) < 0.02, 0] = np.inf
    rows[chance.random(count) < 0.02, 2] = -np.inf
    return rows


def boosters() -> list[lightgbm.Booster]:
    made = []
    for has_missing in (True, False):
        rows = hostile_rows(6_000, 1)
        rows = np.where(np.isfinite(rows), rows, np.nan if has_missing else 0)
        rows[:, CATEGORIES] = np.where(rows[:, CATEGORIES] < 0, 0, rows[:, CATEGORIES])
        effect = np.random.default_rng(3).normal(0, 1, 5_001)
        known = np.nan_to_num(rows)
        target = np.sin(known[:, 0]) - known[:, 2] / 2e4 + effect[known[:, 3].astype(int)]
        cars = lightgbm.Dataset(rows, target, categorical_feature=CATEGORIES)
        parameters = {"objective": "huber", "num_leaves": 63, "verbose": -1, "num_threads": 1}
        made.append(lightgbm.train(parameters, cars, 40))
    return made


@pytest.mark.parametrize("booster", boosters(), ids=["missing", "complete"])
def test_trees_answer_as_the_library_does(booster: lightgbm.Booster) -> None:
    trees = trees_of(booster.model_to_string())
    rows = hostile_rows(5_000, 2)
    expected = booster.predict(rows, num_threads=1)
    assert np.abs(trees.score(rows) - expected).max() < 1e-12
    assert (
        np.abs(np.array([trees.score(row[None])[0] for row in rows[:50]]) - expected[:50]).max()
        < 1e-12
    )


@pytest.mark.parametrize("booster", boosters(), ids=["missing", "complete"])
def test_trees_become_the_library_s_model_again(booster: lightgbm.Booster) -> None:
    text = text_of(trees_of(booster.model_to_string()), list("abcde"))
    rows = hostile_rows(5_000, 4)
    again = np.asarray(lightgbm.Booster(model_str=text).predict(rows, num_threads=1))
    assert again.tolist() == np.asarray(booster.predict(rows, num_threads=1)).tolist()


def test_trees_of_one_leaf_are_walked_and_written() -> None:
    cars = lightgbm.Dataset(np.zeros((30, 2)), np.full(30, 7.5))
    booster = lightgbm.train({"verbose": -1, "num_threads": 1}, cars, 3)
    trees = trees_of(booster.model_to_string())
    assert trees.score(np.array([[1.0, np.nan]])).tolist() == pytest.approx([7.5])
    again = lightgbm.Booster(model_str=text_of(trees, ["a", "b"]))
    assert np.asarray(again.predict(np.zeros((1, 2)))).tolist() == pytest.approx([7.5])


def test_joined_trees_add_up() -> None:
    one, other = (trees_of(each.model_to_string()) for each in boosters())
    rows = hostile_rows(300, 5)
    both = Trees.joined((one, other)).score(rows)
    assert np.abs(both - one.score(rows) - other.score(rows)).max() < 1e-12
    assert one.score(rows[:0]).tolist() == []
