"""Adverts that a reader chose by id, and what became of those that are not for sale."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from rest_framework import serializers

from listings.choices import Status
from listings.models import Listing
from marketplace.api.parameters import IntegerParameter, ListParameter

ID_MAX = 999_999_999_999
SOLD, ENDED, UNKNOWN = "sold", "ended", "unknown"


def chosen_ids(count_max: int) -> Mapping[str, forms.Field]:
    """Return the parameter that names adverts, at least one and at most so many."""
    return {
        "id": ListParameter(
            item=IntegerParameter(low=1, high=ID_MAX),
            count_max=count_max,
            required=True,
            also=("ids", "listing", "listings"),
            description=f"Ids of adverts, at most {count_max}; their order is kept.",
        )
    }


class GoneSerializer(serializers.Serializer):
    """An advert that was chosen and is not for sale."""

    id = serializers.IntegerField()
    reason = serializers.ChoiceField(
        choices=(SOLD, ENDED, UNKNOWN),
        help_text="`ended`: run out or withdrawn; `unknown`: buyers never saw it, or may not now.",
    )
    title = serializers.CharField(allow_null=True, help_text="Null where it is unknown.")


def gone(ids: Sequence[int], public: Collection[int]) -> list[dict[str, Any]]:
    """Return the members of `GoneSerializer` for those of `ids` that are not in `public`."""
    missing = [pk for pk in ids if pk not in public]
    if not missing:
        return []
    ended = Listing.objects.ended().filter(pk__in=missing).values_list("pk", "title", "status")
    known = {pk: (title, SOLD if status == Status.SOLD else ENDED) for pk, title, status in ended}
    return [
        {"id": pk, "reason": reason, "title": title}
        for pk in missing
        for title, reason in [known.get(pk, (None, UNKNOWN))]
    ]
