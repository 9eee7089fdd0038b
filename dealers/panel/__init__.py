"""The dealer panel at `/dealer/`: each module below registers its pages when it is imported."""

from dealers.panel import feeds, plans, stock, team
from dealers.panel.site import panel

__all__ = ["feeds", "panel", "plans", "stock", "team"]
