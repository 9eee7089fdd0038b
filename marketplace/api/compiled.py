"""Serializers as plain functions, for answers that must be made fast."""

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

from rest_framework import serializers

Writer = Callable[[Any], Any]
AS_STORED = (
    serializers.CharField,
    serializers.ChoiceField,
    serializers.FloatField,
    serializers.IntegerField,
    serializers.SlugField,
)
"""Fields of these very types write what the database gives."""


def compiled(serializer: Any, *, without: Collection[str] = ()) -> Writer:
    """Return a function that writes a row as the serializer does, some fields left out.

    Rows come from the database and have every attribute. What the serializer's fields ask of its
    context they ask now or for each row, but never of another request. A serializer that knows a
    faster way has a method `writer`, which takes this one and returns its own.
    """
    if isinstance(serializer, serializers.ListSerializer):
        each = compiled(serializer.child)
        return lambda rows: [each(row) for row in rows]
    readers = [
        (name, _reader(field)) for name, field in serializer.fields.items() if name not in without
    ]

    def plainly(row: Any) -> dict[str, Any]:
        return {name: read(row) for name, read in readers}

    own = getattr(serializer, "writer", None)
    return own(plainly) if own and not without else plainly


def _reader(field: Any) -> Writer:
    if isinstance(field, serializers.SerializerMethodField):
        method: Writer = getattr(field.parent, str(field.method_name))
        return method
    get: Writer = attrgetter(field.source)
    if type(field) in AS_STORED:
        return get
    is_nested = isinstance(field, serializers.BaseSerializer)
    write: Writer = compiled(field) if is_nested else field.to_representation

    def read(row: Any) -> Any:
        value = get(row)
        return None if value is None else write(value)

    return read
