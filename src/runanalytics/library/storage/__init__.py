"""What stands on disk, and how it is kept whole."""
