"""Units of a list of runs that does not state them, inferred from relations between its columns.

Cadence times step length is speed, and vertical ratio is oscillation per step length; so where
one of two quantities has a known unit, that of the other follows. A unit that does not follow is
asked for, never guessed: distance per time is speed in kilometres as in miles, and decides
nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.units import LENGTHS_M

#: Units of a list's distances, in m.
LONG_UNITS_M: Mapping[str, float] = {unit: LENGTHS_M[unit] for unit in ("km", "mi")}
#: Units of a step's length, in m.
STEP_UNITS_M: Mapping[str, float] = {unit: LENGTHS_M[unit] for unit in ("m", "cm", "mm")}
#: Units of vertical oscillation, in mm.
OSCILLATION_UNITS_MM: Mapping[str, float] = {
    unit: 1000 * LENGTHS_M[unit] for unit in ("cm", "mm", "in")
}
#: A step is at most this long; a larger number has a smaller unit.
LONGEST_STEP_M = 2.8

#: Two sides of an equation may differ by this share: kilometres and miles differ by 61 %.
WITHIN = 0.15
#: Time over pace is rounded to the second, so metres per unit follow to within this share.
_PACE_WITHIN = 0.04
#: This share of the runs from which a unit follows must agree on it.
_AGREED = 2 / 3
#: A treadmill's distance is entered by hand: of runs indoors at least this many are needed.
_FEWEST_INDOORS = 3

_NOT_THE_SPEED = "cadence times step length is not the speed: both taken as missing in some runs"
_NOT_CORRECTED = (
    "step length on a treadmill is not that of its corrected distance: taken as missing"
)


@dataclass(frozen=True)
class ListedRun:
    """A run as the list states it: numbers without their unit, NaN where missing.

    `pace_s` is the time for one unit of distance, whichever that is. Cadence may be the average
    over `time_s`, or over `moving_s`, the part of it in motion.
    """

    distance: float
    time_s: float
    cadence_spm: float
    step_length: float = math.nan
    steps: float = math.nan
    pace_s: float = math.nan
    indoors: bool = False
    moving_s: float = math.nan

    @property
    def in_metres(self) -> bool:
        """Whether the distance is in metres, as Garmin lists runs on a track.

        No runner covers kilometres or miles at a thousand times a runner's speed.
        """
        return self.distance / self.time_s > 0.3

    def covered(self, time_s: float) -> float:
        """Return the distance of the steps taken in `time_s`, in the unit of `step_length`."""
        steps = self.cadence_spm / 60 * time_s
        return (steps if steps > 0 else self.steps) * self.step_length


def long_unit(runs: Sequence[ListedRun]) -> str | None:
    """Return the unit of a list's distances, "km" or "mi"; None if it does not follow.

    Parameters
    ----------
    runs : sequence of ListedRun
        The runs of one list.

    Notes
    -----
    It follows from runs with cadence (or steps) and step length; and from runs on a track, whose
    distance is in metres but whose pace is per kilometre or mile.

    Examples
    --------
    >>> long_unit([ListedRun(2.49, 2657, 116, 0.77)])
    'mi'
    """
    units = [(_unit_of_track(run) if run.in_metres else _unit_by_steps(run)) for run in runs]
    outdoors = [unit for unit, run in zip(units, runs, strict=True) if unit and not run.indoors]
    votes = outdoors or [unit for unit in units if unit]
    if not votes or (not outdoors and len(votes) < _FEWEST_INDOORS):
        return None
    unit, count = Counter(votes).most_common(1)[0]
    return unit if count >= _AGREED * len(votes) else None


def _unit_by_steps(run: ListedRun) -> str | None:
    fitting = {
        unit
        for time_s in (run.time_s, run.moving_s)
        for unit, metres in LONG_UNITS_M.items()
        for step_m in STEP_UNITS_M.values()
        if equal(run.covered(time_s) / run.distance * step_m, metres, WITHIN)
    }
    # A long rest can make kilometres look like miles: then the two times contradict each other.
    return fitting.pop() if len(fitting) == 1 else None


def _unit_of_track(run: ListedRun) -> str | None:
    """Return the unit of the pace of a run whose distance is in metres."""
    unit_m = run.distance / (run.time_s / run.pace_s) if run.pace_s > 0 else math.nan
    fitting = (unit for unit, metres in LONG_UNITS_M.items() if equal(unit_m, metres, _PACE_WITHIN))
    return next(fitting, None)


def equal(left: float, right: float, within: float) -> bool:
    """Return whether two numbers above 0 differ by no more than a share; NaN equals nothing."""
    return left > 0 and right > 0 and abs(math.log(left / right)) <= math.log1p(within)


def implied_unit(stated: Floats, implied: Floats, units: Mapping[str, float]) -> str | None:
    """Return the unit of `stated`, given the same quantity in the base unit.

    Parameters
    ----------
    stated : array of float
        Numbers without a unit.
    implied : array of float
        The same quantity, as other columns imply it, in the base unit.
    units : mapping of str to float
        Units it may be in, each in the base unit.

    Returns
    -------
    str or None
        None if no unit fits.

    Examples
    --------
    >>> implied_unit(np.array([9.3]), np.array([91.0]), OSCILLATION_UNITS_MM)
    'cm'
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = implied / stated
    factors = factors[np.isfinite(factors) & (factors > 0)]
    if not factors.size:
        return None
    middle = float(np.median(factors))
    return next((unit for unit, size in units.items() if equal(middle, size, WITHIN)), None)


def step_unit(stated: Floats, cadence_spm: Floats, speed_m_s: Floats) -> str:
    """Return the unit of step lengths: the one cadence and speed imply, else by their size."""
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = speed_m_s / (cadence_spm / 60)
    unit = implied_unit(stated, implied, STEP_UNITS_M)
    known = stated[np.isfinite(stated)]
    if unit is not None or not known.size:
        return unit or "m"
    middle = float(np.median(known))
    return next(
        (unit for unit, metres in STEP_UNITS_M.items() if middle * metres <= LONGEST_STEP_M), "mm"
    )


def oscillation_unit(stated: Floats, ratio_pct: Floats, step_length_m: Floats) -> str:
    """Return the unit of vertical oscillation that ratio and step length imply, else cm."""
    implied_mm = ratio_pct / 100 * step_length_m * 1000
    return implied_unit(stated, implied_mm, OSCILLATION_UNITS_MM) or "cm"


def agreeing(runs: pd.DataFrame, other_speed_m_s: Floats) -> tuple[pd.DataFrame, list[Note]]:
    """Return runs without cadence and step length where their product is not the speed.

    Parameters
    ----------
    runs : DataFrame
        Columns of table "runs".
    other_speed_m_s : array of float
        Speed over another time of the same run, over which the averages may be.

    Returns
    -------
    runs : DataFrame
        On a treadmill only step length and vertical ratio are made missing: they follow from
        the watch's own guess of the distance, which its runner corrected.
    notes : list of Note
        In how many runs.
    """
    product = (runs["cadence_spm"] / 60 * runs["step_length_m"]).to_numpy(dtype=np.float64)
    off = _differ(product, runs["speed_m_s"].to_numpy(dtype=np.float64))
    off &= _differ(product, other_speed_m_s) | np.isnan(other_speed_m_s)
    if not off.any():
        return runs, []
    indoors = (runs["kind"] == "treadmill").to_numpy(dtype=bool)
    wrong = {"cadence_spm": off & ~indoors, "step_length_m": off, "vertical_ratio_pct": off}
    notes = []
    for where, message in ((off & ~indoors, _NOT_THE_SPEED), (off & indoors, _NOT_CORRECTED)):
        if where.any():
            days = ", ".join(f"{day:%Y-%m-%d}" for day in runs.loc[where, "local_date"].head(3))
            more = f" and {where.sum() - 3} more" if where.sum() > 3 else ""
            notes.append(Note("warning", f"{message} ({where.sum()}): {days}{more}"))
    return runs.assign(**{name: runs[name].mask(where) for name, where in wrong.items()}), notes


def _differ(left: Floats, right: Floats) -> NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(np.log(left / right)) > math.log1p(WITHIN))
