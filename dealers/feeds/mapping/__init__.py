"""From a feed's own columns to our fields: suggested once, confirmed by a person, kept as JSON."""

from dealers.feeds.mapping.drifting import Drift, drift, followed, proposed
from dealers.feeds.mapping.mapper import Mapped, Mapper
from dealers.feeds.mapping.names import InvalidMapping, Mapping, Source
from dealers.feeds.mapping.suggesting import Preset, Suggestion, suggest

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
