"""One's own account, inside the admin and the dealer panel alike."""
