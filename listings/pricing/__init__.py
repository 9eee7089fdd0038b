"""What adverts cost: plans by which prices fall, changes of many prices, and who made them why.

A service writes a plan, puts adverts on it or changes prices at once; both are previewed by the
very functions that write. The clock starts `apply_due_drops`.
"""

from listings.pricing.changes import PriceStep, PriceUnit, Repriced, change_prices, preview_changes
from listings.pricing.drops import DueDrop, apply_due_drops, due_drops
from listings.pricing.history import attribute_prices, renew_lowest_prices
from listings.pricing.plans import (
    PlanTerms,
    assign_plan,
    create_plan,
    delete_plan,
    edit_plan,
    set_default_plan,
    stop_plan,
)
from listings.pricing.plausibility import price_doubt
from listings.pricing.preview import PlannedPrice, preview_plan
from listings.pricing.schedule import restart_schedules, resume_clocks, take_default_plans

__all__ = [
    "DueDrop",
    "PlanTerms",
    "PlannedPrice",
    "PriceStep",
    "PriceUnit",
    "Repriced",
    "apply_due_drops",
    "assign_plan",
    "attribute_prices",
    "change_prices",
    "create_plan",
    "delete_plan",
    "due_drops",
    "edit_plan",
    "preview_changes",
    "preview_plan",
    "price_doubt",
    "renew_lowest_prices",
    "restart_schedules",
    "resume_clocks",
    "set_default_plan",
    "stop_plan",
    "take_default_plans",
]
