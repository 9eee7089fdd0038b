"""What a car is worth: the asking price of such a car here and now, and how a price stands to it.

`CarTable` holds cars as columns, `MarketModel` values them, `RatingRule` rates their prices. Only
`market_model` fits, and it alone imports the library that does: import it where a worker fits.
"""
