"""A list without a row says what to do, and a filter that finds nothing how to be rid of it."""

import pytest
from django.test import Client
from django.urls import reverse

from dealers.models import Branch
from dealers.panel import panel
from listings.models import Make
from listings.models import Model as CarModel
from tests import make

pytestmark = pytest.mark.django_db
PAGES = {model: pages for model, pages in panel._registry.items() if model not in (Make, CarModel)}
"""Names of cars are no list: forms complete them."""


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.model_name)
def test_a_list_without_a_row_says_what_to_do(desk: Client, model: type) -> None:
    pages = PAGES[model]
    page = desk.get(reverse(pages.url_name("changelist"))).content.decode()
    assert f"No {model._meta.verbose_name_plural} yet" in page  # type: ignore[attr-defined]
    assert len(pages.empty_said) > 40
    assert pages.empty_said in page.replace("&#x27;", "'")
    ways = [reverse(page) for _, page in pages.empty_links]
    assert ways or (pages.url_name("add") and reverse(pages.url_name("add")) in page)
    for way in ways:
        assert f'href="{way}"' in page


def test_nothing_found_is_cleared_by_a_button(desk: Client, branch: Branch) -> None:
    make.live(branch=branch)
    page = desk.get("/dealer/listings/listing/?status__exact=sold").content.decode()
    assert "Nothing matches" in page
    assert "Clear the filters" in page
    found = desk.post("/dealer/listings/listing/search/", {"q": "Zebra"}, follow=True)
    assert "Clear the search" in found.content.decode()
