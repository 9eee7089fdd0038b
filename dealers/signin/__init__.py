"""Signing in to the admin and of the dealer panel."""
