"""Recovery codes: for who lost every factor, each good once, kept as hashes.

allauth would keep a seed from which the codes can be read again; ours cannot be.
"""

import secrets
from base64 import b32encode

from dealers import audit
from dealers.models import AuditEvent, RecoveryCode
from dealers.permissions import Actor
from dealers.tokens import token_hash

COUNT = 10
BYTES = 15  # 120 bits: a plain hash of so many is safe, and they are six groups of four


def use_recovery_code(*, user_id: int, code: str) -> bool:
    """Return whether a code is good, and use it up; the caller holds the person's lock."""
    given = RecoveryCode.objects.filter(user_id=user_id, code_hash=token_hash(_plain(code)))
    deleted, _ = given.delete()
    if deleted:
        left = RecoveryCode.objects.filter(user_id=user_id).count()
        changes: dict[str, list[object]] = {"codes left": [left + 1, left]}
        audit.record(
            AuditEvent.AuditKind.RECOVERY_CODE_USED, actor=Actor.person(user_id), changes=changes
        )
    return bool(deleted)


def replace_recovery_codes(*, user_id: int) -> list[str]:
    """Make all codes of a person anew, and return them, to be shown this once."""
    RecoveryCode.objects.filter(user_id=user_id).delete()
    codes = [b32encode(secrets.token_bytes(BYTES)).decode() for _ in range(COUNT)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user_id=user_id, code_hash=token_hash(code)) for code in codes]
    )
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)).lower() for code in codes]


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()
