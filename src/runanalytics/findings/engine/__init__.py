"""The engine: what the answers share, from weekly means to AR(1) errors and priors."""
