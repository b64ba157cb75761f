"""Quantities with a unit and an uncertainty: segments, form and dose."""
