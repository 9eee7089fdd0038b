"""Applying rows about cars that the dealer's stock has already."""

from collections.abc import Collection, Mapping, Sequence

from dealers.feeds.cells.availability import SaleState
from dealers.feeds.imports import creates, reservations
from dealers.feeds.imports.batch import Outcome, StagedRow
from dealers.feeds.imports.context import ImportContext
from dealers.feeds.imports.held_figures import hold_figures
from dealers.feeds.imports.known_values import keep_known, keep_own_photos, keep_own_texts
from dealers.feeds.imports.references import RefOwner, drop_taken, owners_of
from dealers.models import FeedCar
from listings.adverts import (
    Changed,
    ListingState,
    change_listings,
    confirm_listings,
    lock_listings,
    publish_listings,
    sell_listings,
    withdraw_listings,
)
from listings.choices import Confirmation, Status
from listings.models import Listing, Model


def write(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Change what differs, and put cars that are back on sale."""
    owners = owners_of(context, rows)
    ids = {row.listing_id for row in rows if row.listing_id}
    givers = {owner.listing_id for owner in owners.values() if owner.gives_up}
    standings = lock_listings(listing_ids=ids | givers)
    here = [row for row in rows if row.listing_id in standings]
    _forget_vanished(context, [row for row in rows if row.listing_id not in standings])
    returned = _returned(here)
    open_rows = [row for row in here if not _ended_by_hand(row, standings, returned)]
    _keep_known_names(open_rows, standings)
    _change(context, open_rows, owners_of(context, open_rows), standings.keys())
    _stand(context, open_rows, standings, returned)


def _forget_vanished(context: ImportContext, rows: Sequence[StagedRow]) -> None:
    """Write cars anew whose adverts were deleted since they were matched."""
    for row in rows:
        row.listing_id, row.car_id, row.car = None, None, None
    creates.write(context, rows)


def _returned(rows: Sequence[StagedRow]) -> set[int]:
    """Return the adverts that a feed took off sale, and no person."""
    ids = [row.listing_id for row in rows]
    gone = FeedCar.objects.filter(listing__in=ids, gone_at__isnull=False)
    there = {row.listing_id for row in rows if row.car and row.car.gone_at is None}
    return set(gone.values_list("listing_id", flat=True)) - there


def _ended_by_hand(row: StagedRow, standings: dict[int, ListingState], returned: set[int]) -> bool:
    """Leave alone what a person sold, however long the file goes on about it."""
    pk = row.listing_id or 0
    if standings[pk].status != Status.SOLD or pk in returned:
        return False
    if row.is_not_for_sale:
        row.outcome = Outcome.UNCHANGED
        return True
    row.outcome = Outcome.HELD
    message = "The advert was marked sold here; the file still has the car."
    row.reasons = [{"code": "sold_here", "field": "", "message": message, "value": ""}]
    return True


def _keep_known_names(rows: Sequence[StagedRow], standings: dict[int, ListingState]) -> None:
    """Leave adverts on sale under the names that buyers know, where a file brings unknown ones."""
    live = [row for row in rows if standings[row.listing_id or 0].status == Status.LIVE]
    ids = [row.staged.values.get("model") for row in live if row.staged]
    known = [pk for pk in ids if isinstance(pk, int)]
    pending = Model.objects.filter(pk__in=known, confirmation=Confirmation.PENDING)
    unknown = dict(pending.values_list("pk", "name"))
    for row in live:
        if row.staged and row.staged.values.get("model") in unknown:
            name = unknown[row.staged.values.pop("model")]
            del row.staged.values["make"]
            row.raw_hash = b""
            message = f"{name} is not in the catalogue: the advert keeps its name."
            row.warn("name_unconfirmed", message, "model")


def _change(
    context: ImportContext,
    rows: Sequence[StagedRow],
    owners: Mapping[str, RefOwner],
    locked: Collection[int],
) -> None:
    """Write what differs; `owners` have references of these rows, `locked` are what may change."""
    hold_figures(rows, context.prices)
    keep_own_texts(rows)
    keep_known(rows)
    keep_own_photos(rows)
    unlocked = _unlocked(rows)
    values: dict[int, dict[str, object]] = {}
    for row in rows:
        stated = dict(row.staged.values) if row.staged else {}
        if row.car and "price" in stated and row.listing_id not in unlocked:
            _leave_planned_price(stated, row.car.price)
        values[row.listing_id or 0] = stated
    free = {
        ref: owner if owner.listing_id in locked else owner._replace(gives_up=False)
        for ref, owner in owners.items()
    }
    for pk, given_up in drop_taken(values, free).items():
        values.setdefault(pk, {}).update(given_up)
    changed = change_listings(values=values, by=context.by)
    for row in rows:
        fields, kept = changed.get(row.listing_id or 0, Changed([], []))
        row.fields = fields
        row.outcome = Outcome.UPDATED if fields else Outcome.UNCHANGED
        for name in kept:
            row.warn("locked", "Written by hand: what the advert says is kept.", name)


def _leave_planned_price(stated: dict[str, object], said_before: int | None) -> None:
    """Where the file says the price it said before, a price plan's drop since then stands."""
    if stated["price"] == said_before:
        del stated["price"]


def _unlocked(rows: Sequence[StagedRow]) -> set[int]:
    """Return the adverts whose fields were given back since the feed last wrote."""
    listings = Listing.objects.filter(
        pk__in=[row.listing_id for row in rows], unlocked_at__isnull=False
    )
    at = dict(listings.values_list("pk", "unlocked_at"))
    applied = {row.listing_id: row.car.applied_at for row in rows if row.car}
    return {pk for pk, when in at.items() if when and pk in applied and when > applied[pk]}


def _stand(
    context: ImportContext,
    rows: Sequence[StagedRow],
    standings: dict[int, ListingState],
    returned: set[int],
) -> None:
    """Put on sale, renew, take off sale or mark sold what the rows say stands there or does not."""
    selling = [row for row in rows if row.state == SaleState.SOLD]
    sold = sell_listings(states=_standings(selling, standings), by=context.by)
    _hide(context, rows, standings, returned)
    staying = [row for row in rows if not row.is_not_for_sale]
    showing = [
        row for row in staying if _is_to_show(context, standings[row.listing_id or 0], returned)
    ]
    fresh = lock_listings(listing_ids=[row.listing_id for row in showing if row.listing_id])
    refused = publish_listings(states=list(fresh.values()), by=context.by)
    confirm_listings(states=_standings(staying, standings), by=context.by)
    for row in selling:
        if row.listing_id in sold:
            row.outcome, row.fields = Outcome.UPDATED, [*row.fields, "status"]
    for row in showing:
        pk = row.listing_id or 0
        if pk in refused:
            row.warn(refused[pk].code, refused[pk].message)
            row.stays_gone = pk in returned
        elif standings[pk].status != Status.DRAFT:
            row.outcome = Outcome.REVIVED
        else:
            row.outcome, row.fields = Outcome.UPDATED, [*row.fields, "status"]
    shown = {row.number for row in showing}
    for row in staying:
        if row.number not in shown:
            _tell_standing(row, standings[row.listing_id or 0])
    reservations.follow(context, staying, standings)


def _hide(
    context: ImportContext,
    rows: Sequence[StagedRow],
    standings: dict[int, ListingState],
    returned: set[int],
) -> None:
    """Withdraw what the rows say is not for sale, or nobody knows; they are looked at again.

    What a person has put on sale since the feed took it off is left so while the row is the same.
    """
    hiding = [row for row in rows if row.is_not_for_sale and row.state != SaleState.SOLD]
    willing = [row for row in hiding if not _shown_by_hand(row, standings)]
    withdrawn = withdraw_listings(states=_standings(willing, standings), by=context.by)
    for row in willing:
        pk = row.listing_id or 0
        ended = standings[pk].status in (Status.DRAFT, Status.EXPIRED)
        row.stays_gone = ended or pk in withdrawn or pk in returned
        if pk in withdrawn:
            row.outcome, row.fields = Outcome.WITHDRAWN, [*row.fields, "status"]


def _shown_by_hand(row: StagedRow, standings: dict[int, ListingState]) -> bool:
    is_live = standings[row.listing_id or 0].status == Status.LIVE
    was_hidden = row.car is not None and row.car.gone_at is not None
    return is_live and was_hidden and row.car is not None and row.car.raw_hash == row.raw_hash


def _is_to_show(context: ImportContext, standing: ListingState, returned: set[int]) -> bool:
    if standing.status == Status.DRAFT:
        return context.config.publishes and standing.published_at is None
    if standing.status in (Status.WITHDRAWN, Status.SOLD):
        return standing.listing_id in returned
    return standing.status == Status.EXPIRED


def _tell_standing(row: StagedRow, standing: ListingState) -> None:
    if standing.status in (Status.WITHDRAWN, Status.REJECTED):
        done = Status(standing.status).label.lower()
        row.warn("off_sale", f"The advert was {done} here, and stays so.")


def _standings(rows: Sequence[StagedRow], standings: dict[int, ListingState]) -> list[ListingState]:
    return [standings[row.listing_id or 0] for row in rows]
