"""Labelled sets: which there are, and whether rules were mended by them.

A folder of sets has files called after their kind, `phrases.jsonl` or `phrases-forum.jsonl`, with a
case on each line. Its `sets.toml`, where it has one, says of each file since when it is a
regression set: texts by which a rule was mended prove nothing about others. A file that it does not
name is blind.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]

FOLDER = Path(__file__).parent / "sets"
KINDS = (
    "derivatives",
    "phrases",
    "names",
    "pages",
    "feed_cells",
    "feed_status",
    "feed_headers",
    "feed_files",
)
_FILES = "expected.json"


@dataclass(frozen=True)
class LabelledSet:
    """Cases of one kind; `regression_since` is None while the set is blind."""

    kind: str
    path: Path
    cases: tuple[Case, ...]
    regression_since: date | None = None

    @property
    def is_blind(self) -> bool:
        return self.regression_since is None

    @property
    def title(self) -> str:
        since = "blind" if self.is_blind else f"a regression set since {self.regression_since}"
        return f"{self.kind}: {self.path.name}, {len(self.cases):,} cases, {since}"


def sets_of(folder: Path) -> Iterator[LabelledSet]:
    """Yield the sets of a folder, in the order of the kinds."""
    told = _told(folder)
    for kind in KINDS:
        for path in sorted((*folder.glob(f"{kind}.jsonl"), *folder.glob(f"{kind}-*.jsonl"))):
            lines = path.read_text(encoding="utf-8").splitlines()
            cases = tuple(json.loads(line) for line in lines if line.strip())
            yield _labelled(kind, path, cases, told)
    for expected in sorted(folder.glob(f"feed_files*/{_FILES}")):
        files = json.loads(expected.read_text(encoding="utf-8"))["files"]
        cases = tuple(
            {"path": expected.with_name(name), "cars": cars} for name, cars in files.items()
        )
        yield _labelled("feed_files", expected.parent, cases, told)


def _told(folder: Path) -> Mapping[str, Any]:
    path = folder / "sets.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _labelled(
    kind: str, path: Path, cases: tuple[Case, ...], told: Mapping[str, Any]
) -> LabelledSet:
    about = told.get(path.name, {})
    return LabelledSet(kind, path, cases, about.get("regression_since"))
