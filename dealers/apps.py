from django.apps import AppConfig

from marketplace import quotas


class DealersConfig(AppConfig):
    name = "dealers"
    verbose_name = "Dealers"

    def ready(self) -> None:
        """Refuse to start with quotas that do not exist."""
        quotas.configured()
