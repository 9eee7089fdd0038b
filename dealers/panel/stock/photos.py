"""The photos of an advert: dropped in, put in order and taken away without saving its form."""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.permissions import Permission
from listings.models import Photo
from listings.photos import add_photo, remove_photo, reorder_photos
from marketplace.errors import DomainError


def photos_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Add the photo that is posted; answers all photos in order, or `message` with the reason."""

    def add(actor_id: int) -> None:
        for upload in request.FILES.getlist("photo"):
            add_photo(listing_id=listing_id, upload=cast("BinaryIO", upload), actor_id=actor_id)

    return _change(model_admin, request, listing_id, add)


def order_page(model_admin: Any, request: HttpRequest, listing_id: int) -> HttpResponse:
    """Put the photos in the posted order (`ids`, comma-separated); the first is the cover."""
    ids = [int(key) for key in request.POST.get("ids", "").split(",") if _is_key(key)]

    def order(actor_id: int) -> None:
        reorder_photos(listing_id=listing_id, photo_ids=ids, actor_id=actor_id)

    return _change(model_admin, request, listing_id, order)


def remove_page(
    model_admin: Any, request: HttpRequest, listing_id: int, photo_id: int
) -> HttpResponse:
    def remove(actor_id: int) -> None:
        remove_photo(listing_id=listing_id, photo_id=photo_id, actor_id=actor_id)

    return _change(model_admin, request, listing_id, remove)


def shown_photos(listing_id: int) -> list[dict[str, Any]]:
    photos = Photo.objects.filter(listing=listing_id).order_by("position")
    return [{"id": photo.pk, "url": photo.url_for(320)} for photo in photos]


def _change(
    model_admin: Any, request: HttpRequest, listing_id: int, verb: Callable[[int], None]
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    if not current.may(Permission.EDIT_STOCK):
        raise Http404
    if not model_admin.get_queryset(request).order_by().filter(pk=listing_id).exists():
        raise Http404
    try:
        verb(current.user.pk)
    except DomainError as refusal:
        said = {"message": reason_of(refusal), "photos": shown_photos(listing_id)}
        return JsonResponse(said, status=refusal.status if refusal.status >= 500 else 200)
    return JsonResponse({"photos": shown_photos(listing_id)})


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
