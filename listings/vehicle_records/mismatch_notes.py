"""What the registers contradict of adverts, kept until the advert says something else."""

from collections.abc import Sequence
from dataclasses import asdict

from django.utils import timezone

from listings.models import Listing, VehicleMismatch
from listings.vehicle_records.comparison import Mismatch
from listings.vehicle_records.stored_answers import digest_of, stands_for


def note_mismatches(listing: Listing, found: Sequence[Mismatch]) -> None:
    """Keep what was found of an advert with a mark, in place of what was found before."""
    if not found or not listing.vrm:
        VehicleMismatch.objects.filter(listing=listing.pk).delete()
        return
    VehicleMismatch.objects.update_or_create(
        listing=listing,
        defaults={
            "digest": digest_of(listing.vrm),
            "findings": [asdict(each) for each in found],
            "found_at": timezone.now(),
        },
    )


def noted_mismatches(listing: Listing) -> list[Mismatch]:
    """Return what is contradicted of an advert as it is now.

    That is a query unless `vehicle_mismatch` was joined.
    """
    kept: VehicleMismatch | None = getattr(listing, "vehicle_mismatch", None)
    if kept is None or not listing.vrm or not stands_for(listing.vrm, kept.digest):
        return []
    findings = (Mismatch(**each) for each in kept.findings)
    return [each for each in findings if getattr(listing, each.field) == each.stated]
