"""Buyers' enquiries, for dealers' own systems."""
