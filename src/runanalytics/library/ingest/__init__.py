"""An import, from the first file to the report."""
