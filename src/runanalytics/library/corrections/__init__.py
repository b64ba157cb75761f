"""The user's corrections, which replace what sources state."""
