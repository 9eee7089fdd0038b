"""What the official registers know of a car by its mark: looked up, kept for a while, compared.

Off until a register's key is in the settings. A mark goes to the registers and nowhere else: it is
kept as a keyed digest, and is in no address, log line, message or metric of ours.
"""

from listings.vehicle_records.comparison import (
    Mismatch,
    filling,
    mismatches,
)
from listings.vehicle_records.look_up import (
    LookedUp,
    LookUpsOff,
    RegistersAway,
    VehicleNotFound,
    is_on,
    known,
    look_up,
)
from listings.vehicle_records.mismatch_notes import note_mismatches, noted_mismatches
from listings.vehicle_records.record import MotReading, VehicleRecord
from listings.vehicle_records.stored_answers import old_answers

__all__ = [
    "LookUpsOff",
    "LookedUp",
    "Mismatch",
    "MotReading",
    "RegistersAway",
    "VehicleNotFound",
    "VehicleRecord",
    "filling",
    "is_on",
    "known",
    "look_up",
    "mismatches",
    "note_mismatches",
    "noted_mismatches",
    "old_answers",
]
