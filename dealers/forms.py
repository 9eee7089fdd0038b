"""Fields of forms: opening hours."""

from typing import Any

from django import forms
from unfold.widgets import INPUT_CLASSES

from dealers.hours import DAYS, validate_hours


class HoursWidget(forms.Widget):
    """Two times for each day of the week."""

    template_name = "dealers/hours.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        known = {span["day"]: span for span in value or []}
        days = [
            {
                "day": day,
                "label": day.capitalize(),
                "opens": known.get(day, {}).get("opens", ""),
                "closes": known.get(day, {}).get("closes", ""),
            }
            for day in DAYS
        ]
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return {**context, "days": days, "classes": " ".join(INPUT_CLASSES)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        spans = []
        for day in DAYS:
            opens = data.get(f"{name}-{day}-opens", "").strip()
            closes = data.get(f"{name}-{day}-closes", "").strip()
            if opens or closes:
                spans.append({"day": day, "opens": opens[:5], "closes": closes[:5]})
        return spans

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-{DAYS[0]}-opens" not in data

    def id_for_label(self, id_: str) -> str:
        return ""


class HoursField(forms.Field):
    """Opening hours; None where no day has any, as they are not known then."""

    widget = HoursWidget
    default_validators = [validate_hours]

    def to_python(self, value: Any) -> Any:
        return value or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or None) != (data or None)
