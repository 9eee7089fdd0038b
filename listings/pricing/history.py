"""Who changes prices in this transaction, and why, for the trigger that writes the history."""

from django.db import connection

from listings.choices import PriceReason


def attribute_prices(*, reason: PriceReason, actor_id: int | None) -> None:
    """Name the reason and the person for every price written until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('marketplace.price_reason', %s, true),"
            " set_config('marketplace.price_actor', %s, true)",
            [reason, "" if actor_id is None else str(actor_id)],
        )
