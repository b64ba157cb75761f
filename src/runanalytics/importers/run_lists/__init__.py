"""Lists of runs and other activities as services and apps export them, averages only."""
