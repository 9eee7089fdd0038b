"""The session store: what a browser's cookie opens, findable by person and ended by its row.

The cookie's key is in the database as a hash only, so that a stolen backup signs nobody in.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.functions import Least, Now
from django.utils import timezone

from dealers.models import Session, User

SEEN_EVERY = timedelta(minutes=5)  # how exact `last_seen_at` is: not one write for each page
DEVICE = "_device"
NETWORK = "_network"


class SessionEnd(StrEnum):
    """Why the session that a cookie names opens nothing."""

    IDLE = "idle"
    AGE = "age"
    GONE = "gone"  # ended elsewhere, or long ago


class SessionStore(SessionBase):
    """Django's database store, with columns of our own; Django documents this as its use.

    Somebody's session ends so long after it was last used, by `expire_date`, which moves when it
    is seen, and never later than `SESSION_COOKIE_AGE` seconds after it began.
    """

    ended_by: SessionEnd | None = None

    def load(self) -> dict[str, Any]:
        row = self._rows().select_related("user").first()
        now = timezone.now()
        if row is None or row.expire_date <= now:
            self.ended_by = _reason(row, now)
            self._session_key = None
            return {}
        if row.user is not None and row.last_seen_at < now - SEEN_EVERY:
            end = _end(is_staff=row.user.is_staff)
            seen = self._rows().filter(last_seen_at=row.last_seen_at)
            seen.update(last_seen_at=Now(), expire_date=end)
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
        else:
            if values["user_id"]:
                values["expire_date"] = _end(is_staff=self._is_of_staff(values["user_id"]))
            if not self._rows().update(**values):
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

    def _is_of_staff(self, user_id: int) -> bool:
        return User.objects.filter(pk=user_id, is_staff=True).exists()

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "user_id": data.get(SESSION_KEY),
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "user_agent": data.get(DEVICE, ""),
            "network": data.get(NETWORK, ""),
        }


def _idle_time(*, is_staff: bool) -> timedelta:
    """Return how long somebody's session lasts after it was used."""
    minutes = settings.STAFF_SESSION_IDLE_MINUTES if is_staff else settings.SESSION_IDLE_MINUTES
    return timedelta(minutes=minutes)


def _end(*, is_staff: bool) -> Least:
    """Return the end of a row's session that is used now: not before its idle time is over.

    It moves once in `SEEN_EVERY`, so it lies as much later.
    """
    idle = Now() + (_idle_time(is_staff=is_staff) + SEEN_EVERY)
    age = F("created_at") + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    times = (ExpressionWrapper(each, output_field=DateTimeField()) for each in (idle, age))
    return Least(*times)


def _reason(row: Session | None, now: datetime) -> SessionEnd:
    if row is None or row.user_id is None:
        return SessionEnd.GONE
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SessionEnd.AGE if row.created_at + age <= now else SessionEnd.IDLE


def key_hash(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
