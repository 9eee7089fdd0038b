"""`manage.py forget_failed_sign_ins --email clerk@example.com`, or `--address 203.0.113.5`"""

import ipaddress
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.accounts.sign_in_attempts import forget_address, lift_lock
from dealers.models import User
from dealers.permissions import SYSTEM


class Command(BaseCommand):
    help = "Let an account, or everybody at an address, sign in at once after failures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--email", help="whose failures are forgotten, wherever they were")
        whose.add_argument("--address", help="where they were, with the network around it")

    def handle(self, *args: Any, **options: Any) -> None:
        if address := options["address"]:
            try:
                forget_address(str(ipaddress.ip_address(address)))
            except ValueError:
                raise CommandError(f"{address} is no IP address.") from None
            return
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        lift_lock(user_id=user.pk, actor=SYSTEM)
