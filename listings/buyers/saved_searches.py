"""Searches and cars that buyers want to be told of: saved, confirmed, paused, changed and ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from listings.buyers import ledger
from listings.buyers.consents import WORDS
from listings.buyers.ledger import Consent, Contact, LeftAt
from listings.buyers.stored_criteria import Stored, stored
from listings.buyers.tasks import send_search_confirmation
from listings.exceptions import (
    BuyerLinkSpent,
    NothingToSave,
    SavedAlready,
    SearchNotConfirmed,
    TooManySavedSearches,
)
from listings.models import AlertQueue, BuyerRecord, Listing, SavedCar, SavedSearch
from listings.search.criteria import Criteria
from marketplace.outbox import enqueue

PURPOSE = "saved_search"
CONSENT_WORDS = WORDS[PURPOSE]
CARS_MAX = 50
UNCONFIRMED_MAX = 5
MAILED_AGAIN_AFTER = timedelta(minutes=10)
SEARCHES_MAX = 50
"""How many an address may have; more would be no person's."""

Frequency = SavedSearch.Frequency
State = SavedSearch.SearchState


@dataclass(frozen=True)
class WantedAlerts:
    """What somebody wants to be told of, and how often: a search, or single cars.

    `name` says a search in words; cars have a name of their own.
    """

    frequency: SavedSearch.Frequency
    name: str = ""
    criteria: Criteria = field(default_factory=Criteria)
    listing_ids: tuple[int, ...] = ()


@transaction.atomic
def save_search(
    *, wanted: WantedAlerts, email: str, words: str = CONSENT_WORDS, left_at: LeftAt | None = None
) -> SavedSearch | None:
    """Save what somebody wants to be told of, and mail a link that confirms it.

    The same twice by an address is one, which no answer tells: the mail does. None where too much
    waits to be confirmed at an address, which may be somebody else's. `words` are those that the
    person agreed to. Raises `NothingToSave`.
    """
    cars = public_cars(wanted.listing_ids)
    asked = {} if cars else stored(wanted.criteria)
    if not cars and not asked:
        raise NothingToSave(NothingToSave.words)
    key = _digest(email, asked, [car.pk for car in cars])
    saved = _saved_before(key, wanted)
    if saved is None:
        waiting = SavedSearch.objects.of_address(email).filter(state=State.UNCONFIRMED)
        if waiting.count() >= UNCONFIRMED_MAX:
            return None
        new = SavedSearch(name=(name_of(cars) or wanted.name)[:200], criteria=asked, digest=key)
        new.frequency = wanted.frequency
        saved = _written(new, cars, _record(email, words, left_at))
    if saved.confirmation_mailed_at is None:
        enqueue(send_search_confirmation, saved.record_id)
    return saved


@transaction.atomic
def confirm_search(*, record_id: int) -> SavedSearch:
    """Begin to tell of what was saved; twice is once.

    Raises `BuyerLinkSpent` for what is over, and `TooManySavedSearches`.
    """
    saved = _locked(record_id)
    if saved.state != State.UNCONFIRMED:
        return saved
    record, now = saved.record, timezone.now()
    confirmed = SavedSearch.objects.of_address(record.email).exclude(state=State.UNCONFIRMED)
    if confirmed.open().count() >= SEARCHES_MAX:
        raise TooManySavedSearches(TooManySavedSearches.words)
    record.confirmed_at = now
    record.kept_until = now + ledger.kept(BuyerRecord.RecordKind.SAVED_SEARCH)
    record.save(update_fields=["confirmed_at", "kept_until"])
    return _begin(saved)


@transaction.atomic
def pause_search(*, record_id: int) -> SavedSearch:
    """Tell of nothing until it is resumed; what waits to be told is forgotten."""
    saved = _confirmed(record_id)
    if saved.state == State.ACTIVE:
        saved.state = State.PAUSED
        saved.save(update_fields=["state"])
        AlertQueue.objects.filter(pk=record_id).delete()
    return saved


@transaction.atomic
def resume_search(*, record_id: int) -> SavedSearch:
    """Tell of what happens from now on."""
    saved = _confirmed(record_id)
    return _begin(saved) if saved.state == State.PAUSED else saved


@transaction.atomic
def change_frequency(*, record_id: int, frequency: SavedSearch.Frequency) -> SavedSearch:
    """Tell as often as this from now on."""
    saved = _confirmed(record_id)
    saved.frequency = frequency
    saved.save(update_fields=["frequency"])
    return saved


@transaction.atomic
def change_criteria(*, record_id: int, criteria: Criteria, name: str) -> SavedSearch:
    """Look for something else from now on; what waits to be told of before is forgotten.

    Raises `NothingToSave`, also for single cars, and `SavedAlready`.
    """
    saved, asked = _confirmed(record_id), stored(criteria)
    if not asked or not saved.criteria:
        raise NothingToSave(NothingToSave.words)
    if asked == saved.criteria:
        return saved
    saved.criteria, saved.name = asked, name[:200]
    saved.digest = _digest(saved.record.email, asked, [])
    try:
        with transaction.atomic():
            saved.save(update_fields=["criteria", "name", "digest"])
    except IntegrityError:
        raise SavedAlready(SavedAlready.words) from None
    AlertQueue.objects.filter(pk=record_id).delete()
    return _begin(saved) if saved.state == State.ACTIVE else saved


def end_searches(*, record_ids: Iterable[int]) -> int:
    """End these for good, and return how many were not over before; twice is once."""
    open_ = SavedSearch.objects.open().filter(record__in=list(record_ids))
    ids = list(open_.order_by("record_id").values_list("record_id", flat=True))
    for record_id in ids:
        ledger.withdraw_consent(record_id=record_id)  # a trigger ends the search
    return len(ids)


def unconfirmed_kept() -> timedelta:
    """Return how long a search waits to be confirmed; retention erases it then."""
    return timedelta(hours=settings.UNCONFIRMED_KEPT_HOURS)


def public_cars(listing_ids: Sequence[int]) -> list[Listing]:
    """Return those of the cars that buyers can see."""
    ids = set(listing_ids[:CARS_MAX])
    return list(Listing.objects.public().filter(pk__in=ids).order_by("pk")) if ids else []


def name_of(cars: Sequence[Listing]) -> str:
    """Return what cars are called together; empty where there are none."""
    if len(cars) > 1:
        return f"{len(cars)} cars you saved"
    return f"{cars[0].year} {cars[0].title}" if cars else ""


def _record(email: str, words: str, left_at: LeftAt | None) -> BuyerRecord:
    """Return a record that ends soon, unless the address is confirmed."""
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.SAVED_SEARCH,
        contact=Contact(email=email),
        consent=Consent(PURPOSE, words),
        left_at=left_at,
    )
    record.kept_until = timezone.now() + unconfirmed_kept()
    record.save(update_fields=["kept_until"])
    return record


def _saved_before(digest: str, wanted: WantedAlerts) -> SavedSearch | None:
    """Return what was saved before. Only what nobody confirmed is changed by whoever asks again."""
    saved = SavedSearch.objects.open().filter(digest=digest).select_for_update().first()
    if saved is None:
        return None
    if saved.state == State.UNCONFIRMED:
        saved.frequency = wanted.frequency
    mailed_at = saved.confirmation_mailed_at
    if mailed_at is not None and mailed_at < timezone.now() - MAILED_AGAIN_AFTER:
        saved.confirmation_mailed_at = None
    saved.save(update_fields=["confirmation_mailed_at", "frequency"])
    return saved


def _written(new: SavedSearch, cars: Iterable[Listing], record: BuyerRecord) -> SavedSearch:
    """Write a search and its cars; one that came to be in between takes its place."""
    try:
        with transaction.atomic():
            new.record = record
            new.save()
            _write_cars(new, cars)
    except IntegrityError:
        record.delete()
        return SavedSearch.objects.open().get(digest=new.digest)
    return new


def _write_cars(saved: SavedSearch, cars: Iterable[Listing]) -> None:
    SavedCar.objects.bulk_create(
        SavedCar(
            record=saved.record,
            listing=car,
            title=f"{car.year} {car.title}",
            price=car.price,
        )
        for car in cars
    )


def _digest(email: str, asked: Stored, cars: list[int]) -> str:
    """Return what tells the same again: of the address it tells nothing without our key."""
    told = repr((email.strip().lower(), sorted(asked.items()), cars))
    return salted_hmac("listings.buyers.saved_search", told, algorithm="sha256").hexdigest()


def _locked(record_id: int) -> SavedSearch:
    rows = SavedSearch.objects.select_related("record").select_for_update(of=("self",))
    saved = rows.filter(record=record_id).first()
    if saved is None or saved.state == State.ENDED or not saved.record.is_in_force:
        raise BuyerLinkSpent("These e-mails have ended, and nothing is kept of them.")
    return saved


def _confirmed(record_id: int) -> SavedSearch:
    saved = _locked(record_id)
    if saved.state == State.UNCONFIRMED:
        raise SearchNotConfirmed(SearchNotConfirmed.words)
    return saved


def _begin(saved: SavedSearch) -> SavedSearch:
    """Let it be told of what happens from now on, by the clock of what happens to adverts."""
    SavedSearch.objects.filter(pk=saved.pk).update(state=State.ACTIVE, active_since=Now())
    saved.refresh_from_db(fields=["state", "active_since"])
    return saved
