"""Forms whose last word belongs to a verb."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from listings.identifiers import normalise_vin, normalise_vrm
from listings.models import Listing, ListingEvent
from listings.pricing import PricedCar, as_stated, price_doubts, priced_cars
from marketplace.errors import Conflict, DomainError


class Outdated(Conflict):
    """Somebody else changed the advert since this form was opened."""

    code = "outdated"


class VerbForm(forms.ModelForm):
    """A form that reads values and leaves the rules to the verb that saves them.

    `refusal` is what the verb said when these same values were saved a moment ago.
    """

    refusal: ClassVar[DomainError | None] = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal is None:
            return cleaned
        known = {name: text for name, text in self.refusal.fields.items() if name in self.fields}
        for name, texts in known.items():
            self.add_error(name, texts)
        if not known:
            self.add_error(None, [self.refusal.message, *self._other_messages()])
        return cleaned

    def _other_messages(self) -> list[str]:
        assert self.refusal is not None  # noqa: S101  # its only caller has checked
        return [
            f"{name.replace('_', ' ').capitalize()}: {text}"
            for name, texts in self.refusal.fields.items()
            for text in texts
        ]


class LinesField(forms.CharField):
    """Several short texts, one on each line: a list in Python."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class ListingForm(VerbForm):
    """An advert as people write it; `seen_revision` is the version the person had before them.

    A price that may be a slip is refused once: `doubted_price` says which the person has been
    asked about, and saving the same again writes it. `typed` are the texts of fields in a form
    that is shown again unsaved.
    """

    typed: ClassVar[Mapping[str, str]] = {}

    seen_revision = forms.CharField(required=False, widget=forms.HiddenInput)
    doubted_price = forms.CharField(required=False, widget=forms.HiddenInput)
    features = LinesField(required=False, help_text="One on each line.")
    vrm = forms.CharField(
        label="Registration mark",
        required=False,
        max_length=16,
        empty_value=None,
        widget=UnfoldAdminTextInputWidget,
        help_text="In any spacing. Never shown to buyers.",
    )
    vin = forms.CharField(
        label="VIN",
        required=False,
        max_length=32,
        empty_value=None,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()
        labels = {"vat_scheme": "VAT scheme", "electric_range_miles": "Electric range (miles)"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revision = str(self.instance.revision or "")
        self.initial["seen_revision"] = revision
        self.initial.update(self.typed)
        if self.is_bound and isinstance(self.refusal, Outdated):
            self.data = cast("QueryDict", self.data).copy()
            self.data["seen_revision"] = revision

    def clean_vrm(self) -> str | None:
        return _accepted(normalise_vrm, self.cleaned_data["vrm"])

    def clean_vin(self) -> str | None:
        return _accepted(normalise_vin, self.cleaned_data["vin"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        make, model = cleaned.get("make"), cleaned.get("model")
        if make and model and model.make_id != make.pk:
            self.add_error("model", f"{model} is not a model of {make}.")
        if "price" in self.changed_data and "price" in cleaned:
            self._ask_about(cleaned["price"])
        return cleaned

    def _ask_about(self, price: int | None) -> None:
        doubt = price_doubts({0: price}, {0: self._priced_car()}).get(0)
        if doubt is None or self.cleaned_data.get("doubted_price") == str(price):
            return
        self.add_error("price", f"{doubt} Save again if it is right.")
        self.data = cast("QueryDict", self.data).copy()
        self.data["doubted_price"] = str(price)

    def _priced_car(self) -> PricedCar:
        """Return the car that the price is of, as the form says it is."""
        pk = self.instance.pk
        so_far = priced_cars([pk]).get(pk) if pk else None
        model = self.cleaned_data.get("model")
        named = {"model": model.pk if model else None, "year": self.cleaned_data.get("year")}
        return as_stated({name: value for name, value in named.items() if value}, so_far)

    def _get_validation_exclusions(self) -> set[str]:
        """Exclude every field: the verb checks them, and words its refusals for people."""
        return {field.name for field in Listing._meta.get_fields()}


class RejectionForm(forms.Form):
    """Why somebody does this, for the log and the dealer."""

    reason = forms.CharField(
        max_length=500,
        strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
        help_text="The dealer reads this: say what is wrong and how to mend it.",
    )


def outdated(listing: Listing, form: forms.ModelForm) -> Outdated:
    """Return the refusal of an outdated form: who changed what, and how its values differ now."""
    event = ListingEvent.objects.filter(listing=listing).select_related("actor").first()
    differing = [
        f"{_label(form, name)} is now {_shown(listing, name)}."
        for name in form.changed_data
        if name in form.cleaned_data and name != "seen_revision"
    ]
    text = " ".join(
        [
            f"{_person(event.actor if event else None)} changed this advert while you had it open.",
            "Nothing is saved yet, and your entries are still below.",
            *differing,
            "Save again to put your entries in place.",
        ]
    )
    return Outdated(text)


def _accepted(normalise: Callable[[str], str], text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return normalise(text)
    except DomainError as refusal:
        raise forms.ValidationError(refusal.message) from refusal


def _person(actor: AbstractBaseUser | None) -> str:
    return str(actor) if actor else "The system"


def _label(form: forms.ModelForm, name: str) -> str:
    return str(form.fields[name].label or name).capitalize()


def _shown(listing: Listing, name: str) -> str:
    display = getattr(listing, f"get_{name}_display", None)
    value = display() if display else getattr(listing, name, None)
    return "empty" if value in (None, "", []) else str(value)
