"""What no row can hold is refused in one place, wherever it is sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.models import Membership
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/v1/stock/by-ref/%00/", "/renew/a%00b/", "/%00"])
def test_an_address_with_a_nul_names_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_address_of_thousands_of_digits_names_nothing(client: Client) -> None:
    client.force_login(make.staff())
    for number in ("9" * 5_000, "9223372036854775808"):
        assert client.get(f"/admin/dealers/feedrun/{number}/change/").status_code < 500
        client.force_login(make.member(make.dealer()))
        assert client.get(f"/dealer/dealers/feedrun/{number}/report.csv").status_code == 404
        client.force_login(make.staff())
        assert client.post(f"/admin/dealers/user/{number}/second-factor/off/").status_code < 500


@pytest.mark.parametrize("path", ["/dealer/autocomplete/", "/cars/", "/api/v1/listings/"])
@pytest.mark.parametrize("query", ["term=%00", "a%00=1", "q=golf&make=a%00b"])
def test_a_parameter_with_a_nul_is_a_bad_request(client: Client, path: str, query: str) -> None:
    client.force_login(make.member(make.dealer()))
    assert client.get(f"{path}?{query}").status_code == 400


def test_a_form_with_a_nul_is_a_bad_request(client: Client) -> None:
    client.force_login(make.member(make.dealer()))
    address = "/dealer/listings/listing/"
    assert client.post(address, {"action": "publish", "_selected_action": "\0"}).status_code == 400
    file = SimpleUploadedFile("a.csv", b"a\0b")
    assert client.post(address, {"file": file}).status_code != 400  # a file may have any bytes


@pytest.mark.django_db(transaction=True)
def test_a_moment_that_no_zone_has_is_a_bad_request(client: Client) -> None:
    client.force_login(make.staff())
    for moment in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"):
        query = {"happened_at__gte": moment}
        assert client.get("/admin/dealers/auditevent/", query).status_code == 400
    query = {"happened_at__gte": "2026-01-01T00:00:00+00:00"}
    assert client.get("/admin/dealers/auditevent/", query).status_code == 200


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_field_without_a_name_is_a_bad_request(client: Client, page: str) -> None:
    client.force_login(make.staff())
    address = f"/admin/listings/model/{make.model().pk}/{page}/"
    assert client.get(f"{address}?_to_field=").status_code == 400
    assert client.post(address, {"_to_field": ""}).status_code == 400
    assert client.get(address).status_code in (200, 403)  # models are merged, not deleted


@pytest.mark.parametrize("url", ["http://[", "https://[::1", "http://[a]b/", "//["])
def test_what_only_begins_like_an_address_is_refused_by_name(client: Client, url: str) -> None:
    answer = client.get("/oembed", {"url": url})
    assert answer.status_code == 400
    assert "Must be a web address." in answer.content.decode()


def test_the_readable_document_offers_reading_alone(client: Client) -> None:
    assert client.options("/api/docs/").status_code == 405


@pytest.mark.parametrize("page", ["²", "9" * 5_000, "-1", "0"])
def test_what_is_no_page_of_rows_inside_a_page_is_the_first(client: Client, page: str) -> None:
    client.force_login(make.staff())
    address = f"/admin/listings/listing/{make.live().pk}/change/"
    assert client.get(address, {"events-page": page}).status_code == 200
    answer = client.post(address, {"events-page": page})
    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()


@pytest.mark.parametrize("key", ["²", "9999-12-31T23:59:59-23:59", "9" * 5_000, "-1"])
def test_what_is_no_key_of_a_person_is_refused_in_a_row(client: Client, key: str) -> None:
    client.force_login(make.staff())
    dealer = make.dealer()
    values = {f"branches-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    values |= {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0"}
    values |= {"memberships-0-user": key, "memberships-0-role": "owner"}
    answer = client.post(f"/admin/dealers/dealer/{dealer.pk}/change/", values)
    assert answer.status_code == 200
    assert "Select a valid choice." in answer.content.decode()
    assert not Membership.objects.filter(dealer=dealer).exists()
