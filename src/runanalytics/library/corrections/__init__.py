"""What the user says, which wins over every source."""
