"""What stands in the place of a name that may be kept no longer: it recognises, and tells nothing.

A digest is keyed (HMAC, RFC 2104): who has the rows alone cannot try out all marks or addresses.
After a change of the key the ones before still recognise, as DIGEST_KEY_FALLBACKS.
"""

import hmac
from hashlib import sha256

from django.conf import settings


def digest(purpose: str, value: str) -> str:
    """Return what a value is kept as for a purpose, in hexadecimal."""
    return _keyed(settings.DIGEST_KEY or settings.SECRET_KEY, purpose, value)


def digests(purpose: str, value: str) -> tuple[str, ...]:
    """Return all that a value may have been kept as, by the key of today and those before."""
    before = (_keyed(key, purpose, value) for key in settings.DIGEST_KEY_FALLBACKS)
    return (digest(purpose, value), *before)


def _keyed(key: str, purpose: str, value: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode(), sha256).hexdigest()
