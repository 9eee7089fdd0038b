"""The doors of the admin and of the dealer panel."""
