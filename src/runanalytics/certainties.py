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

#: Words of sentences that tell a certainty, with the modules that have them and the row of each.
#: Braces stand for what is filled in. The same words in another module are another certainty, and
#: are put to the test for themselves.
IN_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "about {} are needed": {"findings/effect.py": "effect, weeks that tell doses apart"},
        "would be found with {} % chance": {
            "findings/effect.py": "effect, would be found",
            "findings/effects.py": "effect, would be found",
            "findings/before_after.py": "before and after, would be found",
        },
        "would be found four times out of five": {
            "report/next_steps.py": "effect, would be found",
            "report/page_one.py": "effect, would be found",
            "report/sections.py": "effect, would be found",
        },
        "there will be enough weeks by {}": {"report/page_one.py": "effect, enough by"},
        "(it may be chance)": {"findings/asked.py": "effect, corrected for all tests"},
        "by chance, one in twenty answers looks clear": {
            "mcp_server.py": "effect, corrected for all tests"
        },
        "likely between": {"report/page_one.py": "effect"},
        "“Likely” means that such a range is right 19 times out of 20": {
            "report/page_one.py": "effect"
        },
        "hold 99 % of steps of 5 % or more in simulations": {
            "findings/change_points.py": "change point, dates"
        },
        "those of steps of 3 %, which are seldom found, hold 99 % in simulations": {
            "findings/change_points.py": "change point, size"
        },
        "may be no change at all": {"findings/change_points.py": "change point, found"},
        "right less often than 19 times in 20": {
            "findings/change_points.py": "change point, size",
            "findings/effect.py": "effect",
        },
        "hold about 92 % in simulations, not 95": {"findings/race_effect.py": "effect"},
        "holds about 90 % in simulations, not 95": {
            "findings/race_results.py": "race times, one race"
        },
        "holds 98 % in simulations": {"findings/race_results.py": "race times, exponent"},
        "the interval of a grade-adjusted level holds about 93 % in simulations, not 95": {
            "findings/trend.py": "trend, now"
        },
        "is then wider than need be, and holds 98 % in simulations": {
            "experiments/analysis.py": "experiment, interval"
        },
        "In simulations of ten runners the interval of the time constant holds 98 %": {
            "cohort/group.py": "group, time constant"
        },
        "where they share one effect that of the mean 98": {"cohort/group.py": "group, mean"},
        "that of a new runner more than 99": {"cohort/group.py": "group, new runner"},
        "in 19 of 20 cases": {
            "findings/trend.py": "trend, smallest visible change",
            "report/sections.py": "trend, smallest visible change",
        },
        "likely the device": {"findings/change_points.py": "change point, what was new"},
        "perhaps the device": {"findings/change_points.py": "change point, what was new"},
        "perhaps the firmware": {"findings/change_points.py": "change point, what was new"},
        "perhaps the shoes": {"findings/change_points.py": "change point, what was new"},
        "hardly the reason": {"findings/change_points.py": "change point, what was new"},
        "would have to share": {"findings/probes.py": "checks, robustness value"},
        "is in doubt": {"findings/checks.py": "checks, verdicts"},
        "stands up to": {"findings/checks.py": "checks, verdicts"},
        "seems to decide": {"findings/probes.py": "checks, verdicts"},
        "seems to wander": {"findings/before_after.py": "before and after, weeks later"},
        "is hardly known": {
            "findings/before_after.py": "before and after, weeks later",
            "findings/change_points.py": "change point, size",
        },
        "probably not raced": {
            "findings/race_results.py": "race times, raced or not",
            "report/figures.py": "race times, raced or not",
            "03_races_and_claims.ipynb": "race times, raced or not",
        },
        "Probably not": {"report/charts/fits.py": "race times, raced or not"},
        "would be found with {} chance": {
            "experiments/design.py": "experiment, chance to be found"
        },
        "would be found with about {}{}% chance": {
            "report/next_steps.py": "experiment, chance to be found"
        },
        "would find it with about {} % chance": {
            "experiments/design.py": "experiment, chance to be found"
        },
        "(give or take {} points)": {"experiments/design.py": "experiment, chance to be found"},
        "chance of finding": {"experiments/design.py": "experiment, chance to be found"},
        "it would miss {} {} of the time": {
            "experiments/design.py": "experiment, chance to be found"
        },
        "the {} % that you expect": {"experiments/design.py": "experiment, chance to be found"},
        "bursts as of strides": {
            "library/proposal_list.py": "proposals, strides in samples",
        },
        "Short bursts in its samples, as of strides": {
            "schema/tables.py": "proposals, strides in samples",
        },
        "understood for certain": {
            "cli/log.py": "matching of names",
            "importers/diary/importer.py": "matching of names",
        },
    }
)
