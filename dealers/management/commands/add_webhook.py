"""`manage.py add_webhook mirror https://mirror.example/hook --event listing.created`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.models import EVENTS_OF, WebhookAudience, WebhookEventType
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_marketplace_endpoint
from marketplace.errors import DomainError


class Command(BaseCommand):
    help = "Tell a mirror, or a system of our own, of all dealers, and print the secret: this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        audiences = (WebhookAudience.MIRROR, WebhookAudience.STAFF)
        parser.add_argument("audience", choices=[each.value for each in audiences])
        parser.add_argument("url", help="where it listens: https://...")
        parser.add_argument("--description", default="", help="what listens there")
        parser.add_argument(
            "--event",
            action="append",
            choices=WebhookEventType.values,
            help="what it is told; give it again for more, or leave it out for all that it may be",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        audience = options["audience"]
        try:
            made = add_marketplace_endpoint(
                audience=audience,
                actor=SYSTEM,
                url=options["url"],
                events=options["event"] or EVENTS_OF[audience],
                description=options["description"],
            )
        except DomainError as refusal:
            raise CommandError(refusal.one_line) from None
        self.stdout.write(made.secret)
