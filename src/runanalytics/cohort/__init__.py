"""Many runners: what their answers say together, and who needs a look."""
