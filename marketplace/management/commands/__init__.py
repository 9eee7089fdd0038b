"""Commands for those who run the marketplace."""
