"""The form of a price plan: one page for both kinds, of which the chosen one's terms count."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator

from listings.admin.forms import VerbForm
from listings.choices import PlanKind
from listings.models import PricePlan
from listings.pricing import DAYS_BETWEEN_FOLLOWING, MarketTerms, PlanTerms

_OF_KIND = {
    PlanKind.AGE: ("every_days", "drop", "unit"),
    PlanKind.MARKET: ("value_percent", "percent_max", "pounds_max", "may_rise"),
}
_BOUNDS = {"value_percent": (50, 150), "percent_max": (1, 50), "pounds_max": (1, 5_000_000)}
TERMS = ("kind", "name", "after_days", "floor", "ending", *(sum(_OF_KIND.values(), ())))


class PlanForm(VerbForm):
    """Asks for the terms of either kind; those of the other kind are not read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "every_days"):
            if name in self.fields:
                self.fields[name].required = False
        for name, (least, most) in _BOUNDS.items():
            if name in self.fields:
                field = self.fields[name]
                field.validators += [MinValueValidator(least), MaxValueValidator(most)]
                field.widget.attrs.update(min=least, max=most)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "kind" not in self.fields:
            return cleaned
        chosen = PlanKind(cleaned.get("kind") or PlanKind.AGE)
        for name in _OF_KIND[chosen]:
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, f"A plan of the kind “{chosen.label}” needs this.")
        for kind, names in _OF_KIND.items():
            if kind != chosen:
                for name in names:
                    self.errors.pop(name, None)
                cleaned |= dict.fromkeys(names)
        if chosen == PlanKind.MARKET:
            cleaned["every_days"] = DAYS_BETWEEN_FOLLOWING
        return {**cleaned, "kind": chosen, "may_rise": bool(cleaned.get("may_rise"))}


def terms_of(plan: PricePlan) -> PlanTerms | MarketTerms:
    """Return the terms that a plan's form filled in."""
    kind = MarketTerms if plan.kind == PlanKind.MARKET else PlanTerms
    return kind(**{name: getattr(plan, name) for name in kind.__dataclass_fields__})
