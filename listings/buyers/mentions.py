"""Texts of others in which somebody is named: cells of feeds, logs, reasons, answers.

Every text and every JSON of every table is looked through, so that no table is forgotten. A model
says `holds_accounts` where an address is how its owner signs in or trades, and stays. A name alone
is looked for nowhere: others have it too.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from listings.buyers.ledger import erase_all, hanging_models
from listings.models import BuyerRecord, PrivacyRequest

ERASED = "[erased]"
_AS_TEXT = {"text": "{}", "json": "{}::text", "array": "{}::text"}
_LIKE_SIGN = re.compile(r"([%_\\])")
_SIGN = re.compile(r"([^\w@ ])")
_ESCAPED = r"\\\1"


@dataclass(frozen=True)
class SoughtTexts:
    """What is looked for: `likes` find rows quickly, `pattern` whole addresses and numbers."""

    likes: list[str]
    pattern: str


def erase_mentions(*, record_id: int) -> None:
    """Take somebody's address and numbers out of every table; goes on where it was interrupted.

    The address itself goes last, and with it the request.
    """
    request = PrivacyRequest.objects.filter(record=record_id, record__erased_at=None).first()
    if request is None or not request.sought:
        return
    sought = _sought(request.sought)
    if not request.swept:
        import_string(settings.MENTIONS_IN_FILES)(sought.likes)
        _forget_answers(sought)
    for model in _models():
        table = model._meta.db_table
        if table <= request.swept:
            continue
        with transaction.atomic():
            _sweep(model, sought)
            PrivacyRequest.objects.filter(pk=request.pk).update(swept=table)
    erase_all(BuyerRecord.objects.filter(pk=record_id))


def text_columns(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Return the columns that may hold anybody's text, each with its kind."""
    for field in model._meta.local_concrete_fields:
        kind = _kind(str(field.db_type(connection) or ""))
        is_fixed = field.choices or field.generated or field.is_relation or field.primary_key
        if kind and not is_fixed and not isinstance(field, models.FileField):
            yield str(field.column), kind


def _kind(column_type: str) -> str:
    if column_type.startswith(("varchar", "text")):
        return "array" if "[" in column_type else "text"
    return "json" if column_type == "jsonb" else ""


def _models() -> Sequence[type[models.Model]]:
    """Return every model of a table with texts, by the table's name."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not getattr(model, "holds_accounts", False)
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def _sought(texts: Sequence[str]) -> SoughtTexts:
    """Return texts as they stand in columns and, where that differs, in JSON."""
    forms = {form for text in texts for form in (text, json.dumps(text, ensure_ascii=False)[1:-1])}
    likes = [f"%{_LIKE_SIGN.sub(_ESCAPED, form)}%" for form in sorted(forms)]
    words = "|".join(_SIGN.sub(_ESCAPED, form) for form in sorted(forms))
    return SoughtTexts(likes, rf"(?<![\w.+-])(?:{words})(?![\w-]|\.\w)")


def _forget_answers(sought: SoughtTexts) -> None:
    """Delete answers that are kept to be given again, which are bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM marketplace_storedanswer WHERE encode(body, 'escape') ILIKE ANY(%s)",
            [sought.likes],
        )


def _sweep(model: type[models.Model], sought: SoughtTexts) -> None:
    columns = list(text_columns(model))
    if not columns:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    values: dict[str, Any] = {
        "likes": sought.likes,
        "pattern": sought.pattern,
        "erased": ERASED,
    }
    sets = ", ".join(f"{column} = {_cleaned(column, kind)}" for column, kind in columns)
    finds = " OR ".join(_found(column, kind) for column, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sets} WHERE ({finds}) AND {_may_be_erased(model)}",  # noqa: S608 - names of our own columns
            values,
        )


def _found(column: str, kind: str) -> str:
    text = _AS_TEXT[kind].format(column)
    return f"({text} ILIKE ANY(%(likes)s) AND {text} ~* %(pattern)s)"


def _cleaned(column: str, kind: str) -> str:
    clean = "regexp_replace({}, %(pattern)s, %(erased)s, 'gi')"
    if kind == "json":
        return f"{clean.format(f'{column}::text')}::jsonb"
    if kind == "array":
        each = clean.format("each")
        return (
            f"CASE WHEN {column} IS NOT NULL THEN ARRAY(SELECT {each} FROM"  # noqa: S608 - our own columns
            f" unnest({column}) WITH ORDINALITY AS item (each, place) ORDER BY place) END"
        )
    return clean.format(column)


def _may_be_erased(model: type[models.Model]) -> str:
    """Leave out what has to be kept, and the request until all is done."""
    if model is BuyerRecord:
        return "kept_because = '' AND kind <> 'privacy'"
    if model is PrivacyRequest:
        return "false"
    if model in set(hanging_models()):
        return (
            "record_id NOT IN (SELECT id FROM listings_buyerrecord"
            " WHERE kept_because <> '' AND erased_at IS NULL)"
        )
    return "true"
