"""From a feed's own columns to our fields: suggested once, confirmed by a person, kept as JSON."""

from dealers.feeds.columns.drift import Drift, find_drift, followed, proposed
from dealers.feeds.columns.mapping import (
    ColumnMapper,
    ColumnMapping,
    ColumnSource,
    InvalidMapping,
    unstated,
)
from dealers.feeds.columns.suggestions import ColumnSuggestion, suggest

__all__ = [
    "ColumnMapper",
    "ColumnMapping",
    "ColumnSource",
    "ColumnSuggestion",
    "Drift",
    "InvalidMapping",
    "find_drift",
    "followed",
    "proposed",
    "suggest",
    "unstated",
]
