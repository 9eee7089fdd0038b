"""The enquiries of a dealer as a feed: new ones, and those that went on or were taken back."""

from listings.changes import ChangedRows, ChangeSource, ChangesPosition, read_changed_rows
from listings.models import Enquiry

_UNSEEN = """
    SELECT change.revision, change.id
    FROM unnest(%(lows)s::xid8[], %(low_ids)s::bigint[], %(highs)s::xid8[])
        AS span (low, low_id, high)
    CROSS JOIN LATERAL (
        SELECT enquiry.revision, enquiry.id
        FROM listings_enquiry AS enquiry
        JOIN listings_buyerrecord AS record ON record.id = enquiry.record_id
        WHERE (enquiry.revision, enquiry.id) > (span.low, span.low_id)
            AND enquiry.revision < span.high AND record.dealer_id = %(dealer)s
        ORDER BY enquiry.revision, enquiry.id LIMIT %(limit)s
    ) AS change
    ORDER BY revision, id LIMIT %(limit)s
"""


def read_enquiry_changes(
    *, dealer_id: int, position: ChangesPosition | None, size: int
) -> ChangedRows[Enquiry]:
    """Return a page of at most `size` enquiries from a position, or from the first one.

    Raises `CursorExpired`.
    """
    shown = Enquiry.objects.for_dealer(dealer_id).with_record()
    source = ChangeSource(shown, _UNSEEN, {"dealer": dealer_id})
    return read_changed_rows(position, size, source)
