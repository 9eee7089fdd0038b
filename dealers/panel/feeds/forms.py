"""What a person writes about a feed, and the file they bring."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from dealers.feeds.readers import FeedFormat
from dealers.models import StockFeed
from listings.admin.forms import VerbForm

MINUTES_MIN, MINUTES_MAX = 5, 10_080


class UploadForm(forms.Form):
    file = forms.FileField()
    dry_run = forms.BooleanField(required=False)


class FeedForm(VerbForm):
    format = forms.ChoiceField(
        required=False,
        choices=[("", "Seen from the file itself"), *FeedFormat.choices],
        widget=UnfoldAdminSelectWidget,
    )
    every_minutes = forms.IntegerField(
        label="Minutes between two fetches",
        min_value=MINUTES_MIN,
        max_value=MINUTES_MAX,
        initial=60,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = StockFeed
        fields: tuple[str, ...] = ()
        labels = {
            "channel": "How it comes",
            "mode": "What the file has",
            "blanks": "A blank cell means",
            "publishes": "Publish new cars at once",
        }
        help_texts = {
            "name": "Such as the system that it comes from.",
            "url": "For a feed that is fetched: https://…",
            "mode": "Cars that the whole stock lacks are taken off sale once the next file, or a "
            "day, has shown that they are gone. A file of changes takes nothing off sale.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_fetched = cleaned.get("channel") == StockFeed.Channel.URL
        if is_fetched and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", "Say where the file is fetched from.")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Exclude every field: the verb checks them, and words its refusals for people."""
        return {field.name for field in StockFeed._meta.get_fields()}
