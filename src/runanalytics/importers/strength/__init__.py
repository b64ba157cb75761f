"""Strength logs: one file per app."""
