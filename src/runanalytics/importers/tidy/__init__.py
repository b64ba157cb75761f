"""The project's own CSV."""
