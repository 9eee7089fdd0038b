"""Secrets that somebody holds and we only recognise."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return a secret of 256 random bits that fits into an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of a secret; its randomness makes a salt needless."""
    return hashlib.sha256(token.encode()).hexdigest()
