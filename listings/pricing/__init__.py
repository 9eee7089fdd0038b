"""What adverts cost: who changed a price and why, and the plans by which prices fall."""
