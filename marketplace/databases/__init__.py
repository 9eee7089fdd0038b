"""PostgreSQL as this project uses it: the settings, the backend, what its failures mean, roles."""
