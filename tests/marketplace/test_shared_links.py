"""Whatever a link gathers on its way to a reader, the page opens."""

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
ADDED = "utm_source=mail&fbclid=IwAR0&gclid=1&msclkid=2&mc_eid=3&_ga=2.1&ref=x&zzz=1"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/cars/", "/used-cars/land-rover/", "/cars/{pk}/", "/widget/frame/{pk}/"),
        *("/api/docs/", "/dealer/login/", "/admin/login/", "/password/reset/"),
        *("/robots.txt", "/sitemap.xml", "/sitemap-used-cars.xml"),
    ],
)
def test_every_page_opens_with_what_others_added_to_its_address(client: Client, path: str) -> None:
    row = make.live()
    added = ADDED.removesuffix("&zzz=1") if "widget" in path else ADDED
    answer = client.get(f"{path.format(pk=row.pk)}?{added}", follow=True)
    assert answer.status_code == 200
    if answer.redirect_chain and path.startswith(("/cars/", "/used-cars/")):
        assert "fbclid" not in answer.redirect_chain[-1][0]
