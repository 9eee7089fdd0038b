"""What nobody means to send, as it stands in an address: text that is percent-encoded."""

import os
import zlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

AWKWARD = {
    "nothing": "",
    "nul": "%00",
    "nul inside": "a%00b",
    "surrogate": "%ed%a0%80",
    "half a letter": "%ff%fe",
    "bracket": "http://[",
    "bracketed name": "http://[a]/",
    "port": "http://a:99999999/",
    "minus": "-1",
    "beyond 64 bits": "9223372036854775808",
    "400 digits": "1" + "0" * 400,
    "5,000 digits": "9" * 5_000,
    "infinite": "1e309",
    "no number": "NaN",
    "other digits": quote("١٢"),
    "squared": quote("²"),
    "underscore": "1_0",
    "hidden": quote("\u202e\u200b\u2066\ufeff"),
    "first day": "0001-01-01T00:00:00%2B23:59",
    "last day": "9999-12-31T23:59:59-23:59",
    "no day": "2026-02-30",
    "long": "x" * 20_000,
    "commas": "," * 500,
    "quotes": "'%22%5C%25_(",
    "json": quote('{"a": [1]}'),
}
"""By name."""


ALONE = ("beyond 64 bits", "squared", "last day")
"""Those that a single field might take for a value, with all others as they should be."""

IS_WHOLE = "FUZZ_EXAMPLES" in os.environ


def some(values: Iterable[Any], *, one_in: int, of: str) -> list[Any]:
    """Return about one in so many values, the same in every run and others for every `of`.

    `make fuzz` gets all of them.
    """
    return [
        value
        for place, value in enumerate(values)
        if IS_WHOLE or zlib.crc32(f"{of} {place}".encode()) % one_in == 0
    ]
