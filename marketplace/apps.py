"""The project itself, as an application."""

from django.apps import AppConfig

from marketplace import celery, error_reports, job_runs, request_id


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        """Make Celery's application the one that verbs queue their tasks with, in every process."""
        celery.app.set_default()
        request_id.connect_tasks()
        job_runs.connect_tasks()
        error_reports.start()
