"""How a price that changes is rounded: the functions of the database that every statement calls.

Their text is `listings/sql/price_rounding.sql`; docs/pricing.md tells the rule with examples. There
is no second form of it in Python: what previews show is what the same functions say.
"""

TARGET = "price_target(price, %(amount)s, %(unit)s)"
"""The price that a change asks for, of a row with `price`."""

ROUNDED = """price_rounded(
    CASE WHEN %(unit)s <> 'figure' THEN price END, target, %(ending)s, lowest
)"""
"""The price that comes out, of a row with `price`, `target` and `lowest`."""


def planned(price: str, steps: str) -> str:
    """Return the SQL of a price after so many steps of a plan, whose terms are in the row.

    One that follows the market has one step at a time, to where the `value` in the row is.
    """
    return f"""
        CASE kind WHEN 'market' THEN
            price_following({price}, value, value_percent, percent_max, pounds_max, may_rise,
                ending, floor)
        ELSE price_after_drops({price}, drop, unit, floor, ending, {steps}) END
    """
