"""The dealer's people and places: team, branches, audit log."""

from dealers.panel.team import audit, branches, leaving, people

__all__ = ["audit", "branches", "leaving", "people"]
