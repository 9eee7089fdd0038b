"""Pages of the links in alerts: confirm, change, pause and end. A link shows; a button acts."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from listings.api.search_label import search_label
from listings.buyers import saved_searches
from listings.buyers.finds import results_url
from listings.buyers.links import BuyerLink, link_to, read_link, read_links
from listings.buyers.saved_searches import Frequency, unconfirmed_kept
from listings.exceptions import BuyerLinkSpent, NothingToSave, SavedAlready
from listings.models import SavedSearch
from listings.pages.private import private
from listings.pages.saved_filters import filters_form, read_filters_form, stored_filters
from marketplace.errors import DomainError

Page = Callable[[HttpRequest, str], HttpResponseBase]


def _for_links(page: Page) -> Page:
    """Serve the page of a mailed link, or why the link is refused."""

    @csrf_exempt  # the link itself is the secret; a mail program's browser may refuse cookies
    @never_cache
    @private
    @require_http_methods(["GET", "HEAD", "POST"])
    def answered(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            return page(request, token)
        except DomainError as refusal:
            return _rendered({"refusal": refusal}, status=refusal.status)

    return answered


@_for_links
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    record_id = read_link(BuyerLink.CONFIRM_SEARCH, token, max_age=unconfirmed_kept())
    if request.method == "POST":
        saved = saved_searches.confirm_search(record_id=record_id)
        return _rendered(_about(saved, said="We will tell you. You can change this here any time."))
    saved = _saved(record_id)
    is_new = saved.state == SavedSearch.SearchState.UNCONFIRMED
    return _rendered({**_about(saved), "asks": is_new})


@_for_links
def manage(request: HttpRequest, token: str) -> HttpResponse:
    record_id = read_link(BuyerLink.SEARCH, token)
    said = ""
    if request.method == "POST":
        if request.POST.get("action") == "filters":
            return _change_filters(record_id, request.POST)
        said = _act(record_id, request.POST)
    return _rendered(_about(_saved(record_id), said=said))


@_for_links
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End what a mail was about: mail programs post here by the mail's header (RFC 8058)."""
    record_ids = read_links(BuyerLink.STOP_ALERTS, token)
    if request.method == "POST":
        saved_searches.end_searches(record_ids=record_ids)
    rows = SavedSearch.objects.filter(record__in=record_ids).order_by("pk")
    return _rendered({"ending": [row for row in rows if row.state != "ended"], "has_ended": rows})


def _change_filters(record_id: int, posted: QueryDict) -> HttpResponse:
    """Look for something else; what cannot be kept as it was typed comes back instead."""
    asked, corrections = read_filters_form(posted)
    problem, status = "", 400
    if not corrections:
        try:
            saved = saved_searches.change_criteria(
                record_id=record_id, criteria=asked.criteria, name=search_label(asked.criteria)
            )
        except (NothingToSave, SavedAlready) as refusal:
            problem, status = refusal.message, refusal.status
        else:
            return _rendered(_about(saved, said="Changed: we look for this from now on."))
    shown = {**filters_form(asked, corrections), "is_open": True, "problem": problem}
    return _rendered({**_about(_saved(record_id)), "form": shown}, status=status)


def _act(record_id: int, sent: Mapping[str, str]) -> str:
    """Do what a button says; what none says does nothing."""
    match sent.get("action"):
        case "pause":
            saved_searches.pause_search(record_id=record_id)
            return "Paused: we tell you nothing until you resume it."
        case "resume":
            saved_searches.resume_search(record_id=record_id)
            return "Resumed: we tell you of what happens from now on."
        case "end":
            saved_searches.end_searches(record_ids=[record_id])
            return "Ended: we send you nothing of this any more."
        case "frequency" if sent.get("frequency") in Frequency.values:
            saved_searches.change_frequency(
                record_id=record_id, frequency=Frequency(sent["frequency"])
            )
            return "Changed."
    return ""


def _saved(record_id: int) -> SavedSearch:
    saved = SavedSearch.objects.select_related("record").filter(record=record_id).first()
    if saved is None or saved.record.erased_at is not None:
        raise BuyerLinkSpent("These e-mails have ended, and nothing is kept of them.")
    return saved


def _about(saved: SavedSearch, *, said: str = "") -> dict[str, object]:
    return {
        "saved": saved,
        "said": said,
        "frequencies": Frequency.choices,
        "manage_url": link_to(BuyerLink.SEARCH, saved.record_id),
        "record_url": link_to(BuyerLink.RECORD, saved.record_id),
        "results_url": results_url(saved),
        "form": stored_filters(saved.criteria) if saved.criteria else None,
    }


def _rendered(context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    page = render_to_string("pages/saved_search.html", dict(context))
    return HttpResponse(page, status=status)
