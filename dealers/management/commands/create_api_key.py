"""`manage.py create_api_key <dealer's slug> <name> --scope stock:read`"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dealers.keys import create_key
from dealers.models import Dealer, Scope
from dealers.permissions import SYSTEM
from marketplace.errors import DomainError


class Command(BaseCommand):
    help = "Make a key for a dealer's own system, and print it: this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dealer", help="the dealer's slug")
        parser.add_argument("name", help="what will use the key")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            required=True,
            help="what the key may do; give it again for more",
        )
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            help="where it may be used from (CIDR), give it again for more; from anywhere without",
        )
        parser.add_argument("--days", type=int, help="when it ends; never without")

    def handle(self, *args: Any, **options: Any) -> None:
        dealer = Dealer.objects.filter(slug=options["dealer"]).first()
        if dealer is None:
            raise CommandError(f"There is no dealer {options['dealer']}.")
        days = options["days"]
        try:
            made = create_key(
                dealer_id=dealer.pk,
                actor=SYSTEM,
                name=options["name"],
                scopes=options["scope"],
                networks=options["network"],
                expires_at=None if days is None else timezone.now() + timedelta(days=days),
            )
        except DomainError as refusal:
            messages = [text for texts in refusal.fields.values() for text in texts]
            raise CommandError(" ".join([refusal.message, *messages])) from None
        self.stdout.write(made.token)
