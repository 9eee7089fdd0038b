"""`manage.py create_dealer <name> --email <address> --postcode "LS1 4AP" --owner <address>`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.permissions import SYSTEM
from dealers.registration import register_dealer
from marketplace.errors import DomainError


class Command(BaseCommand):
    help = "Add a dealer with a branch, and invite its owner by mail; refuses one that is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the dealer's name, and that of its first branch")
        parser.add_argument("--email", required=True, help="where notices to the dealer go")
        parser.add_argument("--postcode", required=True, help="where the branch is: LS1 4AP")
        parser.add_argument("--owner", required=True, help="whom to invite as the owner")
        parser.add_argument("--slug", default="", help="its name in addresses; from the name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invitation = register_dealer(
                name=options["name"],
                email=options["email"],
                postcode=options["postcode"],
                owner_email=options["owner"],
                slug=options["slug"],
                actor=SYSTEM,
            )
        except DomainError as refusal:
            told = [f"{field}: {text}" for field, texts in refusal.fields.items() for text in texts]
            raise CommandError(" ".join([refusal.message, *told])) from None
        self.stdout.write(f"{invitation.dealer.slug}: {invitation.email} is invited by mail.")
