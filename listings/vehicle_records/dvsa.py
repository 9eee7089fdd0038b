"""DVSA's MOT history, version 1.

    POST <the token's address that DVSA mails>
    grant_type=client_credentials&client_id=…&client_secret=…&scope=https://tapi.dvsa.gov.uk/.default

answers `{"token_type": "Bearer", "expires_in": <seconds>, "access_token": …}`, to be kept until it
ends, and then

    GET /v1/trade/vehicles/registration/<mark>
    Authorization: Bearer <token>
    X-API-Key: <key>

answers 200 with registration, make, model, fuelType, primaryColour, registrationDate,
manufactureDate, firstUsedDate, engineSize (cc, as text), hasOutstandingRecall and either motTests
or, for a car that has had none, manufactureYear and motTestDueDate. A test has completedDate,
testResult (PASSED or FAILED), expiryDate, odometerValue (as text), odometerUnit (MI or KM) and
odometerResultType (READ, UNREADABLE or NO_ODOMETER). Refusals are
`{"errorCode", "errorMessage", "requestId"}` with a code such as MOTH-NF-01 (no such vehicle),
MOTH-IV-03 (no such mark), MOTH-FB-02 (the token has expired) and MOTH-RL-02 (too many requests).
`errorMessage` may repeat the mark: it is read by nobody.
Source: documentation.history.mot.api.gov.uk, "Authentication", "Error codes", "Rate limits" and the
API specification.
"""

import re
import time
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from listings.vehicle_records import answers
from listings.vehicle_records.record import MotReading, VehicleRecord
from listings.vehicle_records.register import Line, seconds_max
from marketplace.fetching import Replied, get, post

SCOPE = "https://tapi.dvsa.gov.uk/.default"
BYTES_MAX = 512 * 1024
TOKEN_BYTES_MAX = 16 * 1024
TOKEN_SPARE_SECONDS = 60
TESTS_MAX = 200
NO_VEHICLE = "MOTH-NF-01"
_CODE = re.compile(r"MOTH-[A-Z]{2}-[0-9]{2}")
_TOKEN = re.compile(r"[\w.~+/=-]{1,8000}")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a request shows, until a moment of this process's own clock."""

    value: str
    ends_at: float


class MotHistory:
    """Model, day of registration, the mileage at each MOT test and when the last one ends."""

    name = "dvsa"
    title = "DVSA"

    def ask(self, mark: str) -> VehicleRecord | None:
        access = _access(settings.DVSA_TOKEN_URL, settings.DVSA_CLIENT_ID)
        reply = access.history(mark)
        if reply.status == 404 and _code(reply) in (NO_VEHICLE, ""):
            return None
        told = answers.json_object(reply.beginning)
        if reply.status != 200 or told is None:
            raise access.line.refusal(reply.status, _code(reply))
        return _record(told)


class DvsaAccess:
    """The token that requests share, and the lines to who gives it and to who answers."""

    def __init__(self) -> None:
        self.line = Line(MotHistory.name)
        self._token: AccessToken | None = None

    def history(self, mark: str) -> Replied:
        """Return the reply to a mark; a token that is refused is asked for anew, once."""
        reply = self._asked(mark)
        if reply.status == 401 or _code(reply) == "MOTH-FB-02":
            self._token = None
            reply = self._asked(mark)
        return reply

    def _asked(self, mark: str) -> Replied:
        sent = partial(
            get,
            f"{settings.DVSA_URL.rstrip('/')}/v1/trade/vehicles/registration/{quote(mark)}",
            headers={
                "Authorization": f"Bearer {self._current_token()}",
                "X-API-Key": settings.DVSA_API_KEY,
                "Accept": "application/json",
            },
            seconds_max=seconds_max(),
            bytes_max=BYTES_MAX,
        )
        return self.line.reply(sent, lambda body: answers.json_object(body) is not None)

    def _current_token(self) -> str:
        if self._token is None or self._token.ends_at <= time.monotonic():
            self._token = self._new_token()
        return self._token.value

    def _new_token(self) -> AccessToken:
        asked_at = time.monotonic()
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.DVSA_CLIENT_ID,
            "client_secret": settings.DVSA_CLIENT_SECRET,
            "scope": SCOPE,
        }
        sent = partial(
            post,
            settings.DVSA_TOKEN_URL,
            urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            seconds_max=seconds_max(),
            bytes_max=TOKEN_BYTES_MAX,
        )
        reply = self.line.reply(sent, lambda body: _token_in(body, asked_at) is not None)
        token = _token_in(reply.beginning, asked_at) if reply.status == 200 else None
        if token is None:
            raise self.line.refusal(reply.status, "token")
        return token


@cache
def _access(_token_url: str, _client_id: str) -> DvsaAccess:
    return DvsaAccess()


def _token_in(body: bytes, asked_at: float) -> AccessToken | None:
    told = answers.json_object(body) or {}
    value, seconds = told.get("access_token"), told.get("expires_in")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        return None
    lasts = seconds if isinstance(seconds, int) else 0
    return AccessToken(value, asked_at + max(0, lasts - TOKEN_SPARE_SECONDS))


def _code(reply: Replied) -> str:
    """Return a documented code of a refusal, and nothing else that it says."""
    told = answers.json_object(reply.beginning) if reply.status != 200 else None
    code = (told or {}).get("errorCode")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _record(told: dict[str, Any]) -> VehicleRecord:
    given = told.get("motTests")
    listed = given[:TESTS_MAX] if isinstance(given, list) else []
    tests = [each for each in listed if isinstance(each, dict)]
    readings = filter(None, (_reading(test) for test in tests))
    passes = [each for each in tests if each.get("testResult") == "PASSED"]
    ends = [answers.day(each.get("expiryDate")) for each in passes]
    due = answers.day(told.get("motTestDueDate"))
    return VehicleRecord(
        make=answers.text(told.get("make")),
        model=answers.text(told.get("model")),
        colour=answers.colour(told.get("primaryColour")),
        fuels=answers.fuels(told.get("fuelType")),
        fuel_name=answers.text(told.get("fuelType")).capitalize(),
        year_made=answers.year(told.get("manufactureYear") or told.get("manufactureDate")),
        year_registered=answers.year(told.get("registrationDate")),
        first_registered_on=answers.day(told.get("registrationDate")),
        engine_cc=answers.whole_number(told.get("engineSize"), answers.ENGINE_CC_MAX),
        mot_expires_on=max(filter(None, ends), default=due),
        readings=tuple(sorted(readings, key=lambda each: each.tested_on, reverse=True)),
    )


def _reading(test: dict[str, Any]) -> MotReading | None:
    tested_on = answers.day(test.get("completedDate"))
    if tested_on is None or test.get("odometerResultType", "READ") != "READ":
        return None
    mileage = answers.miles(test.get("odometerValue"), test.get("odometerUnit"))
    if mileage is None:
        return None
    return MotReading(tested_on, mileage, test.get("testResult") == "PASSED")
