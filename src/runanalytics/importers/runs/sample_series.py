"""A run's samples as arrays: when the runner moved, when they ran, and averages.

All sources of samples use this module, so that moving, running and a run's averages mean the
same whichever file a run is from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from runanalytics import schema
from runanalytics.arrays import Floats, Integers
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.positions import paused_before
from runanalytics.schema.columns import TableColumns, implausible

#: A slower runner of whom no step is counted is standing.
STANDING_M_S = 0.5
#: Running, not walking: at least this cadence, or this speed where there is no cadence.
RUNNING_SPM = 140.0
RUNNING_M_S = 1.9
#: Averages are of running alone where there is at least this much of it.
_ENOUGH_RUNNING_S = 60.0
#: A sample counts for at most this long (smart recording writes one every few seconds).
_LONGEST_SAMPLE_S = 30.0
#: Quantities that tell whether the runner moves.
_TELL_MOTION = ("speed_m_s", "cadence_spm")
_AVERAGED = (*schema.FORM_METRICS, "heart_rate_bpm", "power_w", "temperature_c")
#: Columns of table "samples" that a source measures.
MEASURED = tuple(
    column.name
    for column in schema.TABLES["samples"]
    if column.dtype == schema.FLOAT and column.name != "elapsed_s"
)


@dataclass(frozen=True)
class SampleSeries:
    """A run's samples as arrays: at which the runner was moving, and at which running."""

    elapsed_s: Floats
    active_s: Floats
    quantities: Mapping[str, Floats]
    moving: NDArray[np.bool_]
    running: NDArray[np.bool_]

    @classmethod
    def from_samples(
        cls, elapsed_s: Floats, quantities: Mapping[str, Floats], stopped: Floats
    ) -> SampleSeries:
        """Distinguish moving from standing, and running from walking.

        Parameters
        ----------
        elapsed_s : array of float
            Seconds since the run's start, never decreasing.
        quantities : mapping of str to array of float
            Columns of table "samples"; those that the source lacks may be left out.
        stopped : array of float, shape (n, 2)
            Start and end of each pause of the timer, in the same seconds.
        """
        missing = {name: np.full(len(elapsed_s), np.nan) for name in MEASURED}
        quantities = missing | dict(quantities)
        active = np.diff(elapsed_s - paused_before(elapsed_s, stopped), prepend=elapsed_s[0])
        moving = _moving(elapsed_s, quantities, active) & ~_is_paused(elapsed_s, stopped)
        cadence = quantities["cadence_spm"]
        running = moving & np.where(
            np.isnan(cadence), quantities["speed_m_s"] >= RUNNING_M_S, cadence >= RUNNING_SPM
        )
        return cls(elapsed_s, active, quantities, moving, running)

    @property
    def is_run(self) -> bool:
        """Whether there is enough running for averages of running form."""
        return float(self.active_s[self.running].sum()) >= _ENOUGH_RUNNING_S

    def share_known(self, name: str) -> float:
        """Return the share of the time in motion for which a quantity is known."""
        weight = self._weight_in_motion
        total = float(weight.sum())
        return float(weight @ np.isfinite(self.quantities[name])) / total if total else 0.0

    @cached_property
    def _weight_in_motion(self) -> Floats:
        return np.where(self.moving, np.minimum(self.active_s, _LONGEST_SAMPLE_S), 0.0)

    def averages(self, distance_m: float) -> dict[str, object]:
        """Return the columns of table "runs" that follow from the samples.

        Parameters
        ----------
        distance_m : float
            Total of the run; NaN where nobody tells it.

        Returns
        -------
        dict of str to object
            Averages are over running time: walking and standing are left out.
        """
        moving_s = float(self.active_s[self.moving].sum())
        is_told = any(np.isfinite(self.quantities[name]).any() for name in _TELL_MOTION)
        if not moving_s > 0 and not is_told:
            moving_s = float("nan")
        is_run = self.is_run
        chosen = self.running if is_run else self.moving
        row: dict[str, object] = {"moving_s": moving_s, "detail": "samples"}
        weight = np.minimum(self.active_s, _LONGEST_SAMPLE_S)
        for name in _AVERAGED:
            # Of a walk there are no averages of running form.
            skip = not is_run and name in schema.FORM_METRICS
            row[name] = np.nan if skip else _mean(self.quantities[name], weight, chosen)
        row["distance_m"] = distance_m
        row["speed_m_s"] = distance_m / moving_s if moving_s > 0 and distance_m > 0 else np.nan
        step_length_m = row["step_length_m"]
        if isinstance(step_length_m, float) and np.isnan(step_length_m):
            row["step_length_m"] = self._distance_per_step(weight, chosen)
        return row

    def _distance_per_step(self, weight: Floats, chosen: NDArray[np.bool_]) -> float:
        """Return the step length where the device has not measured it."""
        speed, cadence = self.quantities["speed_m_s"], self.quantities["cadence_spm"]
        stepping = chosen & np.isfinite(speed) & (cadence > 0)
        steps = float((weight * cadence / 60)[stepping].sum())
        return float((weight * speed)[stepping].sum()) / steps if steps else float("nan")

    def columns(self, laps: Integers) -> TableColumns:
        """Return table "samples" but for the run; `laps` is the lap of each sample, from 1."""
        given = {"elapsed_s": self.elapsed_s, "moving": self.moving, "lap": laps}
        return TableColumns("samples", len(self.elapsed_s), {**self.quantities, **given})


def plausible(
    column: str, values: Floats, notes: list[Note], *, maybe_doubled: bool = False
) -> Floats:
    """Return samples of a column, those outside its plausible range made missing.

    Parameters
    ----------
    column : str
        Of table "samples".
    values : array of float
        In its unit.
    notes : list of Note
        A note on values that were made missing is added.
    maybe_doubled : bool, default False
        Whether a cadence of both legs may still have been doubled by mistake.
    """
    spec = schema.TABLES["samples"][column]
    if maybe_doubled and spec.high is not None:
        spec = replace(spec, high=2 * spec.high)
    outside = implausible(values, spec)
    if outside.any():
        count = int(outside.sum())
        notes.append(Note("warning", f"{count} implausible samples of {column} taken as missing"))
        return np.where(outside, np.nan, values)
    return values


def _speed_between(elapsed_s: Floats, distance_m: Floats) -> Floats:
    """Return the speed (m/s) of each sample with a distance since the previous such sample."""
    measured = np.flatnonzero(np.isfinite(distance_m))
    seconds, metres = np.diff(elapsed_s[measured]), np.diff(distance_m[measured])
    known = (seconds > 0) & (metres >= 0)
    result = np.full(len(elapsed_s), np.nan)
    result[measured[1:][known]] = metres[known] / seconds[known]
    return result


def _is_paused(elapsed: Floats, stopped: Floats) -> NDArray[np.bool_]:
    result = np.zeros(len(elapsed), dtype=bool)
    for start, end in stopped:
        result |= (elapsed > start) & (elapsed < end)
    return result


def _moving(elapsed: Floats, values: Mapping[str, Floats], active: Floats) -> NDArray[np.bool_]:
    speed, cadence = values["speed_m_s"], values["cadence_spm"]
    unknown = np.isnan(speed) & np.isnan(cadence)
    moving = (speed > STANDING_M_S) | (cadence > 0) | unknown
    gap = active > _LONGEST_SAMPLE_S
    if gap.any():
        moving &= ~gap | (_speed_between(elapsed, values["distance_m"]) > STANDING_M_S)
    return np.asarray(moving)


def _mean(values: Floats, weight: Floats, chosen: NDArray[np.bool_]) -> float:
    measured = chosen & np.isfinite(values) & (weight > 0)
    if not measured.any():
        return float("nan")
    return float(np.average(values[measured], weights=weight[measured]))
