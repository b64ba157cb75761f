"""Lines of a diary, in words: what was done in them, and what is not understood for certain."""
