"""What every recorded run needs, whichever source it comes from."""
