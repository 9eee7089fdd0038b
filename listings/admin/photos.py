"""The photos of an advert, inside its form."""

from typing import Any, cast

from django import forms
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminIntegerFieldWidget

from listings.admin.base import StaffInline
from listings.models import Photo
from listings.photos import add_photo, check_picture, remove_photo, reorder_photos
from marketplace.errors import DomainError


class Nothing(forms.Widget):
    """The empty cell of a photo whose file is there."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return SafeString("")


class PhotoForm(forms.ModelForm):
    """One photo: a new file, or the place of one that is there."""

    upload = forms.FileField(
        label="New file",
        required=False,
        widget=UnfoldAdminFileFieldWidget(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"}
        ),
        help_text="JPEG, PNG, WebP or HEIC, up to 20 MB.",
    )
    place = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000,
        label="Place",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Photo
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["upload"].widget = Nothing()
            self.initial["place"] = self.instance.position + 1

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if not upload:
            return None
        try:
            check_picture(upload)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return upload


class PhotoInline(StaffInline):
    model = Photo
    form = PhotoForm
    tab = True
    extra = 1
    hide_title = True
    fields = ("picture", "upload", "place")
    readonly_fields = ("picture",)
    ordering = ("position",)
    verbose_name_plural = "Photos"

    @display(description="Photo")
    def picture(self, photo: Photo) -> str:
        if not photo.pk:
            return "-"
        return format_html('<img class="advert-photo" src="{}" alt="">', photo.url_for(320))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("listings.change_listing")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("listings.view_listing") or self.has_change_permission(request)


def save_photos(formset: BaseInlineFormSet, *, listing_id: int, actor_id: int) -> None:
    """Do what the forms say through the verbs: first remove, then add, then put in order."""
    places: list[tuple[int, int]] = []
    for form in formset.deleted_forms:
        if form.instance.pk:
            remove_photo(listing_id=listing_id, photo_id=form.instance.pk, actor_id=actor_id)
            formset.deleted_objects.append(form.instance)
    for form in formset.forms:
        if form in formset.deleted_forms:
            continue
        photo_id = cast("int | None", form.instance.pk)
        if upload := form.cleaned_data.get("upload"):
            photo = add_photo(listing_id=listing_id, upload=upload, actor_id=actor_id)
            formset.new_objects.append(photo)
            photo_id = photo.pk
        if photo_id is not None:
            places.append((form.cleaned_data.get("place") or 1_001, photo_id))
    ordered = [photo_id for _, photo_id in sorted(places, key=lambda pair: pair[0])]
    reorder_photos(listing_id=listing_id, photo_ids=ordered, actor_id=actor_id)
