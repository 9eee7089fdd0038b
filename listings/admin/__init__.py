"""The staff admin of adverts: what staff see of them, and the verbs they may call."""

from listings.admin import catalogue, history, listing, placements, reports, same_cars, values

__all__ = ["catalogue", "history", "listing", "placements", "reports", "same_cars", "values"]
