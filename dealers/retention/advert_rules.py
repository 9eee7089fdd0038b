"""What is kept how long of adverts that ended."""

from dealers.retention.adverts import (
    change_sets_without_events,
    forget_marks,
    pack_ended_prices,
    remove_events,
    remove_photos,
    with_events,
    with_names,
    with_photos,
    with_price_changes,
)
from dealers.retention.rules import RetentionRule, deleting
from listings.models import FormerName
from listings.vehicle_records import old_answers

ADVERT_RULES = (
    RetentionRule(
        "ended_photos",
        "Photos of adverts that ended",
        "ENDED_PHOTOS_KEPT_DAYS",
        "A sale can be undone within 30 days, and cars come back within weeks; photos show places, "
        "and at times people and marks.",
        "Photos, their addresses and their files are deleted.",
        with_photos,
        remove_photos,
    ),
    RetentionRule(
        "ended_marks",
        "Marks and VINs of adverts that ended",
        "ENDED_MARKS_KEPT_DAYS",
        "A sale, its papers and complaints about it are looked up by the mark for half a year; a "
        "mark leads to the car's keeper.",
        "A keyed digest stays in their place, so that a car that comes back is recognised.",
        with_names,
        forget_marks,
    ),
    RetentionRule(
        "former_names",
        "Digests of marks and VINs",
        "CAR_DIGESTS_KEPT_DAYS",
        "A car comes back to the same forecourt within some years, if ever; then it is a new one.",
        "Deleted.",
        **deleting(lambda before: FormerName.objects.filter(forgotten_at__lt=before)),
    ),
    RetentionRule(
        "vehicle_answers",
        "Answers of DVLA and DVSA about marks, and their keyed digests",
        "VEHICLE_RECORDS_KEPT_HOURS",
        "A car is looked up, written and checked within days; an MOT test changes the answer. That "
        "a mark is unknown is kept for VEHICLE_NOT_FOUND_KEPT_HOURS alone: a new car soon is.",
        "Deleted.",
        **deleting(old_answers),
        is_hourly=True,
    ),
    RetentionRule(
        "ended_prices",
        "Price changes of adverts that ended",
        "ENDED_PRICES_KEPT_DAYS",
        "A return within weeks tells its earlier prices; then a value needs prices by day alone.",
        "Packed into one row of each advert: its days and prices, without who and why.",
        with_price_changes,
        pack_ended_prices,
    ),
    RetentionRule(
        "ended_events",
        "Events of adverts that ended",
        "ENDED_EVENTS_KEPT_DAYS",
        "As the audit log: who did what to an advert is asked within the year.",
        "Deleted, with the reminders of its end.",
        with_events,
        remove_events,
    ),
    RetentionRule(
        "change_sets",
        "Change sets of which no event is kept",
        "CHANGE_SETS_KEPT_DAYS",
        "What has no event left can be undone no more.",
        "Deleted.",
        **deleting(change_sets_without_events),
    ),
)
