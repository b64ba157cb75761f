"""Whether a cadence counts the steps of one leg or of both: one rule for every source.

FIT and Strava state strides of one leg, spreadsheets steps of both, TCX and GPX neither; and of
each there are files that count otherwise. So what a source states holds as long as somebody can
run, or walk, like that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.sample_series import RUNNING_M_S

#: What a source states that its cadence counts; None where it states neither.
Counted = Literal["one leg", "both legs"] | None

#: At least this many samples at a runner's speed tell more than all of them; of averages over
#: whole runs one does.
ENOUGH_SAMPLES, ENOUGH_AVERAGES = 30, 1


@dataclass(frozen=True)
class _LeastOfBoth:
    """The lowest median a minute that counts both legs, by what is known of the speed.

    `slower` is for speeds below a runner's, `unknown` for none.
    """

    running: float
    slower: float
    unknown: float


#: Runners take 150 to 200 steps a minute, hardly ever fewer than 120 or more than 230: so 75 to
#: 100 strides of one leg, at most 115. At a runner's speed the count itself tells, whatever is
#: stated. Walkers take 90 to 130 steps, 45 to 65 strides. A count of 95 to 117 without a runner's
#: speed is a walker's of both legs or a quick runner's of one: what is stated decides, but that
#: nobody who is slower than running takes 200 steps, and nobody walks on 90 strides.
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
        Cadence as the source has it (1/min), one a sample or the average of one run each.
    speed_m_s : array of float
        Speed of the same samples or runs (m/s); NaN where it is not known.
    notes : list of Note
        Where what was found is entered, unless it is what is stated.
    stated : {"one leg", "both legs", None}
        What the source states that its cadence counts.
    enough : int
        How many values at a runner's speed tell more than all of them.

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
    found: Counted = "both legs" if median >= least_of_both else "one leg"
    if found != stated:
        notes.append(_note(found, stated, median))
    return 1.0 if found == "both legs" else 2.0


def _note(found: Counted, stated: Counted, median: float) -> Note:
    if stated == "one leg":
        return Note("warning", "cadence was stored as steps of both feet: taken as it is")
    if stated == "both legs":
        message = "cadence counted one foot's steps; it was doubled to steps of both feet"
        return Note("warning", message)
    done = "doubled" if found == "one leg" else "taken as it is"
    return Note("info", f"cadence counts {found} (median {median:.0f} a minute): {done}")
