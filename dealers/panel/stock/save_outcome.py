"""What follows when an advert's form is sent: what is said, what is published, where it leads.

A new car with photos is saved by a script, which asks for JSON, sends the photos after it and
publishes it last; the form stays open with them where something is to be corrected.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse

from dealers.panel.context import require_context
from dealers.panel.just_done import remember_change
from dealers.panel.stock import sales
from dealers.panel.stock.captions import named, published, standing
from listings.adverts import Action, lifecycle
from listings.models import Listing
from marketplace.errors import DomainError

PUBLISH = "_publish"
_DONE = {
    Action.RENEW: "is renewed",
    Action.RELEASE: "is no longer reserved",
    Action.WITHDRAW: "is withdrawn",
    Action.REOPEN: "is a draft again",
}


class SaveOutcome:
    """How an advert's page goes on once something is done to the advert; mixed into its admin."""

    editable: Callable[[HttpRequest, int], Listing]
    message_refusal: Callable[[HttpRequest, DomainError], None]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on with the new advert; a script is told where its photos go and what publishes it."""
        target = _page("change", obj.pk)
        if wants_json(request):
            if PUBLISH not in request.POST:
                self._say_saved(request, obj)
            return JsonResponse(
                {
                    "location": _page("add") if "_addanother" in request.POST else target,
                    "advert_url": target,
                    "photos_url": _page("photos", obj.pk),
                    "publish_url": _page("act", obj.pk, "publish"),
                }
            )
        if PUBLISH in request.POST:
            self._publish(request, obj)
        else:
            self._say_saved(request, obj)
        add_another = "_addanother" in request.POST
        return HttpResponseRedirect(_page("add") if add_another else f"{target}#photos")

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if PUBLISH not in request.POST:
            page: HttpResponse = super().response_change(request, obj)  # type: ignore[misc]  # a mixin
            return page
        self._publish(request, obj)
        return HttpResponseRedirect(_page("change", obj.pk))

    def act_page(self, request: HttpRequest, listing_id: int, act: str) -> HttpResponse:
        """Do one thing to one advert and go back to it; what has terms is asked for them first."""
        listing = self.editable(request, listing_id)
        if act in sales.FORMS:
            return sales.ask_page(request, listing, Action(act))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if act not in (Action.PUBLISH, *_DONE):
            raise Http404
        verb: Callable[..., Listing] = getattr(lifecycle, act)
        try:
            verb(listing_id=listing_id, actor_id=require_context(request).user.pk)
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            said = published(listing) if act == Action.PUBLISH else _DONE[Action(act)]
            remember_change(request, listing_id)
            messages.success(request, f"{named(listing)} {said}.")
        target = _page("change", listing_id)
        if wants_json(request):
            return JsonResponse({"location": target})
        return HttpResponseRedirect(target)

    def saved_words(self, obj: Any) -> str:
        return f"Saved: {named(obj)}. {standing(obj)}"

    def _say_saved(self, request: HttpRequest, listing: Listing) -> None:
        messages.success(request, self.saved_words(listing))

    def _publish(self, request: HttpRequest, listing: Listing) -> None:
        """Publish what was just saved; where that is refused it stays saved, and both are said."""
        try:
            lifecycle.publish(listing_id=listing.pk, actor_id=require_context(request).user.pk)
        except DomainError as refusal:
            self._say_saved(request, listing)
            messages.error(request, refusal.message)
        else:
            remember_change(request, listing.pk)
            messages.success(request, f"{named(listing)} {published(listing)}.")


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks, which goes on by itself."""
    return request.headers.get("Accept") == "application/json"


def in_json(page: HttpResponse) -> HttpResponse:
    """Return the answer to a form for a script: what is wrong with each field, if anything is."""
    if not isinstance(page, TemplateResponse):
        return page
    form = (page.context_data or {})["adminform"].form
    errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    return JsonResponse(
        {
            "message": "Nothing is saved yet. Your photos are kept here meanwhile.",
            "errors": errors,
            "doubted_price": form["doubted_price"].value() or "",
        }
    )


def _page(name: str, *keys: object) -> str:
    return reverse(f"dealer:listings_listing_{name}", args=keys)
