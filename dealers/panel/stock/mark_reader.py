"""What the registers say of a mark while an advert is written: what is empty is filled, the rest
is said in words, and nothing is written."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import formats

from dealers.panel.context import DealerContext, require_context
from dealers.panel.stock.autofill import Autofill, read_year, typed_texts
from dealers.permissions import Permission
from dealers.vehicle_look_ups import look_up_vehicle
from listings import vehicle_records
from listings.catalogue import known_make, known_model, model_of_title
from listings.identifiers import InvalidVrm, normalise_vrm
from listings.models import Listing, Make
from listings.models import Model as CarModel
from listings.vehicle_records import LookedUp, VehicleRecord
from listings.vehicle_records.comparison import shown
from marketplace.errors import DomainError

BUTTON = "_look_up"
_NUMBERS = ("year", "mileage", "engine_cc", "euro_standard")
_DATES = ("mot_expires_on", "first_registered_on")


def may_look_up(current: DealerContext | None) -> bool:
    return current is not None and vehicle_records.is_on() and current.may(Permission.EDIT_STOCK)


def look_up_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Answer, as JSON, what the registers add to a posted form."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    if not may_look_up(current):
        raise Http404
    autofill = read_record(typed_texts(request), current)
    return JsonResponse({"values": autofill.values, "names": autofill.names, "said": autofill.said})


def filled_form(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a form that was posted to be filled, without a script; what there is
    to say is shown above it."""
    autofill = read_record(typed_texts(request), require_context(request))
    for text in autofill.said:
        messages.info(request, text)
    return {**request.POST.dict(), **{name: str(each) for name, each in autofill.values.items()}}


def read_record(typed: dict[str, str], current: DealerContext) -> Autofill:
    """Return what a form's mark adds to it; a refusal is one of the things said."""
    autofill = Autofill()
    if not typed.get("vrm", "").strip():
        autofill.said.append("Enter the registration mark first.")
        return autofill
    try:
        looked_up = look_up_vehicle(
            dealer_id=current.dealer.pk, vrm=typed["vrm"], actor=current.actor
        )
    except DomainError as refusal:
        autofill.said.append(refusal.one_line)
        if not isinstance(refusal, InvalidVrm):
            read_year(normalise_vrm(typed["vrm"]), typed, autofill)
        return autofill
    record = looked_up.record
    _fill_names(record, typed, autofill)
    autofill.values |= {
        name: formats.localize_input(value) if isinstance(value, date) else value
        for name, value in vehicle_records.filling(record).items()
        if not typed.get(name, "").strip()
    }
    autofill.said += _words(looked_up, typed, [*autofill.values])
    return autofill


def _fill_names(record: VehicleRecord, typed: Mapping[str, str], autofill: Autofill) -> None:
    """Fill make and model as the catalogue has them; what it does not know is told."""
    make, model = named_car(record)
    name = f"{record.make} {record.model}".strip()
    if make is None:
        if name:
            autofill.said.append(f"The car is registered as {name}: choose make and model below.")
        return
    if not typed.get("make"):
        autofill.values["make"], autofill.names["make"] = make.pk, make.name
    elif typed["make"] != str(make.pk):
        autofill.said.append(f"The car is registered as {name}. Here it is of another make.")
        return
    if typed.get("model"):
        if model is not None and typed["model"] != str(model.pk):
            autofill.said.append(f"The car is registered as {name}. Here it is another model.")
    elif model is not None:
        autofill.values["model"], autofill.names["model"] = model.pk, model.name
    elif record.model:
        autofill.said.append(f"The car is registered as {name}: choose the model below.")


def named_car(record: VehicleRecord) -> tuple[Make | None, CarModel | None]:
    """Return the make and the model that the registers' names mean, as far as that is certain."""
    make = known_make(record.make)
    if make is None or not record.model:
        return make, None
    model = known_model(make_name=record.make, model_name=record.model)
    titled = None if model else model_of_title(f"{record.make} {record.model}")
    model = titled.model if titled else model
    return make, model if model is not None and model.make_id == make.pk else None


def _words(looked_up: LookedUp, typed: Mapping[str, str], filled: list[str]) -> list[str]:
    record, told = looked_up.record, []
    if filled:
        labels = ", ".join(str(label_for_field(name, Listing)) for name in filled)
        told.append(f"From {' and '.join(looked_up.sources)}: {labels}.")
    found = vehicle_records.mismatches(record, _stated(typed))
    told += [each.message for each in found]
    last = record.last_reading
    if last is not None and not typed.get("mileage", "").strip():
        told.append(f"The MOT test of {shown(last.tested_on)} read {last.mileage:,} miles.")
    if record.tax_status:
        until = f" until {shown(record.tax_due_on)}" if record.tax_due_on else ""
        told.append(f"Vehicle tax: {record.tax_status}{until}.")
    if record.mot_status == "Not valid":
        told.append("DVLA says that the MOT is not valid.")
    told += [f"{title} does not answer at the moment." for title in looked_up.away]
    return told


def _stated(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a form that a record is compared with; the unreadable are left out."""
    stated: dict[str, Any] = {name: typed.get(name, "") for name in ("fuel", "colour")}
    for names, field in ((_NUMBERS, forms.IntegerField()), (_DATES, forms.DateField())):
        for name in names:
            with suppress(ValidationError):
                stated[name] = field.clean(typed.get(name, "").strip())
    return stated
