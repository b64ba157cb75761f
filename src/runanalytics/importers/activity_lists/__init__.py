"""Lists of activities: one row an activity, with its averages."""
