"""Whether a file's header is one that the mapping was confirmed for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from django.db import transaction

from dealers.feeds.engine import runs
from dealers.feeds.engine.recipe import Recipe
from dealers.feeds.engine.said import KEY_FIELDS
from dealers.feeds.mapping import Drift, Mapping, drift, followed, proposed, suggest
from dealers.feeds.readers import FeedFormat, Preview, SourceRow, preview
from dealers.feeds.values.texts import read_stock_ref
from dealers.models import FeedCar, FeedRun, StockFeed

NEEDED = ("make", "model", "mileage", "price")
"""Without one of these, where the mapping has it, nobody should trust the rest of a whole stock."""


def fitting_recipe(run: FeedRun, recipe: Recipe, stream: BinaryIO) -> Recipe | None:
    """Return how to read a file with this header, or hold the run and return None.

    Held is a run whose columns nobody has confirmed, or that lacks those that matter. A column
    under a new name is followed, and every difference is noted. Raises `UnreadableFeed` and
    `Superseded`.
    """
    format_ = FeedFormat(recipe.format) if recipe.format else None
    seen = preview(stream, format=format_)
    if not seen.headers:
        return recipe
    samples = [row.cells for row in seen.rows]
    if recipe.mapping is None:
        _suggest(run, suggest(seen.headers, samples).mapping())
        _hold(run, "mapping", "Nobody has confirmed yet what the file's columns mean.")
        return None
    mapping = Mapping.from_json(dict(recipe.mapping))
    found = drift(mapping, seen.headers)
    if "stock_ref" in found.moved and _are_other_ids(run, found, seen.rows):
        found = found.without("stock_ref")
    lost = _lost(mapping, found, recipe, seen)
    if lost or found.moved:
        told = found if lost else found._replace(lost=())
        _suggest(run, proposed(mapping, told, seen.headers, samples))
    if found:
        recipe = _followed(run, recipe, mapping, found)
    if lost:
        _hold(run, "header", f"The file has no column any more for: {', '.join(lost)}.")
        return None
    return recipe


def _followed(run: FeedRun, recipe: Recipe, mapping: Mapping, found: Drift) -> Recipe:
    """Note a drift once, however often a worker dies, and read the rest of the file by it."""
    recipe = replace(recipe, mapping=followed(mapping, found).to_json())
    notes = [note for note in _findings(found) if note not in run.findings]
    runs.write(run, findings=[*run.findings, *notes], recipe=recipe.to_json())
    return recipe


def _lost(mapping: Mapping, found: Drift, recipe: Recipe, seen: Preview) -> list[str]:
    """Return the fields without which the file is left to a person."""
    identities = [name for name in KEY_FIELDS if name in mapping.fields]
    lost = identities if set(identities) <= set(found.lost) else []
    if recipe.is_full:
        lost = [*lost, *(name for name in NEEDED if name in found.lost)]
    if seen.format != FeedFormat.CSV:  # where a member without a value may be left out
        lost = [name for name in lost if name != "price"]
    return [name for name in lost if name not in mapping.constants]


def _are_other_ids(run: FeedRun, found: Drift, rows: Sequence[SourceRow]) -> bool:
    """Whether a column in place of the ids holds others: they could be another car's by chance."""
    header = found.moved["stock_ref"].headers[0]
    refs = {read_stock_ref(row.cells.get(header, "")).value for row in rows}
    cars = FeedCar.objects.filter(feed=run.feed_id)
    known = cars.filter(key__in=[f"id:{ref}" for ref in refs]).count()
    return known * 2 < len(refs) and cars.exists()


def _suggest(run: FeedRun, mapping: Mapping) -> None:
    StockFeed.objects.filter(pk=run.feed_id).update(suggested_mapping=mapping.to_json())


@transaction.atomic
def _hold(run: FeedRun, code: str, reason: str) -> None:
    runs.hold(runs.locked(run.pk, runs.State.READING, "", 0), code, reason)


def _findings(found: Drift) -> list[dict[str, object]]:
    moved = [f"{name} is read from “{found.moved[name].headers[0]}”" for name in found.moved]
    named = (
        ("columns_missing", "Columns that were mapped are gone", found.missing),
        ("columns_moved", "Columns have new names", moved),
        ("columns_new", "Columns are new, and kept with the rows", _kept(found)),
    )
    return [
        {"code": code, "message": f"{words}: {', '.join(map(str, names))}."[:500]}
        for code, words, names in named
        if names
    ]


def _kept(found: Drift) -> list[str]:
    used = {header for source in found.moved.values() for header in source.headers}
    return [header for header in found.new if header not in used]
