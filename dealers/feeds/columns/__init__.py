"""From a feed's own columns to our fields: suggested once, confirmed by a person, kept as JSON."""

from dealers.feeds.columns.drift import Drift, drift, followed, proposed
from dealers.feeds.columns.mapper import Mapped, Mapper
from dealers.feeds.columns.mapping import InvalidMapping, Mapping, Source
from dealers.feeds.columns.suggestions import Preset, Suggestion, suggest

__all__ = [
    "Drift",
    "InvalidMapping",
    "Mapped",
    "Mapper",
    "Mapping",
    "Preset",
    "Source",
    "Suggestion",
    "drift",
    "followed",
    "proposed",
    "suggest",
]
