"""The catalogue: makes, models and the other names people write for them."""

from django.db import models
from django.db.models.functions import Lower

from listings.choices import Confirmation


class Make(models.Model):
    """A manufacturer, or a name that a feed brought in and staff have yet to confirm."""

    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    confirmation = models.CharField(
        max_length=10, choices=Confirmation, default=Confirmation.CONFIRMED
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(Lower("name"), name="make_name_is_unique"),
            models.CheckConstraint(
                condition=models.Q(confirmation__in=Confirmation.values),
                name="make_confirmation_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Model(models.Model):
    """A model range of one make, such as Range Rover."""

    make = models.ForeignKey(Make, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    confirmation = models.CharField(
        max_length=10, choices=Confirmation, default=Confirmation.CONFIRMED
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint("make", Lower("name"), name="model_name_is_unique_in_make"),
            models.UniqueConstraint(fields=("make", "slug"), name="model_slug_is_unique_in_make"),
            # The target of the listing's foreign key that keeps make and model in agreement.
            models.UniqueConstraint(fields=("id", "make"), name="model_has_one_make"),
            models.CheckConstraint(
                condition=models.Q(confirmation__in=Confirmation.values),
                name="model_confirmation_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class MakeAlias(models.Model):
    """Another name for a make, such as VW or Merc."""

    make = models.ForeignKey(Make, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "make aliases"
        constraints = (models.UniqueConstraint(Lower("name"), name="make_alias_is_unique"),)

    def __str__(self) -> str:
        return self.name


class ModelAlias(models.Model):
    """Another name for a model within its make, such as 3-Series."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "model aliases"
        constraints = (
            models.UniqueConstraint("model", Lower("name"), name="model_alias_is_unique_in_model"),
        )

    def __str__(self) -> str:
        return self.name
