"""The stock API: what a dealer's own systems read and write of its stock, by key."""
