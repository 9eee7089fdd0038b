"""Saving an advert's form through the verbs, and never over what somebody else has saved."""

from typing import Any

from django import forms
from django.http import HttpRequest

from listings.admin.forms import outdated
from listings.adverts import EDITABLE_FIELDS, create_listing, edit_listing
from listings.models import Listing


class SavedByVerbs:
    """How an advert's form is saved; mixed into its admins."""

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        actor_id = int(str(request.user.pk))
        if not change:
            fields = {k: v for k, v in form.cleaned_data.items() if k in EDITABLE_FIELDS}
            obj.pk = create_listing(fields=fields, actor_id=actor_id).pk
            obj.refresh_from_db()
            return
        current = Listing.objects.select_for_update().get(pk=obj.pk)
        if str(current.revision) != form.cleaned_data["seen_revision"]:
            raise outdated(current, form)
        changes = {
            name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE_FIELDS
        }
        edit_listing(listing_id=obj.pk, changes=changes, actor_id=actor_id)
        obj.refresh_from_db()
