"""Webhooks: what happens to a dealer's stock and enquiries, told to the dealer's own systems."""
