"""The text of the database's functions and triggers: files, which migrations install."""

from pathlib import Path

from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation

ROOT = Path(__file__).parents[2]


class InstallSql(RunSQL):
    """Install `<app>/sql/<name>.sql` as it is today; `before` is the SQL for the way back.

    One migration installs a file, the last that has to: whoever changes the file moves the
    operation to a new migration, where `before` puts back what the file said until then. Older
    migrations keep the texts of their time, so that each meets the tables it was written for.
    """

    def __init__(self, app: str, name: str, *, before: str) -> None:
        self.path = ROOT / app / "sql" / f"{name}.sql"
        super().__init__(self.path.read_text(), before)

    deconstruct = Operation.deconstruct

    def describe(self) -> str:
        return f"Install {self.path.relative_to(ROOT)}"
