"""Encryption of what second factors rest on, by keys that can be replaced.

Each key is stretched to one of Fernet's (AES-CBC with an HMAC). The first of them encrypts and
all decrypt: FACTOR_KEY, those before it in FACTOR_KEY_FALLBACKS, then SECRET_KEY and its own
fallbacks. So a key that is set for the first time needs no more than being set.
"""

from base64 import urlsafe_b64encode

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

PURPOSE = b"secrets of second factors"
BATCH = 500
SECRET = "secret"  # noqa: S105  # the name under which allauth keeps it


class FactorAdapter(DefaultMFAAdapter):
    """What allauth asks where it would keep a secret in the clear."""

    def encrypt(self, text: str) -> str:
        return MultiFernet(_fernets()).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography's `InvalidToken` where none of the keys fits."""
        return MultiFernet(_fernets()).decrypt(encrypted_text.encode()).decode()


def reencrypt_secrets() -> int:
    """Encrypt by the newest key what an older one did; return how many secrets that were.

    Afterwards the older keys can go. Raises `InvalidToken` where none of the keys fits.
    """
    done, last = 0, 0
    while keys := list(
        _totp().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        done += sum(_reencrypt(key) for key in keys)
        last = keys[-1]
    return done


@transaction.atomic
def _reencrypt(authenticator_id: int) -> bool:
    row = _totp().select_for_update().filter(pk=authenticator_id).first()
    if row is None or _is_by_newest_key(row.data[SECRET]):
        return False
    adapter = FactorAdapter()
    row.data[SECRET] = adapter.encrypt(adapter.decrypt(row.data[SECRET]))
    row.save(update_fields=["data"])
    return True


def _is_by_newest_key(encrypted: str) -> bool:
    try:
        _fernets()[0].decrypt(encrypted.encode())
    except InvalidToken:
        return False
    return True


def _totp() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return rows


def _fernets() -> list[Fernet]:
    own = [settings.FACTOR_KEY, *settings.FACTOR_KEY_FALLBACKS]
    keys = [*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_fernet(key) for key in keys if key]


def _fernet(key: str) -> Fernet:
    stretched = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(stretched))
