"""The engine that findings share: weekly means, regression with AR(1) errors, priors."""
