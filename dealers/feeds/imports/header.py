"""Whether a file's header is one that the mapping was confirmed for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from django.db import transaction

from dealers.feeds.cells import KEY_FIELDS
from dealers.feeds.cells.texts import read_stock_ref
from dealers.feeds.columns import (
    ColumnMapping,
    Drift,
    find_drift,
    followed,
    proposed,
    suggest,
    unstated,
)
from dealers.feeds.columns.mapping import JOINED
from dealers.feeds.files import (
    FeedFormat,
    Preview,
    SourceRow,
    UnreadableFeed,
    header_key,
    preview,
)
from dealers.feeds.files.limits import COLUMNS_MAX
from dealers.feeds.files.rows import storable, storable_json
from dealers.feeds.imports import runs
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.parser import Asker
from dealers.feeds.imports.stage import answer, garbage_refused
from dealers.feeds.sandbox import Sandbox, SandboxBounds
from dealers.models import FeedCar, FeedPreview, FeedRun, StockFeed

NEEDED = ("make", "model", "mileage", "price")
"""Without one of these, where the mapping has it, nobody should trust the rest of a whole stock."""

EXAMPLES = 3
EXAMPLE_CHARACTERS_MAX = 60


def fitting_config(
    run: FeedRun, config: ImportConfig, stream: BinaryIO, bounds: SandboxBounds
) -> ImportConfig | None:
    """Return how to read a file with this header, or hold the run and return None.

    Held is a run whose columns nobody has confirmed, or that lacks those that matter. A column
    under a new name is followed, and every difference is noted. What a person will want to see of
    the file is kept. Raises `UnreadableFeed`, `SandboxFailure` and `Superseded`.
    """
    head = _head(run, config, stream, bounds)
    _keep_preview(run, head)
    if not head["columns"] and config.mapping is not None:
        return config
    if head["suggested"]:
        StockFeed.objects.filter(pk=run.feed_id).update(suggested_mapping=head["suggested"])
    mapping = config.mapping or head["suggested"]
    unsaid = _unsaid(config, mapping)
    nameless = [] if unsaid else _nameless(mapping)
    note(run, [*nameless, *_repeated(head["columns"], mapping)])
    if config.mapping is None:
        reason = unsaid or "Nobody has confirmed yet what the file's columns mean."
        _hold(run, "mapping", " ".join([reason, *(note["message"] for note in nameless)]))
        return None
    if head["followed"]:
        config = _followed(run, config, head)
    if head["lost"]:
        _hold(run, "header", f"The file has no column any more for: {', '.join(head['lost'])}.")
        return None
    return config


def _head(
    run: FeedRun, config: ImportConfig, stream: BinaryIO, bounds: SandboxBounds
) -> dict[str, Any]:
    """Have the beginning of a file looked at, and say which ids the feed knows when asked."""
    with Sandbox(
        lambda asker: _look(asker, stream, config), bounds, keep=[stream.fileno()]
    ) as sandbox:
        told = answer(sandbox)
        if "refs" in told:
            sandbox.send(_are_other_ids(run, told["refs"]))
            told = answer(sandbox)
        with garbage_refused():
            return {name: told[name] for name in ("columns", *_SILENT)}


def _followed(run: FeedRun, config: ImportConfig, head: Mapping[str, Any]) -> ImportConfig:
    """Note a drift once, however often a worker dies, and read the rest of the file by it."""
    config = replace(config, mapping=head["followed"])
    note(run, head["findings"])
    runs.write(run, recipe=config.to_json())
    return config


def note(run: FeedRun, findings: Sequence[Mapping[str, str]]) -> None:
    """Add what is odd about a file as a whole to its run, once."""
    new = [each for each in findings if each not in run.findings]
    if new:
        runs.write(run, findings=[*run.findings, *new])


def _repeated(columns: Iterable[Sequence[Any]], mapping: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a warning of columns that stand in the file twice and can be read but once."""
    once = {
        header_key(header)
        for name, source in mapping["fields"].items()
        for header in source["headers"]
        if name not in JOINED
    }
    named: dict[str, str] = {}
    twice: dict[str, None] = {}
    for header in [header for header, *_ in columns if "[" not in header]:
        first = named.setdefault(key := header_key(header), header)
        if first != header and key in once:
            twice[first] = None
    message = f"More than one column is called {', '.join(twice)}: the first one is read."
    return [{"code": "columns_repeated", "message": message[:500]}] if twice else []


def _unsaid(config: ImportConfig, mapping: Mapping[str, Any]) -> str:
    """Return the reason to hold a first file by whose columns no car can be advertised."""
    if config.mapping is not None or not config.is_full:
        return ""
    missing = unstated(ColumnMapping.from_json(dict(mapping)))
    if "make" in missing and "mileage" in missing:
        return "No column seems to say a car's make or mileage: is this a list of cars?"
    return (
        f"No column seems to say what every car must have: {', '.join(missing)}." if missing else ""
    )


def _nameless(mapping: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a warning where no column says which car a row is."""
    if set(KEY_FIELDS) & (mapping["fields"].keys() | mapping.get("constants", {}).keys()):
        return []
    message = (
        "No column says which car a row is (a reference, registration mark or VIN): whenever a row "
        "changes, its advert is withdrawn and another one made."
    )
    return [{"code": "no_identity_column", "message": message}]


def _are_other_ids(run: FeedRun, refs: Sequence[str]) -> bool:
    """Whether a column in place of the ids holds others: they could be another car's by chance."""
    cars = FeedCar.objects.filter(feed=run.feed_id)
    known = cars.filter(key__in=[f"id:{ref}" for ref in refs]).count()
    return known * 2 < len(refs) and cars.exists()


def _keep_preview(run: FeedRun, head: Mapping[str, Any]) -> None:
    kept = {"columns": head["columns"], "proposed": head["proposed"]}
    FeedPreview.objects.update_or_create(run=run, defaults=kept)


@transaction.atomic
def _hold(run: FeedRun, code: str, reason: str) -> None:
    runs.hold(runs.locked(run.pk, runs.State.READING, "", 0), code, reason)


def _look(asker: Asker, stream: BinaryIO, config: ImportConfig) -> None:
    """In a sandbox: send what the beginning of a file says, and what that means for the mapping."""
    try:
        seen = preview(stream, format=FeedFormat(config.format) if config.format else None)
        if not seen.headers and config.mapping is None:
            raise UnreadableFeed("empty_file", "The file has no rows.")
        head: dict[str, Any] = {"columns": _columns(seen), **dict.fromkeys(_SILENT)}
        if config.mapping is None:
            samples = [row.cells for row in seen.rows]
            head["suggested"] = suggest(seen.headers, samples).mapping().to_json()
        elif seen.headers:
            head |= _compared(asker, seen, config, ColumnMapping.from_json(dict(config.mapping)))
        asker.send(storable_json(head))
    except UnreadableFeed as error:
        asker.send({"unreadable": [error.reason, error.message, error.line]})


_SILENT = ("suggested", "proposed", "followed", "findings", "lost")


def _compared(
    asker: Asker, seen: Preview, config: ImportConfig, mapping: ColumnMapping
) -> dict[str, Any]:
    samples = [row.cells for row in seen.rows]
    found = find_drift(mapping, seen.headers, samples)
    if "stock_ref" in found.moved:
        asker.send({"refs": sorted(_refs(found.moved["stock_ref"].headers[0], seen.rows))})
        if asker.receive():
            found = found.without("stock_ref")
    if not found:
        return {}
    lost = _lost(mapping, found, config, seen)
    told = found if lost else found._replace(lost=())
    new = proposed(mapping, told, seen.headers, samples).to_json()
    return {
        "proposed": proposed(mapping, found, seen.headers, samples).to_json(),
        "suggested": new if lost or found.moved else None,
        "followed": followed(mapping, found).to_json(),
        "findings": _findings(found),
        "lost": lost,
    }


def _refs(header: str, rows: Iterable[SourceRow]) -> set[str]:
    return {storable(str(read_stock_ref(row.cells.get(header, "")).value)) for row in rows}


def _columns(seen: Preview) -> list[tuple[str, list[str]]]:
    """Return the columns in order, with what some of their first cells say."""
    found: dict[str, list[str]] = {header: [] for header in seen.headers[:COLUMNS_MAX]}
    for row in seen.rows:
        for header, text in row.cells.items():
            said, shown = found.get(header, []), text.strip()[:EXAMPLE_CHARACTERS_MAX]
            if shown and shown not in said and len(said) < EXAMPLES:
                said.append(shown)
    return list(found.items())


def _lost(mapping: ColumnMapping, found: Drift, config: ImportConfig, seen: Preview) -> list[str]:
    """Return the fields without which the file is left to a person."""
    identities = [name for name in KEY_FIELDS if name in mapping.fields]
    lost = identities if set(identities) <= set(found.lost) else []
    if config.is_full:
        lost = [*lost, *(name for name in NEEDED if name in found.lost)]
    if seen.format != FeedFormat.CSV:  # where a member without a value may be left out
        lost = [name for name in lost if name != "price"]
    return [name for name in lost if name not in mapping.constants]


def _findings(found: Drift) -> list[dict[str, object]]:
    moved = [f"{name} is read from “{found.moved[name].headers[0]}”" for name in found.moved]
    added = [f"{name} from “{'”, “'.join(source.headers)}”" for name, source in found.added.items()]
    named = (
        ("columns_missing", "Columns that were mapped are gone", found.missing),
        ("columns_moved", "Columns have new names", moved),
        ("columns_read", "New columns are read", added),
        ("columns_new", "Columns are new, and kept with the rows", _kept(found)),
    )
    return [
        {"code": code, "message": f"{words}: {', '.join(map(str, names))}."[:500]}
        for code, words, names in named
        if names
    ]


def _kept(found: Drift) -> list[str]:
    read = (*found.moved.values(), *found.added.values())
    used = {header for source in read for header in source.headers}
    return [header for header in found.new if header not in used]
