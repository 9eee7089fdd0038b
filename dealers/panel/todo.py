"""What waits for somebody of the dealer, on the first page."""

from typing import Any

from dealers.models import FeedRun, FeedStatusWord, StockFeed
from dealers.panel.context import DealerContext
from dealers.panel.home_figures import OF_SHOWN, HomeFigure, shown_count
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings.models import Enquiry, Reservation


def todo_list(current: DealerContext, counts: dict[str, Any]) -> list[HomeFigure]:
    """Return what waits; `counts` are those of the dealer's stock."""
    every = [*_enquiries_todo(current), *_feeds_todo(current), *_stock_todo(counts)]
    return [each for each in every if each.shown != "0"]


def _enquiries_todo(current: DealerContext) -> list[HomeFigure]:
    """Return which buyers wait for an answer."""
    if not current.may(Permission.ANSWER_ENQUIRIES):
        return []
    asked = Reservation.objects.filter(standing=Reservation.Standing.ASKED)
    new = Enquiry.objects.filter(stage=Enquiry.Stage.NEW, record__erased_at=None)
    return [
        HomeFigure(
            "Answer buyers",
            shown_count(scoped(new, current).count()),
            "inbox",
            "stage__exact=new",
            "listings_enquiry",
        ),
        HomeFigure(
            "Answer buyers who ask to reserve",
            shown_count(scoped(asked, current).count()),
            "event_available",
            "standing__exact=asked",
            "listings_reservation",
        ),
    ]


def _feeds_todo(current: DealerContext) -> list[HomeFigure]:
    """Return what keeps stock from coming by itself, for those who may do something about it."""
    if not current.may(Permission.EDIT_FEEDS):
        return []
    held = scoped(FeedRun.objects.filter(state=FeedRun.State.HELD), current).count()
    waiting = scoped(FeedStatusWord.objects.waiting(), current)
    asking = waiting.values("feed").distinct().count()
    paused = scoped(StockFeed.objects.filter(paused_at__isnull=False), current).count()
    return [
        HomeFigure(
            "Decide on stock files that are held",
            shown_count(held),
            "pan_tool",
            "state__exact=held",
            "dealers_feedrun",
        ),
        HomeFigure(
            "Say what words for a status mean",
            shown_count(asking),
            "quiz",
            "words=waiting",
            "dealers_stockfeed",
        ),
        HomeFigure(
            "Resume feeds that are paused",
            shown_count(paused),
            "pause_circle",
            "paused=yes",
            "dealers_stockfeed",
        ),
    ]


def _stock_todo(counts: dict[str, Any]) -> list[HomeFigure]:
    """Return what waits for somebody, the most pressing first."""
    return [
        HomeFigure(
            "Mend adverts that were rejected",
            shown_count(counts["rejected"]),
            "report",
            "status__exact=rejected",
        ),
        HomeFigure(
            "Say which make and model cars are",
            shown_count(counts["without_name"]),
            "help",
            f"missing=name&{OF_SHOWN}",
        ),
        HomeFigure(
            "Decide on cars that you have twice",
            shown_count(counts["twice"]),
            "content_copy",
            "twice=yes",
        ),
        HomeFigure(
            "Check cars that are registered differently",
            shown_count(counts["mismatched"]),
            "fact_check",
            f"registered=differently&{OF_SHOWN}",
        ),
        HomeFigure(
            "Renew adverts that run out within 7 days",
            shown_count(counts["expiring"]),
            "timer",
            "expires=7",
        ),
        HomeFigure(
            "Renew or withdraw what has expired",
            shown_count(counts["expired"]),
            "event_busy",
            "status__exact=expired",
        ),
        HomeFigure(
            "Photograph cars without photos",
            shown_count(counts["without_photos"]),
            "add_a_photo",
            f"missing=photos&{OF_SHOWN}",
        ),
        HomeFigure(
            "Price cars without a price",
            shown_count(counts["without_price"]),
            "sell",
            f"missing=price&{OF_SHOWN}",
        ),
        HomeFigure(
            "Publish drafts", shown_count(counts["draft"]), "publish", "status__exact=draft"
        ),
        HomeFigure(
            "Complete live adverts below 50%",
            shown_count(counts["poor"]),
            "checklist",
            "complete=poor&status__exact=live",
        ),
        HomeFigure(
            "Look again at cars live for over 90 days",
            shown_count(counts["over_90"]),
            "trending_down",
            "age=91",
        ),
    ]
