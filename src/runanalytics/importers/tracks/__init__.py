"""TCX and GPX."""
