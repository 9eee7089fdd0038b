"""The dealer's adverts: the table, the form, and what is done to many at once."""

from dealers.panel.stock.catalogue import MakeChoices, ModelChoices
from dealers.panel.stock.listing import StockAdmin

__all__ = ["MakeChoices", "ModelChoices", "StockAdmin"]
