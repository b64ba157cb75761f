"""Answers: what changed, and how much of it goes along with what was done.

Each answer is a `Finding`: a sentence, a table, a figure and a dict. Findings take plain frames
in the shapes of `runanalytics.schema` and never open a file.
"""
