"""An authenticator that is being set up: its secret waits in the session, encrypted."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from qrcode import make
from qrcode.image.svg import SvgPathFillImage

from dealers.models import User

_HELD = "_new_authenticator"


def begin_enrolment(request: HttpRequest) -> str:
    """Return a new secret, as base 32, that counts once its first code is confirmed."""
    secret: str = generate_totp_secret()
    request.session[_HELD] = encrypt(secret)
    return secret


def held_secret(request: HttpRequest) -> str | None:
    """Return the secret that waits for its first code."""
    try:
        return str(decrypt(request.session[_HELD]))
    except (KeyError, InvalidToken):
        return None


def end_enrolment(request: HttpRequest) -> None:
    request.session.pop(_HELD, None)


def pictures_of(secret: str, user: User) -> dict[str, str]:
    """Return a secret as an SVG to scan, dark on white in every theme, and as groups of four."""
    key = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"qr": _qr_svg(get_adapter().build_totp_url(user, secret)), "key": key}


def _qr_svg(address: str) -> SafeString:
    picture: str = make(address, image_factory=SvgPathFillImage).to_string(encoding="unicode")
    return mark_safe(picture)  # noqa: S308  # a path of numbers, made by qrcode
