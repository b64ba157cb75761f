"""Designed experiments: schedules that are drawn by lot, and what they show."""
