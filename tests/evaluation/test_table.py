"""`make evaluate` reads sets of JSON Lines and says which are blind."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evaluation import speed
from evaluation.labelled_sets import sets_of
from evaluation.regression import regression_sets
from evaluation.table import show
from tests.listings.language.query.names import vocabulary

FIESTA = {"make": ["ford"], "model": ["fiesta"]}
SETS: Mapping[str, Mapping[str, Any]] = {
    "derivatives.jsonl": {
        "id": "D1",
        "text": "1.0 Zetec 5dr",
        "make": "Ford",
        "model": "Fiesta",
        "expect": {"doors": 5},
    },
    "phrases-forum.jsonl": {"id": "P1", "text": "diesel fiesta", "expect": FIESTA},
    "names.jsonl": {
        "id": "N1",
        "typed": "fiest",
        "expect_first": "Ford Fiesta",
        "any_of_first_five": ["Ford Fiesta"],
    },
    "pages.jsonl": {"id": "G1", "title": "How to bake bread", "text": "", "expect": None},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, case in SETS.items():
        (tmp_path / name).write_text(f"{json.dumps(case)}\n")
    told = '["phrases-forum.jsonl"]\nregression_since = 2026-02-03\n'
    (tmp_path / "sets.toml").write_text(told)
    return tmp_path


def table(sets: Path | None, **options: Any) -> argparse.Namespace:
    defaults = {"sets": sets, "only": None, "faults": False, "speed": False}
    return argparse.Namespace(**{**defaults, **options})


def test_a_set_is_blind_until_its_folder_says_otherwise(folder: Path) -> None:
    assert [each.title for each in sets_of(folder)] == [
        "derivatives: derivatives.jsonl, 1 cases, blind",
        "phrases: phrases-forum.jsonl, 1 cases, a regression set since 2026-02-03",
        "names: names.jsonl, 1 cases, blind",
        "pages: pages.jsonl, 1 cases, blind",
    ]


def test_each_folder_of_files_is_a_set(folder: Path) -> None:
    for name in ("feed_files", "feed_files-second"):
        (folder / name).mkdir()
        (folder / name / "expected.json").write_text('{"files": {"stock.csv": []}}')
    titles = [each.title for each in sets_of(folder)]
    assert titles[-2:] == [
        "feed_files: feed_files, 1 cases, blind",
        "feed_files: feed_files-second, 1 cases, blind",
    ]


@pytest.mark.django_db
def test_the_table_has_each_set_with_its_shares(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "FEED_ROWS", 10)
    show(table(folder, faults=True), adverts_each=1)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "phrases: phrases-forum.jsonl, 1 cases, a regression set since 2026-02-03" in lines
    assert "doors 1 of 1 100.00 % (20.65 to 100.00) pass (at least 99.97 %)" in lines
    assert "exact 0 of 1 0.00 % (0.00 to 79.35) MISS (at least 92 %)" in lines
    assert "first 1 of 1 100.00 % (20.65 to 100.00) pass (at least 97 %)" in lines
    assert "silent on a trap 1 of 1 100.00 % (20.65 to 100.00)" in lines
    assert any(line.startswith("exact: P1 diesel fiesta:") for line in lines)
    assert any(line.startswith("10 rows of a feed") for line in lines)


@pytest.mark.django_db
def test_the_faults_of_a_blind_set_are_not_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "sets.toml").unlink()
    show(table(folder, faults=True, only="phrases"), adverts_each=1)
    told = capsys.readouterr().out
    assert "phrases-forum.jsonl, 1 cases, blind" in told
    assert "P1" not in told


def test_the_sets_of_the_tests_are_read_where_they_stand() -> None:
    sets = list(regression_sets())
    assert {each.kind for each in sets} == {
        "derivatives",
        "phrases",
        "names",
        "pages",
        "feed_cells",
    }
    assert all(each.cases and not each.is_blind for each in sets)
    assert sum(len(each.cases) for each in sets) > 1_500


def test_a_measure_says_what_it_took() -> None:
    line = next(speed.lines(["diesel golf"] * 20, vocabulary()))
    assert " ".join(line.split()).startswith("a phrase, p50 of 20")
