"""How adverts are rated, as answers show it: each kept for a while, apart from its card.

A card is kept for a revision of its advert, which a rating does not change. A rating is kept for
that revision too, and for the label and the ratio that the engine knows of it, so that no page
shows another label than it was found by, once the engine knows of it. What neither tells is a
value that changed under the same label, as at a refit: that is seen within a minute, by which
time each is read again. To ask for the current version of the market would cost every page a query.
"""

import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any

import orjson
from django.utils import timezone
from rest_framework import serializers

from listings.choices import NoRating, PriceRating
from listings.pricing.value.ratings import (
    FOR_DEALERS,
    NOT_RATED,
    Confidence,
    rating_of,
    rows_at_revisions,
    valued_row,
)
from listings.search.cards import ReadValue
from listings.search.engine import AdvertVersion
from marketplace.api.compiled import compiled
from marketplace.api.renderers import json_bytes

KEPT_SECONDS = 60.0
KEPT_MAX = 50_000
REASONS = (
    *((each.value, each.label) for each in NoRating if each not in FOR_DEALERS),
    (NOT_RATED, "The price is not rated."),
)
NONE = b"null"
Shown = dict[str, Any] | None


class PriceRatingSerializer(serializers.Serializer):
    """What such a car asks for here, and how the advert's price stands to that."""

    label = serializers.ChoiceField(  # type: ignore[assignment]  # DRF takes it off the class
        PriceRating.choices, allow_null=True, help_text="Null: not rated, for the `reason` given."
    )
    value = serializers.IntegerField(
        allow_null=True,
        help_text="What such a car asks for on this marketplace now, in whole pounds.",
    )
    low = serializers.IntegerField(
        allow_null=True, help_text="Four of five such cars ask at least this, in whole pounds …"
    )
    high = serializers.IntegerField(allow_null=True, help_text="… and at most this.")
    edges = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The prices at which `great`, `good`, `fair` and `higher` begin for this car; "
        "empty where it has no value.",
    )
    comparables = serializers.IntegerField(help_text="How many similar cars were compared.")
    confidence = serializers.ChoiceField(
        [each.value for each in Confidence], allow_null=True, help_text="How sure the value is."
    )
    reason = serializers.ChoiceField(
        REASONS, allow_null=True, help_text="Why there is no label; null where there is one."
    )
    rule = serializers.CharField(help_text="The version of the rule that rated it.")
    valued_at = serializers.DateTimeField()


@dataclass(frozen=True, slots=True)
class _KeptRating:
    """`text` is the JSON of it."""

    version: AdvertVersion
    text: bytes
    read_at: float


def shown_ratings(revisions: Mapping[int, int]) -> dict[int, Shown]:
    """Return the ratings of adverts as they are shown at these revisions, by their ids."""
    return {id_: orjson.loads(text) for id_, text in rating_texts(revisions).items()}


def rating_texts(
    revisions: Mapping[int, int],
    versions: Mapping[int, AdvertVersion] | None = None,
    values: Mapping[int, ReadValue] | None = None,
) -> dict[int, bytes]:
    """Return the JSON of the ratings of adverts as they are shown at these revisions.

    What the engine knows of them, `versions`, spares the database those that are kept. Those that
    are missing come from `values`, which were read with these revisions, and else by one query.
    """
    now = time.monotonic()
    kept = {
        id_: found
        for id_, version in (versions or {}).items()
        if id_ in revisions and (found := _kept.get(id_)) and _is_sound(found, version, now)
    }
    missing = [id_ for id_ in revisions if id_ not in kept]
    if missing:
        read = dict(_read(missing, revisions, now, values or {}))
        kept |= read
        with _keeping:
            _kept.update(read)
            for key in list(islice(_kept, max(0, len(_kept) - KEPT_MAX))):
                del _kept[key]
    return {id_: each.text for id_, each in kept.items()}


def _is_sound(kept: _KeptRating, version: AdvertVersion, now: float) -> bool:
    return kept.version == version and now - kept.read_at < KEPT_SECONDS


def _read(
    ids: Collection[int],
    revisions: Mapping[int, int],
    now: float,
    values: Mapping[int, ReadValue],
) -> Iterator[tuple[int, _KeptRating]]:
    """Yield ratings of adverts; one that an advert has only since it changed counts as none."""
    unread = [id_ for id_ in ids if id_ not in values]
    found = rows_at_revisions(unread) if unread else {}
    found |= {id_: (revisions[id_], valued_row(row)) for id_, row in values.items() if row}
    for id_ in ids:
        revision, row = found.get(id_, (None, None))
        if row is None or revision != int(revisions[id_]):
            yield id_, _KeptRating(AdvertVersion(revisions[id_]), NONE, now)
            continue
        version = AdvertVersion(revisions[id_], row.label, row.ratio if row.label else None)
        with timezone.override(UTC):  # a page and the API share what is kept
            text = json_bytes(_write(rating_of(row).for_buyers()))
        yield id_, _KeptRating(version, text, now)


_write = compiled(PriceRatingSerializer())
_kept: dict[int, _KeptRating] = {}
_keeping = threading.Lock()  # as with the cards', a fork waits for it
os.register_at_fork(
    before=_keeping.acquire, after_in_parent=_keeping.release, after_in_child=_keeping.release
)
