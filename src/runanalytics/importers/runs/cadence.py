"""Whether a cadence counts the steps of one leg or of both: one rule for every source.

FIT and Strava state steps of one leg, spreadsheets steps of both legs, TCX and GPX neither; and
each has files that count otherwise. What a source states is therefore accepted only if somebody
can run or walk at that cadence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.sample_series import RUNNING_M_S

#: Which steps a source states that its cadence counts; None where it does not state it.
Counted = Literal["one leg", "both legs"] | None

#: With at least this many values at a runner's speed, only these decide: so many samples, but a
#: single average over a whole run.
ENOUGH_SAMPLES, ENOUGH_AVERAGES = 30, 1


@dataclass(frozen=True)
class _LeastOfBoth:
    """The lowest median cadence (1/min) that is taken as one of both legs.

    `running` is for runners' speeds, `slower` for known lower ones, `unknown` for no speed.
    """

    running: float
    slower: float
    unknown: float


#: Runners take 150 to 200 steps a minute, hardly ever fewer than 120 or more than 230: 75 to 100
#: of one leg, at most 115. At a runner's speed the count alone decides, whatever is stated.
#: Walkers take 90 to 130 steps, 45 to 65 of one leg. A count of 95 to 117 without a runner's
#: speed is a walker's of both legs or a quick runner's of one, so the statement decides, except
#: that nobody below running speed takes 200 steps or walks with 90 steps of one leg.
#: (Cadence by speed: Cavanagh & Kram 1989, Med Sci Sports Exerc 21:467; walking: Tudor-Locke et
#: al. 2018, Br J Sports Med 52:776.)
_LEAST_OF_BOTH: Mapping[Counted, _LeastOfBoth] = {
    "one leg": _LeastOfBoth(running=117.0, slower=100.0, unknown=117.0),
    None: _LeastOfBoth(running=117.0, slower=95.0, unknown=95.0),
    "both legs": _LeastOfBoth(running=117.0, slower=0.0, unknown=0.0),
}


def steps_per_count(
    cadence: Floats,
    speed_m_s: Floats,
    notes: list[Note],
    stated: Counted = None,
    *,
    enough: int = ENOUGH_SAMPLES,
) -> float:
    """Return how many steps one count of a source's cadence stands for: 2 or 1.

    Parameters
    ----------
    cadence : array of float
        Cadence as the source has it (1/min), per sample or as averages of whole runs.
    speed_m_s : array of float
        Speed of the same samples or runs (m/s); NaN where it is not known.
    notes : list of Note
        A note is added if the cadence counts otherwise than stated.
    stated : {"one leg", "both legs", None}
        Which steps the source states that its cadence counts.
    enough : int
        With at least this many values at a runner's speed, only these decide.

    Returns
    -------
    float

    Examples
    --------
    >>> steps_per_count(np.full(60, 87.0), np.full(60, 3.1), notes := [])
    2.0
    >>> print(notes[0])
    cadence counts one leg (median 87 a minute): doubled
    >>> steps_per_count(np.array([172.0]), np.array([3.1]), [], "one leg", enough=ENOUGH_AVERAGES)
    1.0
    """
    stepping = cadence > 0
    running = stepping & (speed_m_s >= RUNNING_M_S)
    least = _LEAST_OF_BOTH[stated]
    if int(running.sum()) >= enough:
        chosen, least_of_both = running, least.running
    else:
        known = bool(np.isfinite(speed_m_s[stepping]).any())
        chosen, least_of_both = stepping, least.slower if known else least.unknown
    if not chosen.any():
        return 1.0 if stated == "both legs" else 2.0
    median = float(np.median(cadence[chosen]))
    counted: Counted = "both legs" if median >= least_of_both else "one leg"
    if counted != stated:
        notes.append(_note(counted, stated, median))
    return 1.0 if counted == "both legs" else 2.0


def _note(counted: Counted, stated: Counted, median: float) -> Note:
    if stated == "one leg":
        return Note("warning", "cadence was stored as steps of both feet: taken as it is")
    if stated == "both legs":
        message = "cadence counted one foot's steps; it was doubled to steps of both feet"
        return Note("warning", message)
    outcome = "doubled" if counted == "one leg" else "taken as it is"
    return Note("info", f"cadence counts {counted} (median {median:.0f} a minute): {outcome}")
