"""What people keep themselves: diaries in words, and calendars."""
