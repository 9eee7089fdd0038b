"""Price plans in the admin."""

import pytest
from django.test import Client

from listings.models import PricePlan
from tests import make
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
URL = "/admin/listings/priceplan/"


def test_a_plan_is_made_and_listed(admin: Client) -> None:
    dealer = make.dealer("Kings")
    values = posted(admin, f"{URL}add/") | {
        "dealer": dealer.pk,
        "name": "Steady",
        "after_days": 30,
        "every_days": 7,
        "drop": 2,
        "unit": "percent",
        "floor": 1_000,
    }
    assert admin.post(f"{URL}add/", values).status_code == 302
    assert PricePlan.objects.get().ending == "95"
    page = admin.get(URL).content.decode()
    assert "2 % after 30 days, then every 7" in page


@pytest.mark.parametrize("typed", [{"drop": "60"}, {"every_days": "0"}, {"floor": "0"}])
def test_an_odd_plan_is_refused(admin: Client, typed: dict[str, str]) -> None:
    plan = make.price_plan(make.dealer())
    url = f"{URL}{plan.pk}/change/"
    response = admin.post(url, posted(admin, url) | typed)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert PricePlan.objects.values().get() == PricePlan.objects.filter(pk=plan.pk).values().get()
    assert PricePlan.objects.get().drop == 2
