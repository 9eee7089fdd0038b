"""What follows from a row as a whole: fields that others state, and fields that disagree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

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


@dataclass(slots=True)
class RowChecks:
    """The fields of a row beside its cells, and what is found where they are held together."""

    fields: dict[str, Any]
    cells: Mapping[str, str]
    today: date
    warnings: list[RowFinding]
    errors: list[RowFinding]

    def complete(self) -> None:
        """Add what the derivative, the registration, the mark and the body's text state."""
        fields = self.fields
        if derivative := fields.get("derivative"):
            filled = fill_with(fields, _said_by(derivative))
            fields.update(filled.added)
            for each in filled.contradictions:
                message = f"The derivative says {each.read}; the column is kept."
                self._warn("derivative_contradicts", each.field, message, each.stated)
        self._add_vat()
        self._drop_odd_mpg()
        if fields.get("co2_g_km") == 0 and fields.get("fuel", Fuel.ELECTRIC) not in _EMITS_NOTHING:
            del fields["co2_g_km"]
        if "doors" not in fields and "body_type" in self.cells:
            doors = choices.doors_of_body(self.cells["body_type"])
            if doors is not None:
                fields["doors"] = doors
        if "year" not in fields:
            self._complete_year()
        elif (digits := dates.two_digits_of_year(self.cells.get("year", ""))) is not None:
            fields["year"] = self._year_of_digits(digits)

    def check(self) -> None:
        """Find what contradicts the calendar, the mark or itself."""
        fields = self.fields
        self._check_year(fields.get("year"))
        registered = fields.get("first_registered_on")
        if registered and registered > date(self.today.year + 1, self.today.month, 1):
            message = "A car for sale has been registered."
            self._drop("impossible_date", "first_registered_on", message)
        fee, price = fields.get("admin_fee"), fields.get("price")
        if fee and price is not None and fee > price:
            message = "A fee is part of the price, and cannot exceed it."
            self._drop("impossible_fee", "admin_fee", message)
        if "mileage" not in fields or ("price" in self.cells and "price" not in fields):
            self._check_shift()

    def _warn(self, code: str, name: str, message: str, value: object = "") -> None:
        self.warnings.append(RowFinding(code, name, message, str(value)))

    def _drop(self, code: str, name: str, message: str) -> None:
        self._warn(code, name, message, self.fields.pop(name))

    def _add_vat(self) -> None:
        """Add the VAT that a column of its own says is still to be added."""
        price, said = self.fields.get("price"), self.cells.get("vat_scheme")
        if not said or price is None or not prices.is_plus_vat(said):
            return
        if not any(each.code == "vat_added" for each in self.warnings):
            self.fields["price"], code, message, _ = prices.with_vat(price)
            self._warn(code, "price", message, self.cells["price"])

    def _drop_odd_mpg(self) -> None:
        """Hold what only a car with a plug reaches: 62.8 without its point is 628."""
        mpg, fuel = self.fields.get("mpg"), self.fields.get("fuel")
        most = _MPG_MAX if fuel else _MPG_MAX_WITH_A_PLUG
        if mpg and mpg > most and fuel != Fuel.PLUG_IN_HYBRID:
            self._drop("odd_mpg", "mpg", f"No car without a plug does {mpg} miles per gallon.")

    def _years_of_mark(self) -> range | None:
        return registration_years(str(self.fields.get("vrm", "")))

    def _year_of_digits(self, digits: int) -> int:
        """Return the year that two digits mean: one of the mark's, and none to come."""
        past = [year for year in dates.years_of_digits(digits) if year <= self.today.year]
        issued = self._years_of_mark()
        of_mark = [year for year in past if issued and year in issued]
        return (of_mark or past)[0]

    def _complete_year(self) -> None:
        registered = self.fields.get("first_registered_on")
        if registered:
            self.fields["year"] = registered.year
            return
        month = dates.read_year(self.cells.get("first_registered_on", "")).value
        if isinstance(month, int):  # "03/2018" is no day
            self.fields["year"] = month
            return
        years = self._years_of_mark()
        if years is not None and years.start <= self.today.year:
            self.fields["year"] = years.start
            message = f"The year is taken from the registration mark: {years.start}."
            self._warn("year_from_mark", "year", message)

    def _check_year(self, year: int | None) -> None:
        if year is None:
            return
        this_year = self.today.year
        if year > latest_year(self.today):
            message = "This year is to come."
            self.errors.append(RowFinding("impossible_year", "year", message, str(year)))
            return
        if year > this_year or year in _EPOCHS or year < 1920:
            self._warn("odd_year", "year", f"Is {year} the year of a used car?", year)
        years = self._years_of_mark()
        if years is not None and year < years.start:
            message = f"Marks like this one were first issued in {years.start}, after {year}."
            self._warn("year_contradicts_mark", "year", message, year)
        registered = self.fields.get("first_registered_on")
        if registered and not year - 1 <= registered.year <= year + 2:
            message = f"The car was first registered in {registered.year}, not {year}."
            self._warn("year_contradicts_registration", "year", message, year)
        mileage = self.fields.get("mileage", _BARELY_DRIVEN_MILES)
        if mileage < _BARELY_DRIVEN_MILES and year < this_year - 1:
            message = f"{mileage} miles since {year}: is it a placeholder?"
            self._warn("odd_mileage", "mileage", message, mileage)

    def _check_shift(self) -> None:
        """Find a number's cell that holds what belongs to another column."""
        for name in ("mileage", "price", "year"):
            text = self.cells.get(name, "")
            if name in self.fields or not any(map(str.isalpha, text)):
                continue
            is_other = any(reader(text).value is not UNSAID for reader in _OF_OTHER_COLUMNS)
            if is_other or "://" in texts.tidy(text):
                message = f"The {name} holds what belongs to another column: are the cells shifted?"
                value = text[:VALUE_CHARACTERS_MAX]
                self.errors.append(RowFinding("shifted_columns", name, message, value))
                return


@lru_cache(maxsize=32_768)
def _said_by(derivative: str) -> Mapping[str, object]:
    return advert_fields(read(derivative))
