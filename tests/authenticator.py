"""An authenticator app, as a phone has it: it shows a code of a secret (RFC 6238)."""

import hmac
import re
import struct
import time
from base64 import b32decode

from allauth.mfa.models import Authenticator

from dealers.models import User


def shown_code(secret: str, *, steps_ahead: int = 0) -> str:
    """Return the six digits that an app shows of a secret in base 32."""
    step = int(time.time()) // 30 + steps_ahead
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[19] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def authenticator_of(user: User) -> Authenticator:
    """Return the row of somebody's app."""
    app: Authenticator = Authenticator.objects.get(user=user, type="totp")
    return app


def set_up_code(page: str) -> str:
    """Return the first code of the authenticator that a page shows."""
    key = re.search(r"<code[^>]*>([A-Z2-7]{4}(?: [A-Z2-7]{4}){7})</code>", page)
    assert key is not None
    return shown_code(key[1].replace(" ", ""))
