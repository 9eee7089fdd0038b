"""Say on one page what is wrong with this deployment; end with status 1 where something is.

Run it where a process runs, with that process's settings.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.diagnosis import findings
from marketplace.redaction import redacted_text
from marketplace.verdicts import Verdict


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []  # it says more than they would

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for found in findings():
            wrong += found.verdict is Verdict.WRONG
            self.stdout.write(redacted_text(f"{found.verdict:<6} {found.part:<11} {found.text}"))
        if wrong:
            raise CommandError(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
