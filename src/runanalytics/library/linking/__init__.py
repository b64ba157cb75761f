"""Which rows are the same thing, and how they are read as one."""
