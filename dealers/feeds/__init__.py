"""Stock that comes by itself, as files."""
