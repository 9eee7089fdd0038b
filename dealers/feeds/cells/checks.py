"""What follows from a row as a whole: fields that others state, and fields that disagree."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from dealers.feeds.cells import choices, dates, prices, texts
from dealers.feeds.cells.cell import UNSAID, VALUE_CHARACTERS_MAX, Read, RowFinding
from listings.choices import Fuel
from listings.identifiers import registration_years
from listings.language.derivative import advert_fields, fill_with, read
from listings.models.rules import latest_year

_EPOCHS = frozenset({1900, 1970})
"""The first years of computers' calendars, which stand for no date more often than for a car."""

_EMITS_NOTHING = frozenset({Fuel.ELECTRIC, Fuel.HYDROGEN})
_BARELY_DRIVEN_MILES = 50
_MPG_MAX, _MPG_MAX_WITH_A_PLUG = 150, 300
_OF_OTHER_COLUMNS: tuple[Callable[[str], Read], ...] = (
    choices.read_fuel,
    choices.read_transmission,
    choices.read_body,
)


def complete(
    fields: dict[str, object], cells: Mapping[str, str], warnings: list[RowFinding], today: date
) -> None:
    """Add what the derivative, the date of registration, the mark and the body's text state."""
    derivative = fields.get("derivative")
    if derivative:
        filled = fill_with(fields, _said_by(str(derivative)))
        fields.update(filled.added)
        for each in filled.contradictions:
            message = f"The derivative says {each.read}; the column is kept."
            warnings.append(
                RowFinding("derivative_contradicts", each.field, message, str(each.stated))
            )
    _add_vat(fields, cells, warnings)
    _drop_odd_mpg(fields, warnings)
    if fields.get("co2_g_km") == 0 and fields.get("fuel", Fuel.ELECTRIC) not in _EMITS_NOTHING:
        del fields["co2_g_km"]
    if "doors" not in fields and "body_type" in cells:
        doors = choices.doors_of_body(cells["body_type"])
        if doors is not None:
            fields["doors"] = doors
    if "year" not in fields:
        _complete_year(fields, cells, warnings, today)
    elif (digits := dates.two_digits_of_year(cells.get("year", ""))) is not None:
        fields["year"] = _year_of_digits(digits, fields, today)


def check(
    fields: dict[str, object],
    cells: Mapping[str, str],
    warnings: list[RowFinding],
    errors: list[RowFinding],
    today: date,
) -> None:
    """Find what contradicts the calendar, the mark or itself."""
    year = fields.get("year")
    if isinstance(year, int):
        _check_year(year, fields, warnings, errors, today)
    registered = fields.get("first_registered_on")
    if isinstance(registered, date) and registered > date(today.year + 1, today.month, 1):
        del fields["first_registered_on"]
        message = "A car for sale has been registered."
        warnings.append(
            RowFinding("impossible_date", "first_registered_on", message, str(registered))
        )
    fee, price = fields.get("admin_fee"), fields.get("price")
    if isinstance(fee, int) and isinstance(price, int) and fee > price:
        del fields["admin_fee"]
        message = "A fee is part of the price, and cannot exceed it."
        warnings.append(RowFinding("impossible_fee", "admin_fee", message, str(fee)))
    if "mileage" not in fields or ("price" in cells and "price" not in fields):
        _check_shift(cells, fields, errors)


def _add_vat(
    fields: dict[str, object], cells: Mapping[str, str], warnings: list[RowFinding]
) -> None:
    """Add the VAT that a column of its own says is still to be added."""
    price, said = fields.get("price"), cells.get("vat_scheme")
    if not said or not isinstance(price, int) or not prices.is_plus_vat(said):
        return
    if any(each.code == "vat_added" for each in warnings):
        return
    read = prices.with_vat(price)
    fields["price"] = read.value
    warnings.append(RowFinding(read.code, "price", read.message, cells["price"]))


def _drop_odd_mpg(fields: dict[str, object], warnings: list[RowFinding]) -> None:
    """Hold what only a car with a plug reaches: 62.8 without its point is 628."""
    mpg = fields.get("mpg")
    fuel = fields.get("fuel")
    most = _MPG_MAX if fuel else _MPG_MAX_WITH_A_PLUG
    if isinstance(mpg, Decimal) and mpg > most and fuel != Fuel.PLUG_IN_HYBRID:
        del fields["mpg"]
        message = f"No car without a plug does {mpg} miles per gallon."
        warnings.append(RowFinding("odd_mpg", "mpg", message, str(mpg)))


@lru_cache(maxsize=32_768)
def _said_by(derivative: str) -> Mapping[str, object]:
    return advert_fields(read(derivative))


def _year_of_digits(digits: int, fields: Mapping[str, object], today: date) -> int:
    """Return the year that two digits mean: one of the mark's, and none to come."""
    past = [year for year in dates.years_of_digits(digits) if year <= today.year]
    issued = registration_years(str(fields.get("vrm", "")))
    of_mark = [year for year in past if issued and year in issued]
    return (of_mark or past)[0]


def _complete_year(
    fields: dict[str, object],
    cells: Mapping[str, str],
    warnings: list[RowFinding],
    today: date,
) -> None:
    registered = fields.get("first_registered_on")
    if isinstance(registered, date):
        fields["year"] = registered.year
        return
    month = dates.read_year(cells.get("first_registered_on", "")).value  # "03/2018" is no day
    if isinstance(month, int):
        fields["year"] = month
        return
    years = registration_years(str(fields.get("vrm", "")))
    if years is not None and years.start <= today.year:
        fields["year"] = years.start
        message = f"The year is taken from the registration mark: {years.start}."
        warnings.append(RowFinding("year_from_mark", "year", message))


def _check_year(
    year: int,
    fields: dict[str, object],
    warnings: list[RowFinding],
    errors: list[RowFinding],
    today: date,
) -> None:
    if year > latest_year(today):
        errors.append(RowFinding("impossible_year", "year", "This year is to come.", str(year)))
        return
    if year > today.year or year in _EPOCHS or year < 1920:
        message = f"Is {year} the year of a used car?"
        warnings.append(RowFinding("odd_year", "year", message, str(year)))
    years = registration_years(str(fields.get("vrm", "")))
    if years is not None and year < years.start:
        message = f"Marks like this one were first issued in {years.start}, after {year}."
        warnings.append(RowFinding("year_contradicts_mark", "year", message, str(year)))
    registered = fields.get("first_registered_on")
    if isinstance(registered, date) and not year - 1 <= registered.year <= year + 2:
        message = f"The car was first registered in {registered.year}, not {year}."
        warnings.append(RowFinding("year_contradicts_registration", "year", message, str(year)))
    mileage = fields.get("mileage")
    if isinstance(mileage, int) and mileage < _BARELY_DRIVEN_MILES and year < today.year - 1:
        message = f"{mileage} miles since {year}: is it a placeholder?"
        warnings.append(RowFinding("odd_mileage", "mileage", message, str(mileage)))


def _check_shift(
    cells: Mapping[str, str], fields: Mapping[str, object], errors: list[RowFinding]
) -> None:
    """Find a number's cell that holds what belongs to another column: the cells are shifted."""
    for name in ("mileage", "price", "year"):
        text = cells.get(name, "")
        if name in fields or not any(map(str.isalpha, text)):
            continue
        if any(reader(text).value is not UNSAID for reader in _OF_OTHER_COLUMNS) or _is_link(text):
            message = f"The {name} holds what belongs to another column: are the cells shifted?"
            errors.append(RowFinding("shifted_columns", name, message, text[:VALUE_CHARACTERS_MAX]))
            return


def _is_link(text: str) -> bool:
    return "://" in texts.tidy(text)
