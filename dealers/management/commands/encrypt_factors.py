"""Encrypt the secrets of second factors by the newest key; then the keys before it can go."""

from typing import Any

from django.core.management.base import BaseCommand

from dealers.accounts.factor_secrets import reencrypt_secrets


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Encrypted anew: {reencrypt_secrets()}. The rest was by the newest key.")
