"""Column types that Django does not bring."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransactionIdField(models.Field):
    """PostgreSQL's 64-bit transaction id (`xid8`), an `int` in Python.

    Triggers write it, never Python: it stays out of inserts, updates and forms.
    """

    description = "64-bit transaction id"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, null=True)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: object, *_: object) -> int | None:
        return None if value is None else int(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def to_python(self, value: object) -> int | None:
        return None if value is None else int(str(value))
