"""Makes and models: unknown names are confirmed or merged by staff."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from listings.choices import Confirmation
from listings.models import Listing, Make, MakeAlias, Model, ModelAlias
from tests import make
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
MAKES, MODELS = "/admin/listings/make/", "/admin/listings/model/"


@pytest.fixture
def unknown() -> Make:
    return make.make("Land Rovr", confirmation=Confirmation.PENDING)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_unknown_names_come_first_with_their_adverts(admin: Client, unknown: Make) -> None:
    make.make("Abarth")
    make.live(model=make.model("Defender", unknown))
    rows = admin.get(MAKES).context["cl"].result_list
    assert [(row.name, row.advert_count) for row in rows] == [("Land Rovr", 1), ("Abarth", 0)]


@pytest.mark.parametrize("url", [MAKES, MODELS])
def test_lists_cost_the_same_for_many_rows(admin: Client, url: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(url).status_code == 200
        return len(seen)

    make.model("A", make.make("X"))
    before = queries()
    for number in range(9):
        make.model(f"B{number}", make.make(f"Y{number}"))
    assert queries() == before == 4


def test_a_name_is_confirmed_by_its_button_or_in_bulk(admin: Client, unknown: Make) -> None:
    model = make.model("Defendr", unknown, confirmation=Confirmation.PENDING)
    assert admin.get(f"{MAKES}{unknown.pk}/confirm/").status_code == 302
    assert Make.objects.get().confirmation == "pending"
    admin.post(f"{MAKES}{unknown.pk}/confirm/")
    admin.post(MODELS, {"action": "confirm_names", "_selected_action": [model.pk]})
    assert Make.objects.get().confirmation == "confirmed"
    assert Model.objects.get().confirmation == "confirmed"


def test_merging_a_make_says_what_moves_and_moves_it(admin: Client, unknown: Make) -> None:
    right = make.make("Land Rover")
    row = make.live(model=make.model("Defender", unknown))
    page = admin.get(f"{MAKES}{unknown.pk}/merge/").content.decode()
    assert "<strong>1 advert</strong> of Land Rovr will move" in page
    response = admin.post(f"{MAKES}{unknown.pk}/merge/", {"into": right.pk}, follow=True)
    assert "Land Rovr is now part of Land Rover: 1 adverts moved." in response.content.decode()
    row.refresh_from_db()
    assert (row.make, row.title[:10]) == (right, "Land Rover")
    assert MakeAlias.objects.get().name == "Land Rovr"
    assert Make.objects.get() == right


def test_merging_a_model_moves_its_adverts(admin: Client) -> None:
    right, wrong = make.model("Range Rover"), make.model("Rangerover SE")
    row = make.live(model=wrong)
    admin.post(f"{MODELS}{wrong.pk}/merge/", {"into": right.pk})
    row.refresh_from_db()
    assert row.model == right
    assert Model.objects.get() == right


@pytest.mark.parametrize("into", ["", "999999", "abc", "itself"])
def test_a_merge_into_nothing_or_itself_is_refused(admin: Client, unknown: Make, into: str) -> None:
    target = str(unknown.pk) if into == "itself" else into
    response = admin.post(f"{MAKES}{unknown.pk}/merge/", {"into": target})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"into"}
    assert Make.objects.get() == unknown


def test_a_rename_retitles_the_adverts_and_keeps_the_old_name(admin: Client) -> None:
    row = make.live()
    url = f"{MAKES}{row.make_id}/change/"
    assert admin.post(url, posted(admin, url) | {"name": "Landrover UK"}).status_code == 302
    row.refresh_from_db()
    assert row.title.startswith("Landrover UK Range Rover")
    assert MakeAlias.objects.get().name == "Land Rover"


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "volkswagen", "-"])
def test_a_name_that_is_taken_or_missing_is_refused(admin: Client, name: str) -> None:
    make.make("Volkswagen")
    wanted = make.make("Land Rover")
    url = f"{MAKES}{wanted.pk}/change/"
    response = admin.post(url, posted(admin, url) | {"name": name})
    assert errors(response).keys() == {"name"}
    wanted.refresh_from_db()
    assert wanted.name == "Land Rover"


def test_other_names_are_added_and_removed(admin: Client) -> None:
    model = make.model("3 Series", make.make("BMW"))
    url = f"{MODELS}{model.pk}/change/"
    assert admin.post(url, posted(admin, url) | {"aliases-0-name": "320d"}).status_code == 302
    assert ModelAlias.objects.get().name == "320d"
    assert admin.post(url, posted(admin, url) | {"aliases-0-DELETE": "on"}).status_code == 302
    assert not ModelAlias.objects.exists()


def test_an_other_name_that_is_taken_is_refused(admin: Client) -> None:
    make.make("Volkswagen")
    wanted = make.make("Audi")
    url = f"{MAKES}{wanted.pk}/change/"
    response = admin.post(url, posted(admin, url) | {"aliases-0-name": "VOLKSWAGEN"})
    assert response.status_code == 200
    assert "already has this name" in response.content.decode()
    assert not MakeAlias.objects.exists()


def test_a_new_model_brings_its_make(admin: Client) -> None:
    values = posted(admin, f"{MODELS}add/") | {"make_name": "Ineos", "name": "Grenadier"}
    assert admin.post(f"{MODELS}add/", values).status_code == 302
    model = Model.objects.get()
    assert (str(model.make), model.name, model.slug) == ("Ineos", "Grenadier", "grenadier")
    assert (model.confirmation, model.make.confirmation) == ("confirmed", "confirmed")


def test_nothing_of_the_catalogue_is_deleted_here(admin: Client, unknown: Make) -> None:
    assert admin.post(f"{MAKES}{unknown.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{MAKES}add/").status_code == 403


def test_who_may_only_look_changes_nothing(client: Client, unknown: Make) -> None:
    person = make.user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_make"))
    client.force_login(person)
    right = make.make("Land Rover")
    assert client.get(f"{MAKES}{unknown.pk}/change/").status_code == 200
    assert client.post(f"{MAKES}{unknown.pk}/confirm/").status_code == 403
    assert client.post(f"{MAKES}{unknown.pk}/merge/", {"into": right.pk}).status_code == 403
    assert client.get(f"{MAKES}{unknown.pk}/merge/").status_code == 403
    assert Make.objects.filter(confirmation="pending").count() == 1
    assert not Listing.objects.exists()
