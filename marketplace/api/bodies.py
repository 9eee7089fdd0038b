"""Request bodies, read strictly: what is not understood is refused by name, never ignored.

JSON says what it means: `"5"` is no number and `1` is no text, so neither is taken for the other.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from marketplace.api.parameters import not_one_of, unknown_names


class Body(serializers.Serializer):
    """A JSON object without members that are not declared."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError({"body": ["This is a JSON object."]})
        known: dict[str, tuple[str, ...]] = dict.fromkeys(self.fields, ())
        unknown = sorted(str(name) for name in set(data) - set(self.fields))
        refused: dict[str, Any] = dict(unknown_names(unknown, known, "field"))
        try:
            read = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError(refused | cast("dict[str, Any]", error.detail)) from None
        if refused:
            raise ValidationError(refused)
        return read


class StrictIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise ValidationError("This is a whole number.")
        return int(super().to_internal_value(data))


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError("This is true or false.")
        return data


class StrictNumberField(serializers.FloatField):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise ValidationError("This is a number.")
        return super().to_internal_value(data)


class OneDecimalField(StrictNumberField):
    """A number, rounded to one decimal."""

    def to_internal_value(self, data: Any) -> Any:
        number = super().to_internal_value(data)
        return Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)


class StrictTextField(serializers.CharField):
    """A text without the white space around it, which counts towards its length."""

    def run_validation(self, data: Any = empty) -> Any:
        if isinstance(data, str) and self.max_length and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError("This is a text.")
        return str(super().to_internal_value(data))


class StrictChoiceField(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if type(data) not in (str, int) or data not in self.choices:
            raise ValidationError(not_one_of(str(data), [str(value) for value in self.choices]))
        return data


class StrictDateField(serializers.DateField):
    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            raise ValidationError("This is a date, such as 2026-11-23.")
        return date.fromisoformat(str(super().to_internal_value(value)))
