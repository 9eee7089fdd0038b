"""British dates with the time of day in 24 hours."""
