"""Search engines side by side, on the same adverts and the same questions."""
