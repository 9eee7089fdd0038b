"""Whether a file's header is one that the mapping was confirmed for."""

from typing import BinaryIO

from django.db import transaction

from dealers.feeds.engine import runs
from dealers.feeds.engine.recipe import Recipe
from dealers.feeds.mapping import Drift, Mapping, drift, suggest
from dealers.feeds.readers import FeedFormat, preview
from dealers.models import FeedRun, StockFeed

KEY_COLUMNS = ("stock_ref", "vrm", "vin", "make", "model", "year", "price", "mileage")
"""Without one of these, where the mapping has it, nobody should trust the rest of the file."""


def unfit_header(run: FeedRun, recipe: Recipe, stream: BinaryIO) -> bool:
    """Hold a run whose columns nobody has confirmed, or that lacks one that matters.

    Other differences are noted. Raises `UnreadableFeed` and `Superseded`.
    """
    format_ = FeedFormat(recipe.format) if recipe.format else None
    seen = preview(stream, format=format_)
    if not seen.headers:
        return False
    if recipe.mapping is None:
        suggested = suggest(seen.headers, [row.cells for row in seen.rows]).mapping().to_json()
        StockFeed.objects.filter(pk=run.feed_id).update(suggested_mapping=suggested)
        _hold(run, "mapping", "Nobody has confirmed yet what the file's columns mean.")
        return True
    found = drift(Mapping.from_json(dict(recipe.mapping)), seen.headers)
    if found:
        run.findings = [*run.findings, *_findings(found)]
        runs.write(run, findings=run.findings)
    lost = [name for name in KEY_COLUMNS if name in found.missing]
    if lost:
        suggested = suggest(seen.headers, [row.cells for row in seen.rows]).mapping().to_json()
        StockFeed.objects.filter(pk=run.feed_id).update(suggested_mapping=suggested)
        _hold(run, "header", f"The file has no column any more for: {', '.join(lost)}.")
    return bool(lost)


@transaction.atomic
def _hold(run: FeedRun, code: str, reason: str) -> None:
    runs.hold(runs.locked(run.pk, runs.State.READING, "", 0), code, reason)


def _findings(found: Drift) -> list[dict[str, object]]:
    named = (
        ("columns_missing", "Columns that were mapped are gone", found.missing),
        ("columns_new", "Columns are new, and kept with the rows", found.new),
    )
    return [
        {"code": code, "message": f"{words}: {', '.join(map(str, names))}."[:500]}
        for code, words, names in named
        if names
    ]
