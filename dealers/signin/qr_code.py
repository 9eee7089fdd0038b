"""An authenticator's secret, as a picture to scan and as text to type."""

from base64 import b32encode

import segno
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_totp.models import TOTPDevice


def qr_svg(address: str) -> SafeString:
    """Return an inline SVG of a QR code, dark on white in every theme."""
    picture = segno.make_qr(address, error="m").svg_inline(scale=5, border=3, light="#ffffff")
    return mark_safe(picture)  # noqa: S308  # a path of numbers, made by segno


def readable_key(device: TOTPDevice) -> str:
    """Return the secret in groups of four, as authenticators take it."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))
