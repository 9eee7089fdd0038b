"""A Prometheus server that asks once."""

from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-of-the-tests-that-is-long-enough"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    return {
        (each.name, frozenset(each.labels.items())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def sample(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"marketplace_{name}", frozenset(labels.items())))


class Scrape:
    """A client whose handler is made while there is a token."""

    def __call__(self) -> Samples:
        with override_settings(METRICS_TOKEN=TOKEN):
            answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return samples(answer.content.decode())
