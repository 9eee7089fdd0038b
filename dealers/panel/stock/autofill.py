"""What can be read from a title, a derivative or a registration mark while an advert is written."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from dealers.panel.context import DealerContext, require_context
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings import vehicle_records
from listings.catalogue import known_names
from listings.identifiers import normalise_vrm, registration_years
from listings.language.derivative import fill, read, read_title
from listings.models import Listing
from listings.models import Model as CarModel
from marketplace.errors import DomainError

TEXT_MAX = 350


@dataclass
class Autofill:
    """Values by field, names of the rows that are values, and what to tell the person."""

    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def fill_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Answer, as JSON, what a posted form's texts say about its other fields; write nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    if not current.may(Permission.EDIT_STOCK):
        raise Http404
    typed = typed_texts(request)
    autofill = Autofill()
    if typed.get("whole_title"):
        _read_title(typed, autofill)
    _read_derivative(typed, autofill)
    _read_mark(typed, current, autofill)
    return JsonResponse({"values": autofill.values, "names": autofill.names, "said": autofill.said})


def typed_texts(request: HttpRequest) -> dict[str, str]:
    """Return what a form's fields hold, none longer than any that is read."""
    return {name: request.POST.get(name, "")[:TEXT_MAX] for name in request.POST}


def _read_title(typed: dict[str, str], autofill: Autofill) -> None:
    found = read_title(typed["whole_title"], known_names())
    models = CarModel.objects.filter(slug=found.model, make__slug=found.make)
    model = models.select_related("make").first()
    if model is None:
        autofill.said.append("No make and model that we know in this title: choose them below.")
        return
    autofill.values |= {"make": model.make_id, "model": model.pk, "derivative": found.derivative}
    autofill.names |= {"make": model.make.name, "model": model.name}
    typed["derivative"] = found.derivative


def _read_derivative(typed: dict[str, str], autofill: Autofill) -> None:
    if not typed.get("derivative"):
        return
    filled = fill(typed, read(typed["derivative"]))
    autofill.values |= {name: str(value) for name, value in filled.added.items()}
    for each in filled.contradictions:
        label = label_for_field(each.field, Listing)
        autofill.said.append(f"The derivative says {label}: {each.read}. Here it is {each.stated}.")


def _read_mark(typed: dict[str, str], current: DealerContext, autofill: Autofill) -> None:
    """Read the year; a refusal never repeats the mark."""
    if not typed.get("vrm"):
        return
    try:
        vrm = normalise_vrm(typed["vrm"])
    except DomainError as refusal:
        autofill.said.append(refusal.message)
        return
    if typed.get("year") or not vehicle_records.is_on():  # else the registers know it
        read_year(vrm, typed, autofill)
    twins = scoped(Listing.objects.live().filter(vrm=vrm), current)
    if twins.exclude(pk=_key(typed.get("listing", ""))).exists():
        autofill.said.append("Another live advert of yours has this registration mark.")


def read_year(vrm: str, typed: dict[str, str], autofill: Autofill) -> None:
    """Fill the year in by a normalised mark, or say that the one typed is too early for it."""
    years = registration_years(vrm)
    if years is None:
        return
    year = typed.get("year", "")
    if not year.isdecimal():
        autofill.values["year"] = years[0]
    elif int(year) < years[0]:
        autofill.said.append(f"The mark was first issued in {years[0]}: the car is not older.")


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
