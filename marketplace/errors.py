"""What a verb raises when it refuses: an error with a stable code, free of HTTP."""

from collections.abc import Mapping
from itertools import chain


class DomainError(Exception):
    """A refusal that a caller can act on.

    `code` is stable and part of the API; `status` is the HTTP status it becomes at the edge;
    `fields` maps field names to messages where single fields are at fault; `extra` holds further
    members of the problem document, such as the id of the row that is in the way. `retry_seconds`
    is when the same may succeed, where nothing but time is needed.
    """

    code = "refused"
    status = 400
    retry_seconds: int | None = None

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})

    @property
    def one_line(self) -> str:
        """The refusal in words for one line: what is wrong with each field, or the message."""
        return " ".join(chain.from_iterable(self.fields.values())) or self.message


class Invalid(DomainError):
    """A value cannot be accepted."""

    code = "invalid"


class Conflict(DomainError):
    """The row is not, or no longer, in a state that allows this."""

    code = "conflict"
    status = 409


class ServiceAway(Exception):
    """What a task depends on is away: nothing is wrong with the task, and later it may succeed."""


class StorageAway(DomainError, ServiceAway):
    """No file can be kept or read at the moment; nothing was kept, and later it may be."""

    code = "storage_away"
    status = 503
    retry_seconds = 60


class StorageFull(StorageAway):
    """There is no room for a file; nothing of it was kept, and it may be sent again later."""

    code = "storage_full"
    status = 507
    retry_seconds = 600  # as often as workers try
