"""What adverts cost: plans by which prices change, changes of many prices, and who made them why.

A service writes a plan, puts adverts on it or changes prices at once; both are previewed by the
very functions that write. The clock starts `apply_due_drops`.
"""

from listings.pricing.changes import PriceStep, PriceUnit, Repriced, change_prices, preview_changes
from listings.pricing.drops import DueDrop, apply_due_drops, due_drops
from listings.pricing.history import attribute_prices, renew_lowest_prices, seen_prices
from listings.pricing.plans import (
    DAYS_BETWEEN_FOLLOWING,
    MarketTerms,
    PlanTerms,
    assign_plan,
    create_plan,
    delete_plan,
    edit_plan,
    plans_of,
    restore_plans,
    set_default_plan,
    stop_plan,
)
from listings.pricing.plausibility import (
    as_stated,
    hold_doubtful,
    mileage_doubt,
    price_doubt,
    price_doubts,
    price_doubts_of,
)
from listings.pricing.preview import PlannedPrice, preview_plan
from listings.pricing.schedule import restart_schedules, resume_clocks, take_default_plans
from listings.pricing.usual_prices import ModelPrices, PricedCar, priced_cars

__all__ = [
    "DAYS_BETWEEN_FOLLOWING",
    "DueDrop",
    "MarketTerms",
    "ModelPrices",
    "PlanTerms",
    "PlannedPrice",
    "PriceStep",
    "PriceUnit",
    "PricedCar",
    "Repriced",
    "apply_due_drops",
    "as_stated",
    "assign_plan",
    "attribute_prices",
    "change_prices",
    "create_plan",
    "delete_plan",
    "due_drops",
    "edit_plan",
    "hold_doubtful",
    "mileage_doubt",
    "plans_of",
    "preview_changes",
    "preview_plan",
    "price_doubt",
    "price_doubts",
    "price_doubts_of",
    "priced_cars",
    "renew_lowest_prices",
    "restart_schedules",
    "restore_plans",
    "resume_clocks",
    "seen_prices",
    "set_default_plan",
    "stop_plan",
    "take_default_plans",
]
