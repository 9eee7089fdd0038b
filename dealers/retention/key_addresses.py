"""Addresses that keys were used from, which are forgotten while the keys stay."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dealers.models import ApiKey
from dealers.models.keys import ApiKeyQuerySet


def old_key_addresses(before: datetime) -> ApiKeyQuerySet:
    """Return keys with an address from before a moment."""
    used = Q(last_used_from__isnull=False, last_used_at__lt=before)
    refused = ~Q(refused_from="") & Q(refused_at__lt=before)
    return ApiKey.objects.filter(used | refused)


@transaction.atomic
def forget_key_addresses(before: datetime, limit: int) -> int:
    """Take the old addresses from so many keys at most; return from how many."""
    due = old_key_addresses(before).order_by("pk").select_for_update(skip_locked=True)
    keys = ApiKey.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit]))
    forgotten = keys.count()
    keys.filter(last_used_at__lt=before).update(last_used_from=None)
    keys.filter(refused_at__lt=before).update(refused_from="")
    return forgotten
