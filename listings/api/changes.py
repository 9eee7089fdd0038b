"""The change feed, for those who mirror the public stock."""

from typing import Any

from django import forms
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param

from listings import changes
from listings.api.serializers import ListingSerializer
from listings.changes import Change, Changes, ChangesPosition
from listings.exceptions import CursorExpired
from listings.models import Listing
from listings.revisions import TransactionSnapshot
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.parameters import IntegerParameter, PatternParameter, refuse
from marketplace.api.views import PublicView

SCOPE = "changes"
SIZE_DEFAULT, SIZE_MAX = 100, 1_000
PARAMETERS: dict[str, forms.Field] = {
    "after": PatternParameter(
        pattern=r"^[-A-Za-z0-9_.]+$",
        length_max=16_000,  # a cursor names the transactions that were running, some bytes each
        also=("cursor", "page", "since"),
        description="`after` of the page before, however long ago. Without it the feed begins "
        "with the whole public stock.",
    ),
    "page_size": IntegerParameter(
        low=1,
        high=SIZE_MAX,
        default=SIZE_DEFAULT,
        also=("limit", "per_page", "size"),
        description=f"How many changes a page has at most; {SIZE_DEFAULT} unless told otherwise.",
    ),
}


class ChangeSerializer(serializers.Serializer):
    """What has become of one advert."""

    id = serializers.IntegerField(help_text="Of the advert.")
    kind = serializers.SerializerMethodField(
        help_text="`upsert`: keep `listing` in place of what you hold. `removal`: buyers do not "
        "see it any more; drop it, if you hold it."
    )
    listing = ListingSerializer(allow_null=True, help_text="Null for a removal.")

    def get_kind(self, change: Change) -> str:
        return "removal" if change.listing is None else "upsert"


class ChangePageSerializer(serializers.Serializer):
    """A page of changes, each advert once, in the order to apply them."""

    results = ChangeSerializer(many=True)
    has_more = serializers.BooleanField(help_text="Whether the next page is there to read now.")
    after = serializers.CharField(help_text="What to ask for next: now, or when you poll again.")
    next = serializers.URLField(help_text="The address of the page after this.")


class ChangeListView(PublicView):
    """Adverts that became, stopped being or changed while public.

    Each advert comes as it is when the page is read. Drop adverts by yourself when their
    `expires_at` has passed: the removal follows within a minute or so.
    """

    queryset = Listing.objects.public()
    serializer_class = ChangePageSerializer
    parameters = PARAMETERS
    refusals = {"410": "Gone"}

    @extend_schema(operation_id="listChanges", summary="Follow changes", tags=["listings"])
    def get(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        place = read_position(values["after"], SCOPE) if values["after"] else None
        try:
            page = changes.read_changes(place, values["page_size"])
        except CursorExpired as expired:
            expired.extra["start_over"] = reverse("change-list", request=request)
            raise
        response = Response(self.get_serializer(_members(request, page)).data)
        patch_cache_control(response, no_store=True)
        return response


def _members(request: Request, page: Changes) -> dict[str, Any]:
    after = write_position(page.following, SCOPE)
    here = request.build_absolute_uri()
    return {
        "results": page.changes,
        "has_more": page.has_more,
        "after": after,
        "next": replace_query_param(here, "after", after),
    }


def read_position(text: str, scope: str) -> ChangesPosition:
    """Return where a page begins; raises as `cursor.read` does."""
    values = cursor.read(text, scope, parameter="after").values
    incarnation, before, until, revision, id_, *log_position = values
    return ChangesPosition(
        incarnation, _snapshot(before), _snapshot(until), revision, id_, *log_position
    )


def write_position(place: ChangesPosition, scope: str) -> str:
    """Return a position as the cursor `after`."""
    snapshots = (str(place.before or ""), str(place.until or ""))
    log_position = () if place.log_position is None else (place.log_position,)
    values = (place.incarnation, *snapshots, place.revision, place.id, *log_position)
    return cursor.write(Cursor(values), scope)


def _snapshot(text: str) -> TransactionSnapshot | None:
    return TransactionSnapshot.parse(text) if text else None
