"""What a feed's unknown words of the status mean: asked once, answered by a member."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dealers.feeds.status_words import explain_words
from dealers.models import FeedStatusWord, StockFeed
from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.site import panel
from marketplace.errors import DomainError


def words_page(model_admin: Any, request: HttpRequest, stockfeed_id: int) -> HttpResponse:
    """Show the words that wait and those explained before; on POST keep what they mean."""
    feed: StockFeed = model_admin.own(request, stockfeed_id)
    if request.method == "POST":
        return _explain(request, feed)
    words = FeedStatusWord.objects.filter(feed=feed).order_by("meaning", "pk")
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": f"Words of {feed}",
        "feed": feed,
        "words": words,
        "meanings": FeedStatusWord.Meaning.choices,
    }
    return TemplateResponse(request, "dealers/panel/feeds/words.html", context)


def _explain(request: HttpRequest, feed: StockFeed) -> HttpResponse:
    here = Redirect(reverse("dealer:dealers_stockfeed_words", args=[feed.pk]))
    words = FeedStatusWord.objects.filter(feed=feed)
    chosen = {word.pk: request.POST.get(f"meaning-{word.pk}", word.meaning) for word in words}
    before = {word.pk: word.meaning for word in words}
    meanings = {pk: meaning for pk, meaning in chosen.items() if meaning != before[pk]}
    if not meanings:
        messages.error(request, "Nothing was saved: choose what the words mean.")
        return here
    actor = require_context(request).actor
    try:
        run = explain_words(feed_id=feed.pk, meanings=meanings, actor=actor)
    except DomainError as refusal:
        messages.error(request, reason_of(refusal))
        return here
    if run is None:
        messages.success(request, "Saved. It counts from the next file on.")
        return here
    messages.success(request, "Saved. The newest file is being read again with it.")
    return Redirect(reverse("dealer:dealers_feedrun_change", args=[run.pk]))
