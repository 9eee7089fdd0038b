"""The dealer panel at `/dealer/`: each module below registers its pages when it is imported."""

from dealers.panel import plans, stock, team
from dealers.panel.site import panel

__all__ = ["panel", "plans", "stock", "team"]
