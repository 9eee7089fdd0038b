"""The project itself, as an application."""

from django.apps import AppConfig

from marketplace import celery, request_id


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        """Make Celery's application the one that verbs queue their tasks with, in every process."""
        celery.app.set_default()
        request_id.connect_tasks()
