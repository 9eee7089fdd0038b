"""The stock as a spreadsheet, which comes back in as a feed without a change."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from listings.choices import PriceRating, Status
from listings.models import PhotoSource
from listings.models.conditions import is_reserved
from marketplace.downloads import whole_file
from marketplace.london_time import in_london

_FORMULA = re.compile(r"'*[=+@\t\r\n-]")
_BETWEEN_PHOTOS = "|"
_CHUNK = 1_000
RESERVED = "Reserved"


def _field(name: str) -> Callable[[Any], object]:
    """Return what reads a field, in the trade's word where it is one of few values."""

    def cell(row: Any) -> object:
        value = getattr(row, name)
        if value is None:
            return ""
        shown = getattr(row, f"get_{name}_display", None)
        return shown() if shown else value

    return cell


def _status(row: Any) -> str:
    return RESERVED if is_reserved(row, timezone.now()) else row.get_status_display()


def _in_london(moment: datetime | None, form: str) -> str:
    return f"{in_london(moment):{form}}" if moment else ""


def _days_live(row: Any) -> object:
    return (timezone.now() - row.published_at).days if row.status == Status.LIVE else ""


def _expires(row: Any) -> str:
    return _in_london(row.expires_at, "%Y-%m-%d") if row.status == Status.LIVE else ""


def _reserved_until(row: Any) -> str:
    is_now = is_reserved(row, timezone.now())
    return _in_london(row.reserved_until, "%Y-%m-%d %H:%M") if is_now else ""


def _photos(row: Any) -> str:
    """Return the addresses of the photos as buyers load them; until there are any, where from."""
    stored = [default_storage.url(str(photo.image)) for photo in row.photos.all()]
    ours = [urljoin(settings.PUBLIC_URL, url) for url in stored]
    return _BETWEEN_PHOTOS.join(ours or [source.url for source in row.photo_sources.all()])


def _known(value: object) -> object:
    return "" if value is None else value


COLUMNS: Mapping[str, Callable[[Any], object]] = {
    "Stock ref": _field("stock_ref"),
    "Mark": _field("vrm"),
    "Advert": _field("title"),
    "Year": _field("year"),
    "Price": _field("price"),
    "Mileage": _field("mileage"),
    "Status": _status,
    "Days live": _days_live,
    "Expires": _expires,
    "Completeness": lambda row: row.completeness,
    "Market value": lambda row: _known(row.worth),
    "Price rating": lambda row: PriceRating(row.rating).label if row.rating else "",
    "Branch": lambda row: row.branch.name,
    "Advert number": lambda row: row.pk,
    "Reserved until": _reserved_until,
    "VIN": _field("vin"),
    "Make": lambda row: row.make.name,
    "Model": lambda row: row.model.name,
    "Derivative": _field("derivative"),
    "Admin fee": _field("admin_fee"),
    "VAT scheme": _field("vat_scheme"),
    "Fuel": _field("fuel"),
    "Transmission": _field("transmission"),
    "Doors": _field("doors"),
    "Seats": _field("seats"),
    "Body type": _field("body_type"),
    "Colour": _field("colour"),
    "Drivetrain": _field("drivetrain"),
    "Engine cc": _field("engine_cc"),
    "Power bhp": _field("power_bhp"),
    "CO2 g/km": _field("co2_g_km"),
    "MPG": _field("mpg"),
    "Battery kWh": _field("battery_kwh"),
    "Electric range miles": _field("electric_range_miles"),
    "Euro standard": _field("euro_standard"),
    "Owners": _field("owners"),
    "Service history": _field("service_history"),
    "MOT expires": _field("mot_expires_on"),
    "First registered": _field("first_registered_on"),
    "Write-off": _field("write_off"),
    "Description": _field("description"),
    "Photos": _photos,
    "Features": lambda row: json.dumps(row.features, ensure_ascii=False) if row.features else "",
}
"""What each column says of an advert. Feeds read it by the preset `own_export`."""


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    Source: OWASP, "CSV injection": such a text is led by an apostrophe, which reading it takes
    away. So is one that has apostrophes of its own there.
    """
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def export_csv(rows: QuerySet) -> tuple[StreamingHttpResponse, int]:
    """Return these adverts as a CSV file, and how many there are."""
    name = f"stock-{_in_london(timezone.now(), '%Y-%m-%d')}.csv"
    export = _Export(rows)
    file = whole_file(export.lines(), content_type="text/csv; charset=utf-8", name=name)
    return file, export.count


class _Export:
    """Adverts as lines, which counts those that it has written."""

    def __init__(self, rows: QuerySet) -> None:
        sources = PhotoSource.objects.wanted().exclude(state=PhotoSource.FetchState.REMOVED)
        self._rows = (
            rows.select_related("branch", "make", "model")
            .prefetch_related("photos", Prefetch("photo_sources", sources))
            .order_by("pk")
        )
        self.count = 0

    def lines(self) -> Iterator[str]:
        yield "\ufeff"  # tells spreadsheets that it is UTF-8
        yield _csv([list(COLUMNS)])
        after = 0
        while batch := list(self._rows.filter(pk__gt=after)[:_CHUNK]):
            yield _csv([[harmless(cell(row)) for cell in COLUMNS.values()] for row in batch])
            after = batch[-1].pk
            self.count += len(batch)


def _csv(lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()
