"""Looking a mark up: what is kept of it, and for the rest every register that is switched on."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection

from listings.vehicle_records.dvla import VehicleEnquiryService
from listings.vehicle_records.dvsa import MotHistory
from listings.vehicle_records.record import VehicleRecord
from listings.vehicle_records.register import Register, RegisterAway
from listings.vehicle_records.stored_answers import store, stored
from marketplace.errors import DomainError
from marketplace.outcome_counts import count_attempt


class LookUpsOff(DomainError):
    """No register has given this marketplace a key."""

    code = "vehicle_look_ups_off"
    status = 404

    def __init__(self) -> None:
        super().__init__("Marks are not looked up here: no register is switched on.")


class VehicleNotFound(DomainError):
    """No register knows a car with this mark."""

    code = "vehicle_not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("No car with this registration mark is known.")


class RegistersAway(DomainError):
    """No register answers at the moment."""

    code = "vehicle_registers_away"
    status = 503
    retry_seconds = 60

    def __init__(self) -> None:
        super().__init__("DVLA and DVSA do not answer at the moment: go on without them.")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What the registers say together: the titles of those that knew the car, and of those away."""

    record: VehicleRecord
    sources: tuple[str, ...]
    away: tuple[str, ...]


def registers() -> list[Register]:
    """Return the registers that are switched on; what the first one says stands."""
    found: list[Register] = []
    if settings.DVLA_API_KEY:
        found.append(VehicleEnquiryService())
    if settings.DVSA_API_KEY:
        found.append(MotHistory())
    return found


def is_on() -> bool:
    return bool(registers())


def look_up(mark: str, *, before_asking: Callable[[], object]) -> LookedUp:
    """Return what is known of a normalised mark.

    `before_asking` is called once where anybody must be asked, and may refuse. Nobody is asked in
    a transaction. Raises `LookUpsOff`, `VehicleNotFound` and `RegistersAway`.
    """
    if not is_on():
        raise LookUpsOff
    answers: dict[str, VehicleRecord | None] = stored(mark)
    unasked = [each for each in registers() if each.name not in answers]
    if unasked:
        before_asking()
        answers |= dict(_asked(unasked, mark))
    found = _together(answers)
    if found is not None:
        return found
    raise RegistersAway if _is_any_away(answers) else VehicleNotFound


def known(mark: str) -> LookedUp | None:
    """Return what is kept of a normalised mark, and ask nobody."""
    return _together(stored(mark)) if is_on() else None


def _asked(unasked: Sequence[Register], mark: str) -> Iterator[tuple[str, VehicleRecord | None]]:
    """Ask all at once, and keep what was answered; who does not answer is left out.

    Meanwhile the database's connection is others': a few slow answers would else keep everybody
    from writing.
    """
    if not connection.in_atomic_block:
        connection.close()
    with ThreadPoolExecutor(max_workers=len(unasked)) as threads:
        asked: list[Future[VehicleRecord | None]] = [
            threads.submit(copy_context().run, each.ask, mark) for each in unasked
        ]
    for register, answer in zip(unasked, asked, strict=True):
        try:
            record = answer.result()
        except RegisterAway as away:
            count_attempt("vehicle_questions", away.outcome)
            continue
        count_attempt("vehicle_questions", "answered" if record else "not_found")
        store(mark, register.name, record)
        yield register.name, record


def _together(answers: dict[str, VehicleRecord | None]) -> LookedUp | None:
    order = registers()
    told = [(each, record) for each in order if (record := answers.get(each.name))]
    if not told:
        return None
    (_, whole), *others = told
    for _, record in others:
        whole = whole.completed_by(record)
    # A test ends up at DVSA first, and at DVLA a day later.
    ends = [record.mot_expires_on for _, record in told if record.mot_expires_on]
    sources = tuple(each.title for each, _ in told)
    away = tuple(each.title for each in order if each.name not in answers)
    return LookedUp(replace(whole, mot_expires_on=max(ends, default=None)), sources, away)


def _is_any_away(answers: dict[str, VehicleRecord | None]) -> bool:
    return any(each.name not in answers for each in registers())
