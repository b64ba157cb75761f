"""What people keep themselves: calendars."""
