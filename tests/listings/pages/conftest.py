import pytest

from listings.catalogue.vocabulary import VOCABULARY


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Pages name makes and models by what a process keeps of the catalogue, also between tests."""
    VOCABULARY.forget()
