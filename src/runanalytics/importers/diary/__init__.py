"""A training diary in words: which lines are days, and what the lines below them say."""
