"""Which fields of a result are told with a certainty.

Intervals, standard errors, p-values, verdicts by them, ranges of dates, scores, and what "would be
found": whoever reads one relies on how often it is right, so each has been put to the test. A
dataclass of results declares its own in two class attributes:

- ``certainties``: a row of the table in docs/calibration.md, and the fields that it speaks for;
- ``no_certainties``: the other numbers, dates and frames, such as estimates and settings.

`tests/findings/test_certainties.py` holds every result to it, and the rows to the table.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Fields of a class by the row of the table that says how often they are right.
#: Names are apart by blanks.
Certainties = Mapping[str, str]
