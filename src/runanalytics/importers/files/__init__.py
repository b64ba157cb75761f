"""Opening what is given: folders, archives, compressed files."""
