"""Lists of races: pages of results, organisers' and runners' own lists, in many languages."""
