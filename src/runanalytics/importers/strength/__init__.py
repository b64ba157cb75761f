"""Strength logs: one file an app."""
