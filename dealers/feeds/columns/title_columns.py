"""Columns that say make and model once more, and go on: titles, whatever they are called."""

import unicodedata
from collections.abc import Mapping, Sequence

from dealers.feeds.cells.cell import CELL_MAX
from dealers.feeds.columns.cell_evidence import SAMPLES_MIN, SHARE_MIN, Samples
from dealers.feeds.columns.mapping import ColumnSource

_NamedRow = tuple[Mapping[str, str], tuple[str, ...]]


def variant_column(
    fields: Mapping[str, ColumnSource], models: Sequence[str], rest: Sequence[str], samples: Samples
) -> tuple[str, str] | None:
    """Return the field and header of what says the derivative where no header is called so.

    That is a title by its cells, among the `rest` or in place of a description; or else the second
    of the columns that are called a model: "Model Description" beside "Model".
    """
    if "model" not in fields or {"derivative", "title"} & fields.keys():
        return None
    named = [(row, _names(row, fields)) for row in samples]
    second = [header for header in models if header not in fields["model"].headers][:1]
    for header in second:
        return ("title" if _is_title(header, named, least=1) else "derivative"), header
    described = fields["description"].headers if "description" in fields else ()
    titles = (each for each in (*rest, *described) if _is_title(each, named, least=SAMPLES_MIN))
    return next((("title", header) for header in titles), None)


def _names(row: Mapping[str, str], fields: Mapping[str, ColumnSource]) -> tuple[str, ...]:
    """Return how a title of the row begins: with its make and model, or its model alone."""
    make, model = (
        _letters(next((row[header] for header in headers if row.get(header, "").strip()), ""))
        for headers in (fields["make"].headers if "make" in fields else (), fields["model"].headers)
    )
    return (make + model, model) if model else ()


def _is_title(header: str, named: Sequence[_NamedRow], *, least: int) -> bool:
    """Whether nearly all cells of a column begin with the names of their row, and go on."""
    told = [
        (text, names) for row, names in named if names and (text := _letters(row.get(header, "")))
    ]
    begun = sum(text.startswith(names) and text not in names for text, names in told)
    return len(told) >= least and begun >= len(told) * SHARE_MIN


def _letters(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text[:CELL_MAX]).casefold()
    return "".join(filter(str.isalnum, parted))
