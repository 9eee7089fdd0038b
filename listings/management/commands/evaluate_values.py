"""Learn values from one CSV file of asking prices, and write those of the cars of another."""

import csv
import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from listings.pricing.value.car_files import BadCarFile, CarFile, CarFileCoder
from listings.pricing.value.rule import LABELS, REASONS, current_rule

COLUMNS = ("value", "low_80", "high_80", "low_90", "high_90", "comparables", "label", "reason")


class Command(BaseCommand):
    help = (
        "Fit the market model on one CSV file and value the cars of another, without a database. "
        "Columns: make, model, year, price, transmission, mileage, fuelType, engineSize, and where "
        "present tax, mpg, derivative, doors, body_type, power_bhp, owners, write_off, listed_on. "
        "A blank cell is not known. Each row is written as it stands, with: "
        f"{', '.join(COLUMNS)}."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--train", type=Path, required=True, metavar="FILE")
        parser.add_argument("--test", type=Path, required=True, metavar="FILE")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            train = CarFile.read(options["train"], is_priced=True)
            test = CarFile.read(options["test"], is_priced=False)
            answers = self._answers(train, test)
        except BadCarFile as error:
            raise CommandError(str(error)) from error
        _write(options["out"], test, answers)
        self.stdout.write(f"Wrote {len(test.rows)} rows to {options['out']}.")

    def _answers(self, train: CarFile, test: CarFile) -> list[dict[str, object]]:
        # Workers alone have the library that fits, and every command is imported to be listed.
        from listings.pricing.value.market_model import TooFewCars, fast_score, fit  # noqa: PLC0415

        coder = CarFileCoder.of(train.rows)
        try:
            model, market = fit(coder.cars(train.rows))
        except TooFewCars as error:
            raise BadCarFile(train.path, [str(error)]) from error
        cars = coder.cars(test.rows)
        values = model.values(cars, market, fast_score)
        labels, reasons = current_rule().rate(values.to_rate(cars))
        self.stdout.write(
            f"Fitted on {len(train.rows)} rows; out of fold: "
            + ", ".join(f"{name} {number:.2f}" for name, number in model.measured.items())
        )
        pounds = zip(*(getattr(values, name) for name in COLUMNS[:6]), strict=True)
        return [
            {name: int(number) or "" for name, number in zip(COLUMNS[:5], row[:5], strict=True)}
            | {"comparables": int(row[5])}
            | {"label": LABELS[label] or "", "reason": REASONS[reason] or ""}
            for row, label, reason in zip(pounds, labels, reasons, strict=True)
        ]


def _write(path: Path, test: CarFile, answers: list[dict[str, object]]) -> None:
    """Write all or nothing: a file that stands there is kept until all is written."""
    columns = [*(name for name in test.columns if name not in COLUMNS), *COLUMNS]
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, extrasaction="ignore")
                writer.writeheader()
                pairs = zip(test.rows, answers, strict=True)
                writer.writerows({**row, **answer} for row, answer in pairs)
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from error
