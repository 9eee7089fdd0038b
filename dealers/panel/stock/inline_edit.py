"""A price written in the table itself."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from dealers.bulk import last_change_of
from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.just_done import remember_change
from dealers.permissions import Permission
from listings.adverts import edit_listing
from listings.models import Listing
from listings.models.rules import PRICE_MAX
from listings.pricing import price_doubts_of
from marketplace.errors import DomainError


def price_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Write one price; answers JSON: `price`, `shown` and the `origin` to undo it by.

    Or `message` with the reason why not; or, for a price that may be a slip, a question to `ask`:
    it is written with `sure=yes`.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not require_context(request).may(Permission.EDIT_STOCK):
        raise Http404
    try:
        price = _read(request.POST.get("price", ""))
    except ValueError:
        return _refused("Write whole pounds, or nothing for price on application.")
    with transaction.atomic():
        rows = model_admin.get_queryset(request).order_by()
        if not rows.filter(pk=listing_id).exists():
            raise Http404
        row = Listing.objects.select_for_update(no_key=True).get(pk=listing_id)
        if str(row.price or "") != request.POST.get("seen", ""):
            said = f"Somebody made it {_shown(row.price)} meanwhile. Write it again to change it."
            return _refused(said, row.price)
        doubt = price_doubts_of({row.pk: price}).get(row.pk)
        if doubt and request.POST.get("sure") != "yes":
            return JsonResponse({"ask": doubt, "price": row.price})
        try:
            row = edit_listing(
                listing_id=listing_id,
                changes={"price": price},
                actor_id=require_context(request).user.pk,
            )
        except DomainError as refusal:
            return _refused(reason_of(refusal))
    remember_change(request, listing_id)
    last = last_change_of(listing_id)
    origin = last.origin if last else ""
    return JsonResponse({"price": row.price, "shown": _shown(row.price), "origin": origin})


def _read(typed: str) -> int | None:
    digits = typed.replace(",", "").replace("£", "").replace(" ", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdecimal()) or not 1 <= int(digits[:12]) <= PRICE_MAX:
        raise ValueError
    return int(digits)


def _shown(price: int | None) -> str:
    return "POA" if price is None else f"£{price:,}"


def _refused(message: str, price: int | None = None) -> JsonResponse:
    return JsonResponse({"message": message, "price": price})
