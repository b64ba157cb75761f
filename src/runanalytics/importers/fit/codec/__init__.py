"""FIT's bytes to columns."""
