"""The dealer's feeds: how each comes, how it stands, and what a person does about it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Prefetch, Q, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from dealers.feeds.configuration import (
    EDITABLE_FIELDS,
    create_feed,
    edit_feed,
    pause_feed,
    resume_feed,
)
from dealers.feeds.uploads import receive_file
from dealers.models import Branch, FeedRun, FeedStatusWord, StockFeed
from dealers.panel.base import PanelModelAdmin, reason_of
from dealers.panel.context import find_context, require_context
from dealers.panel.feeds import columns, words
from dealers.panel.feeds.forms import FeedForm, UploadForm
from dealers.panel.feeds.status import COLOURS, moment, newest_run, standing_of
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from marketplace.errors import DomainError

RUNS_SHOWN = 10


class PausedFilter(DropdownFilter):
    title = "whether paused"
    parameter_name = "paused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Paused"), ("no", "Running")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        paused = {"yes": True, "no": False}.get(str(self.value()))
        return queryset if paused is None else queryset.filter(paused_at__isnull=not paused)


class WordsFilter(DropdownFilter):
    title = "words of the status"
    parameter_name = "words"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Some wait to be explained")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() != "waiting":
            return queryset
        return queryset.filter(pk__in=FeedStatusWord.objects.waiting().values("feed"))


@admin.register(StockFeed, site=panel)
class Feeds(PanelModelAdmin):
    permission = Permission.EDIT_FEEDS
    form = FeedForm
    empty_said = (
        "A feed brings your stock in from a file: add one, upload the file, and say once what its "
        "columns mean."
    )
    list_display = ("name", "standing", "why", "last_run", "next_run", "waiting", "mode")
    list_display_links = ("name",)
    list_filter = (PausedFilter, WordsFilter)
    search_fields = ("name",)
    ordering = ("name", "pk")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_outer_before_template = "dealers/panel/feeds/feed_head.html"
    change_form_outer_after_template = "dealers/panel/feeds/feed_runs.html"
    fieldsets = (
        (None, {"fields": (("name", "branch"), "publishes")}),
        ("How it comes", {"fields": ("channel", ("url", "every_minutes"))}),
        ("What it says", {"fields": ("mode", ("format", "blanks"), "branch_refs")}),
    )
    looked_at = (
        (None, {"fields": (("name", "branch"), "publishes", "channel", "mode", "blanks")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        newest = FeedRun.objects.order_by("feed_id", "-id").distinct("feed_id")
        held = Count("runs", filter=Q(runs__state=FeedRun.State.HELD))
        feeds: QuerySet = super().get_queryset(request).annotate(held_runs=held)
        return feeds.prefetch_related(Prefetch("runs", newest, "newest"))

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Leave out the address for those who only look: a key may be part of it."""
        may_edit = self.has_change_permission(request)
        return super().get_fieldsets(request, obj) if may_edit else self.looked_at

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        branches = scoped(Branch.objects.order_by("name"), find_context(request))
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"branch": branches.values_list("pk", flat=True).first(), **initial}

    def get_urls(self) -> list[URLPattern]:
        pages: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
            ("upload", Feeds.upload_page),
            ("columns", columns.columns_page),
            ("words", words.words_page),
            ("pause", Feeds.pause_page),
            ("resume", Feeds.resume_page),
        )
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:stockfeed_id>/{name}/",
                view(partial(page, self)),
                name=f"dealers_stockfeed_{name}",
            )
            for name, page in pages
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Feeds", **(extra_context or {})}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        feed = self.get_object(request, object_id) if object_id else None
        context = {"subtitle": None, "title": "New feed", **(extra_context or {})}
        if isinstance(feed, StockFeed):
            standing = standing_of(feed)
            context |= {"title": feed.name, "standing": standing, "colour": COLOURS[standing]}
            context |= {"words_waiting": feed.status_words.waiting().count()}
            context |= {"runs": feed.runs.order_by("-id")[:RUNS_SHOWN]}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in EDITABLE_FIELDS & form.fields.keys()}
        current = require_context(request)
        if change:
            edit_feed(feed_id=obj.pk, changes=values, actor=current.actor)
        else:
            dealer_id, actor = current.dealer.pk, current.actor
            obj.pk = create_feed(dealer_id=dealer_id, fields=values, actor=actor).pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request, f"{obj} is saved. Upload its first file, to say what its columns mean."
        )
        return _to_feed(obj.pk)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        messages.success(request, f"{obj} is saved. The next file will be read this way.")
        return _to_feed(obj.pk)

    def upload_page(self, request: HttpRequest, stockfeed_id: int) -> HttpResponse:
        """Receive a file, and show the run that comes of it."""
        feed = self.own(request, stockfeed_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, "Choose a file that is not empty.")
            return _to_feed(feed.pk)
        file = form.cleaned_data["file"]
        try:
            run = receive_file(
                feed_id=feed.pk,
                upload=file.file,
                name=file.name,
                dry_run=form.cleaned_data["dry_run"],
                actor=require_context(request).actor,
            )
        except DomainError as refusal:
            messages.error(request, reason_of(refusal))
            return _to_feed(feed.pk)
        return Redirect(reverse("dealer:dealers_feedrun_change", args=[run.pk]))

    def pause_page(self, request: HttpRequest, stockfeed_id: int) -> HttpResponse:
        reason = f"Paused by {require_context(request).user}."
        return self._turn(request, stockfeed_id, partial(pause_feed, reason=reason), "paused")

    def resume_page(self, request: HttpRequest, stockfeed_id: int) -> HttpResponse:
        return self._turn(request, stockfeed_id, resume_feed, "running again")

    def own(self, request: HttpRequest, feed_id: int) -> StockFeed:
        """Return the dealer's own feed, for somebody who may change it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        feed: StockFeed | None = self.get_queryset(request).filter(pk=feed_id).first()
        if feed is None:
            raise Http404
        return feed

    @display(
        description="State",
        label={words: colour for words, colour in COLOURS.items() if colour != "default"},
    )
    def standing(self, feed: StockFeed) -> str:
        return standing_of(feed)

    @display(description="Why")
    def why(self, feed: StockFeed) -> str | None:
        run = newest_run(feed)
        if feed.paused_at:
            return feed.pause_reason or None
        return (run.hold_reason or run.failure or None) if run else None

    @display(description="Last file")
    def last_run(self, feed: StockFeed) -> str:
        run = newest_run(feed)
        if run is None:
            return "none yet"
        url = reverse("dealer:dealers_feedrun_change", args=[run.pk])
        return format_html('<a href="{}">{}</a>', url, moment(run.received_at))

    @display(description="Next file")
    def next_run(self, feed: StockFeed) -> str:
        if feed.paused_at:
            return "when resumed"
        if feed.channel == StockFeed.Channel.UPLOAD:
            return "when somebody sends it"
        return moment(feed.next_poll_at) if feed.next_poll_at else "soon"

    @display(description="Held files", ordering="held_runs")
    def waiting(self, feed: StockFeed) -> str:
        count = vars(feed)["held_runs"]
        if not count:
            return "none"
        page = reverse("dealer:dealers_feedrun_changelist")
        return format_html(
            '<a href="{}?feed={}&state__exact=held">{} to decide</a>', page, feed.pk, count
        )

    def _turn(
        self, request: HttpRequest, feed_id: int, verb: Callable[..., StockFeed], done: str
    ) -> HttpResponse:
        feed = self.own(request, feed_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            verb(feed_id=feed.pk, actor=require_context(request).actor)
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            messages.success(request, f"{feed} is {done}.")
        return _to_feed(feed.pk)


def _to_feed(feed_id: int) -> HttpResponse:
    return Redirect(reverse("dealer:dealers_stockfeed_change", args=[feed_id]))


panel.add_entry(MenuEntry("Feeds", "sync", "dealers_stockfeed_changelist", order=40))
