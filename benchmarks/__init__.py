"""Measurements against bounds, on a database of their own: `make bench`."""
