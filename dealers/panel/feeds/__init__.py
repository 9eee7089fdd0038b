"""How the dealer's stock comes by itself: the feeds, their columns and their runs."""

from dealers.panel.feeds.listing import Feeds
from dealers.panel.feeds.outputs import outputs
from dealers.panel.feeds.runs import Runs

__all__ = ["Feeds", "Runs", "outputs"]
