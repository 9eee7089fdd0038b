"""Staff confirm, rename and merge entries of the catalogue."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.utils import timezone

from listings.catalogue import (
    add_alias,
    confirm_entry,
    merge_make,
    merge_model,
    rename_entry,
    resolve,
)
from listings.choices import Confirmation, Status
from listings.models import BuyerRecord, Listing, Make, MakeAlias, Model, SavedSearch
from marketplace.errors import DomainError
from tests import make

pytestmark = pytest.mark.django_db


def test_a_pending_name_is_confirmed() -> None:
    found = resolve(make_name="Togg", model_name="T10X")
    confirm_entry(kind=Make, entry_id=found.make.pk)
    confirm_entry(kind=Model, entry_id=found.model.pk)
    found.make.refresh_from_db()
    found.model.refresh_from_db()
    assert found.make.confirmation == found.model.confirmation == Confirmation.CONFIRMED


def test_a_renamed_entry_keeps_its_address_and_answers_to_its_old_name() -> None:
    advert = make.live(model=make.model("Golf", make.make("VW")), derivative="1.4 TSI")
    rename_entry(kind=Make, entry_id=advert.make_id, name="Volkswagen")
    rename_entry(kind=Model, entry_id=advert.model_id, name="Golf Mk7")
    advert.refresh_from_db()
    assert advert.title == "Volkswagen Golf Mk7 1.4 TSI"
    assert (advert.make.slug, advert.model.slug) == ("vw", "golf")
    assert resolve(make_name="vw", model_name="golf").model == advert.model


def test_an_entry_renamed_to_its_alias_has_that_name_once() -> None:
    row = make.make("VW")
    add_alias(kind=Make, entry_id=row.pk, name="Volkswagen")
    rename_entry(kind=Make, entry_id=row.pk, name="Volkswagen")
    assert list(MakeAlias.objects.values_list("name", flat=True)) == ["VW"]


def test_a_name_that_leads_to_another_entry_is_taken() -> None:
    golf = make.model("Golf", make.make("Volkswagen"))
    polo = make.model("Polo", golf.make)
    other = make.make("Audi")
    for attempt in (
        lambda: rename_entry(kind=Make, entry_id=other.pk, name="volks-wagen"),
        lambda: add_alias(kind=Make, entry_id=other.pk, name="Volkswagen"),
        lambda: rename_entry(kind=Model, entry_id=polo.pk, name="GOLF"),
        lambda: add_alias(kind=Model, entry_id=polo.pk, name="golf"),
    ):
        with pytest.raises(DomainError) as refusal:
            attempt()
        assert refusal.value.code == "name_taken"
    assert refusal.value.extra == {"id": golf.pk}
    assert sorted(Make.objects.values_list("name", flat=True)) == ["Audi", "Volkswagen"]
    assert sorted(Model.objects.values_list("name", flat=True)) == ["Golf", "Polo"]


def test_adding_an_alias_twice_adds_it_once() -> None:
    row = make.make("Volkswagen")
    add_alias(kind=Make, entry_id=row.pk, name="VW")
    add_alias(kind=Make, entry_id=row.pk, name="v-w")
    assert list(row.aliases.values_list("name", flat=True)) == ["VW"]


def test_merging_models_moves_adverts_of_every_status_and_every_name() -> None:
    into = make.model("3 Series", make.make("BMW"))
    source = make.model("3er", into.make, confirmation=Confirmation.PENDING)
    add_alias(kind=Model, entry_id=source.pk, name="Dreier")
    adverts = [make.draft(model=source), make.live(model=source)]
    adverts.append(make.draft(model=source, status=Status.WITHDRAWN))
    merge_model(source_id=source.pk, into_id=into.pk)
    assert Listing.objects.filter(model=into).count() == len(adverts)
    assert Listing.objects.values_list("title", flat=True).distinct().get() == (
        "BMW 3 Series 3.0 TDV6 Vogue SE 4dr Auto"
    )
    assert sorted(into.aliases.values_list("name", flat=True)) == ["3er", "Dreier"]
    assert list(Model.objects.all()) == [into]


def test_merging_makes_merges_models_of_one_name_and_moves_the_rest() -> None:
    into = make.model("Golf", make.make("Volkswagen"))
    twin = make.model("GOLF", make.make("Volks Wagen AG"))
    add_alias(kind=Make, entry_id=twin.make_id, name="VWAG")
    other = make.model("Polo", twin.make)
    adverts = [make.live(model=twin), make.draft(model=other)]
    merge_make(source_id=twin.make_id, into_id=into.make_id)
    for advert in adverts:
        advert.refresh_from_db()
    assert [advert.model_id for advert in adverts] == [into.pk, other.pk]
    assert {advert.make_id for advert in adverts} == {into.make_id}
    assert adverts[1].title == "Volkswagen Polo 3.0 TDV6 Vogue SE 4dr Auto"
    assert list(Make.objects.all()) == [into.make]
    assert resolve(make_name="vwag", model_name="polo").model == other
    assert resolve(make_name="volks wagen ag", model_name="golf").model == into


def test_pending_models_go_with_their_merged_make() -> None:
    golf = make.model("Golf", make.make("Volkswagen"))
    polo = make.model("Polo", golf.make)
    add_alias(kind=Model, entry_id=polo.pk, name="Pollo")
    brought = {
        name: resolve(make_name="Volkswagon", model_name=name).model
        for name in ("GOLF", "Pollo", "Volkswagen Golf", "Volkswagon Polo", "Taigo")
    }
    adverts = {name: make.draft(model=model) for name, model in brought.items()}
    source = brought["Taigo"].make
    merge_make(source_id=source.pk, into_id=golf.make_id)
    placed = {}
    for name, advert in adverts.items():
        advert.refresh_from_db()
        placed[name] = advert.model.name
        assert advert.make_id == golf.make_id
    assert placed == {
        "GOLF": "Golf",
        "Pollo": "Polo",
        "Volkswagen Golf": "Golf",
        "Volkswagon Polo": "Polo",
        "Taigo": "Taigo",
    }
    pending = Model.objects.filter(confirmation=Confirmation.PENDING)
    assert list(pending.values_list("make__name", "name")) == [("Volkswagen", "Taigo")]
    assert [each.name for each in Make.objects.all()] == ["Volkswagen"]
    for name in brought:
        again = resolve(make_name="Volkswagon", model_name=name).model
        assert (again.make.name, again.name) == ("Volkswagen", placed[name])
    assert Model.objects.count() == 3


def test_what_staff_confirmed_stays_confirmed_whatever_it_is_merged_into() -> None:
    source = make.model("Golf", make.make("VW"))
    into = resolve(make_name="Volkswagen", model_name="GOLF").model
    merge_make(source_id=source.make_id, into_id=into.make_id)
    into.refresh_from_db()
    assert into.confirmation == into.make.confirmation == Confirmation.CONFIRMED
    pending = make.model("Golff", into.make, confirmation=Confirmation.PENDING)
    merge_model(source_id=pending.pk, into_id=into.pk)
    into.refresh_from_db()
    assert into.confirmation == Confirmation.CONFIRMED


def looking_for(**criteria: list[str]) -> SavedSearch:
    record = BuyerRecord.objects.create(
        kind=BuyerRecord.RecordKind.SAVED_SEARCH, kept_until=timezone.now() + timedelta(days=9)
    )
    return SavedSearch.objects.create(
        record=record, name="Cars", criteria=criteria, digest=str(record.pk)
    )


def criteria_of(searches: Iterable[SavedSearch]) -> list[dict[str, list[str]]]:
    return [SavedSearch.objects.get(pk=each.pk).criteria for each in searches]


def test_saved_searches_follow_a_merged_make() -> None:
    into = make.model("Ka+", make.make("Ford"), slug="ka")
    moved = make.model("KA", make.make("Ford UK"), slug="ka")
    make.model("Focus", into.make)
    make.model("FOCUS", moved.make, slug="focus-uk")
    make.model("Ka", make.make("Kia"), slug="ka")
    searches = [
        looking_for(make=["ford-uk"], price_max=["9000"]),
        looking_for(make=["ford", "ford-uk"]),
        looking_for(make=["ford-uk"], model=["ka"]),
        looking_for(make=["ford-uk"], model=["focus-uk", "ka"]),
        looking_for(model=["ka"]),
        looking_for(model=["focus-uk"]),
        looking_for(make=["kia"], model=["ka"]),
    ]
    merge_make(source_id=moved.make_id, into_id=into.make_id)
    assert criteria_of(searches) == [
        {"make": ["ford"], "price_max": ["9000"]},
        {"make": ["ford"]},
        {"make": ["ford"], "model": ["ka-2"]},
        {"make": ["ford"], "model": ["focus", "ka-2"]},
        {"model": ["ka", "ka-2"]},
        {"model": ["focus"]},
        {"make": ["kia"], "model": ["ka"]},
    ]


def test_saved_searches_follow_a_merged_model() -> None:
    into = make.model("3 Series", make.make("BMW"))
    source = make.model("3er", into.make)
    foreign = make.model("318", make.make("Alpina"))
    searches = [
        looking_for(make=["bmw"], model=["3er"]),
        looking_for(make=["bmw"]),
        looking_for(model=["3er", "3-series"]),
        looking_for(make=["alpina"], model=["318"]),
        looking_for(make=["alpina"], model=["318", "b3"]),
        looking_for(make=["alpina"]),
    ]
    merge_model(source_id=source.pk, into_id=into.pk)
    merge_model(source_id=foreign.pk, into_id=into.pk)
    assert criteria_of(searches) == [
        {"make": ["bmw"], "model": ["3-series"]},
        {"make": ["bmw"]},
        {"model": ["3-series"]},
        {"make": ["bmw"], "model": ["3-series"]},
        {"make": ["alpina", "bmw"], "model": ["3-series", "b3"]},
        {"make": ["alpina"]},
    ]


def test_a_merge_that_fails_leaves_everything_as_it_was() -> None:
    source = make.model("Golf", make.make("VW"))
    advert, saved = make.live(model=source), looking_for(make=["vw"], model=["golf"])
    with pytest.raises(DomainError):
        merge_make(source_id=source.make_id, into_id=0)
    advert.refresh_from_db()
    assert advert.model == source
    assert criteria_of([saved]) == [{"make": ["vw"], "model": ["golf"]}]


def test_a_moved_model_gets_an_address_of_its_own() -> None:
    into = make.model("Ka+", make.make("Ford"), slug="ka")
    moved = make.model("KA", make.make("Ford UK"), slug="ka")
    merge_make(source_id=moved.make_id, into_id=into.make_id)
    moved.refresh_from_db()
    assert (moved.make_id, moved.slug) == (into.make_id, "ka-2")


def test_an_entry_cannot_be_merged_with_itself() -> None:
    row = make.model()
    with pytest.raises(DomainError) as refusal:
        merge_model(source_id=row.pk, into_id=row.pk)
    assert refusal.value.code == "merge_with_itself"
    with pytest.raises(DomainError) as refusal:
        merge_make(source_id=row.make_id, into_id=row.make_id)
    assert refusal.value.code == "merge_with_itself"
    assert Model.objects.count() == 1


def test_an_entry_that_is_gone_is_not_found() -> None:
    row = make.model()
    for attempt in (
        lambda: merge_model(source_id=0, into_id=row.pk),
        lambda: merge_make(source_id=row.make_id, into_id=0),
        lambda: confirm_entry(kind=Make, entry_id=0),
        lambda: rename_entry(kind=Model, entry_id=0, name="Golf"),
    ):
        with pytest.raises(DomainError) as refusal:
            attempt()
        assert refusal.value.code == "not_in_catalogue"
    assert Model.objects.count() == 1
