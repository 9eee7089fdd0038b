"""The session store: what a browser's cookie opens, findable by person and ended by its row.

The cookie's key is in the database as a hash only, so that a stolen backup signs nobody in.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from dealers.models import Session

SEEN_EVERY = timedelta(minutes=5)  # how exact `last_seen_at` is: not one write for each page
DEVICE = "_device"
NETWORK = "_network"


class SessionStore(SessionBase):
    """Django's database store, with columns of our own; Django documents this as its use."""

    def load(self) -> dict[str, Any]:
        row = self._rows().filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        if row.user_id and row.last_seen_at < timezone.now() - SEEN_EVERY:
            self._rows().filter(last_seen_at=row.last_seen_at).update(last_seen_at=Now())
        data: dict[str, Any] = self.decode(row.session_data)
        return data

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=key_hash(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # of Django
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Raises Django's `CreateError`, and `UpdateError` where the session has been ended."""
        if self.session_key is None:
            self.create()
            return
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # of Django
        values = self._columns(held)
        if must_create:
            try:
                with transaction.atomic():
                    Session.objects.create(pk=key_hash(self.session_key), **values)
            except IntegrityError:
                raise CreateError from None
        elif not self._rows().update(**values):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=key_hash(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=timezone.now()).delete()

    def _rows(self) -> Any:
        return Session.objects.filter(pk=key_hash(self.session_key or ""))

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "user_id": data.get(SESSION_KEY),
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "user_agent": data.get(DEVICE, ""),
            "network": data.get(NETWORK, ""),
        }


def key_hash(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
