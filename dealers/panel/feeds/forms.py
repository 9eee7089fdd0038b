"""What a person writes about a feed, and the file they bring."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from dealers.feeds.files.rows import FeedFormat
from dealers.models import Branch, StockFeed
from listings.admin.forms import LinesField, VerbForm

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

    branch_refs = LinesField(
        label="The file's words for branches",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="One on each line, such as LDS1 = Leeds Yard. Branches' own names are known.",
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "branch" in self.fields:
            names = dict(self._branches().values_list("pk", "name"))
            known = sorted(self.instance.branch_refs.items())
            lines = [f"{word} = {names[pk]}" for word, pk in known if pk in names]
            self.initial["branch_refs"] = lines

    def clean_branch_refs(self) -> dict[str, int]:
        """Return the branches' keys by the file's words for them."""
        keys = {name.casefold(): pk for pk, name in self._branches().values_list("pk", "name")}
        refs: dict[str, int] = {}
        for line in self.cleaned_data["branch_refs"]:
            word, _, name = (part.strip() for part in line.rpartition("="))
            if not word:
                raise forms.ValidationError(f"Write it as word = branch: {line}")
            if name.casefold() not in keys:
                raise forms.ValidationError(f"There is no branch called {name}.")
            refs[word] = keys[name.casefold()]
        return refs

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_fetched = cleaned.get("channel") == StockFeed.Channel.URL
        if is_fetched and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", "Say where the file is fetched from.")
        return cleaned

    def _branches(self) -> QuerySet[Branch]:
        """Return the dealer's own branches, to which the site has narrowed the choice of one."""
        choice = cast("forms.ModelChoiceField", self.fields["branch"])
        return cast("QuerySet[Branch]", choice.queryset)

    def _get_validation_exclusions(self) -> set[str]:
        """Exclude every field: the verb checks them, and words its refusals for people."""
        return {field.name for field in StockFeed._meta.get_fields()}
