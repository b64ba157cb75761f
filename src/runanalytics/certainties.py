"""Which fields of a result are told with a certainty.

Intervals, standard errors, p-values, verdicts by them, ranges of dates, scores, and what "would be
found": whoever reads one relies on how often it is right, so each has been put to the test. A
dataclass of results declares its own in two class attributes:

- ``certainties``: a row of the table in docs/calibration.md, and the fields that it speaks for;
- ``no_certainties``: the other numbers, dates and frames, such as estimates and settings.

Sentences tell certainties in words, too: `IN_WORDS` has those words and their rows.

`tests/findings/test_certainties.py` holds every result and every sentence to it, and the rows to
the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Fields of a class by the row of the table that says how often they are right.
#: Names are apart by blanks.
Certainties = Mapping[str, str]

#: Words of sentences that tell a certainty, and the row of each. Braces stand for what is filled
#: in.
IN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "about {} are needed": "effect, weeks that tell doses apart",
        "would be found with {} % chance": "effect, would be found",
        "would be found four times out of five": "effect, would be found",
        "there will be enough weeks by {}": "effect, enough by",
        "(it may be chance)": "effect, corrected for all tests",
        "by chance, one in twenty answers looks clear": "effect, corrected for all tests",
        "likely between": "effect",
        "right 19 times out of 20": "effect",
        "right less often than 19 times in 20": "change point, size",
        "in 19 of 20 cases": "trend, smallest visible change",
        "likely the device": "change point, what was new",
        "likely the firmware": "change point, what was new",
        "perhaps the shoes": "change point, what was new",
        "would have to share": "checks, robustness value",
        "is hardly known": "before and after, weeks later",
        "probably not raced": "race times, raced or not",
        "Probably not": "race times, raced or not",
        "would be found with {} chance": "experiment, chance to be found",
        "would be found with about {}{}% chance": "experiment, chance to be found",
        "would find it with about {} % chance": "experiment, chance to be found",
        "(give or take {} points)": "experiment, chance to be found",
        "chance of finding": "experiment, chance to be found",
        "it would miss {} {} of the time": "experiment, chance to be found",
        "the {} % that you expect": "experiment, chance to be found",
        "bursts as of strides": "proposals, strides in samples",
        "understood for certain": "matching of names",
    }
)
