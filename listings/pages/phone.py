"""Counting that somebody follows the telephone number of an advert's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from listings.buyers.audience import count_phoned, place_of
from listings.models import Listing


@csrf_exempt  # it changes nothing but a count
@never_cache
@require_POST
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Count once; the page's script calls it as the buyer leaves for the telephone."""
    if not Listing.objects.public().filter(pk=pk).exists():
        raise Http404
    count_phoned(request, place_of(request), pk)
    return HttpResponse(status=204)
