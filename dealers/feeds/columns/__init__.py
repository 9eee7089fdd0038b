"""From a feed's own columns to our fields: suggested once, confirmed by a person, kept as JSON."""

from dealers.feeds.columns.drift import Drift, drift, followed, proposed
from dealers.feeds.columns.mapper import ColumnMapper, Mapped
from dealers.feeds.columns.mapping import ColumnMapping, ColumnSource, InvalidMapping
from dealers.feeds.columns.suggestions import ColumnSuggestion, Preset, suggest

__all__ = [
    "ColumnMapper",
    "ColumnMapping",
    "ColumnSource",
    "ColumnSuggestion",
    "Drift",
    "InvalidMapping",
    "Mapped",
    "Preset",
    "drift",
    "followed",
    "proposed",
    "suggest",
]
