"""Three witnesses of a run's distance, and what a source states of the whole run.

A source may tell the distance up to three times: in its summary or laps, with each sample, and
by positions. Two witnesses that agree outvote the third, and a lone one is used rather than
nothing; a note says which, wherever they do not all agree. Averages of a summary likewise serve
where the samples do not have the quantity, or only for a small part of the run. What nobody
tells is missing, never 0.

All sources of samples use this module, so that the same faults have the same outcome in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.positions import LONGEST_GAP_S, paused_before, travelled_m
from runanalytics.importers.runs.sample_series import SampleSeries

#: Witnesses that differ by no more than this share agree.
AGREEMENT = 0.05
#: A treadmill's distance is entered after the run: differences of this size are corrections.
_LEAST_CORRECTION, _MOST_CORRECTION = 0.005, 0.6
#: Nobody covers a run more slowly or faster (m/s): such a total is in another unit.
_SLOWEST_M_S, _FASTEST_M_S = 0.3, 12.0
#: A sample's distance is not the run's own beyond what can be run before it, and this much.
_BEFORE_FIRST_M = 50.0
#: A distance that grows by less in all was not measured: a position that only stood still.
_LEAST_M = 1.0
#: Standing and walking make averages of cadence and steps over time differ by up to this share.
_SAME_STEPS = 0.15
#: A witness that speaks for a smaller share of the run than this is incomplete.
_COMPLETE = 0.8
#: An average of the summary is used if the samples have the quantity for a smaller share.
_MOSTLY = 0.5


@dataclass(frozen=True)
class Stated:
    """What a source states of a whole run.

    Parameters
    ----------
    distance_m : float
        Total distance (m); NaN if it is not stated.
    averages : mapping of str to float
        Columns of table "runs" -> average of the whole run, in their units; cadence is of both
        legs. Missing ones may be left out or NaN.
    steps_spm : float
        All steps of both legs over the time in motion (1/min); NaN if they are not counted.
    by : str
        What states it, as a note says it: "summary" or "laps".
    """

    distance_m: float = float("nan")
    averages: Mapping[str, float] = field(default_factory=dict)
    steps_spm: float = float("nan")
    by: str = "summary"


@dataclass(frozen=True)
class Motion:
    """When a run's samples were taken, and what they tell of distance.

    Parameters
    ----------
    elapsed_s : array of float
        Instants in s since the run's start, increasing.
    stopped : array of float, shape (n, 2)
        Start and end of each pause of the timer (s).
    distance_m : array of float
        Distance covered up to each sample, as the source states it; NaN where it does not.
    speed_m_s : array of float
        Speed as the source states it.
    positions : pair of arrays of float, optional
        Latitude and longitude in degrees.
    """

    elapsed_s: Floats
    stopped: Floats
    distance_m: Floats
    speed_m_s: Floats
    positions: tuple[Floats, Floats] | None = None

    @property
    def active_s(self) -> float:
        """Time from the first to the last sample without pauses (s)."""
        length = self.elapsed_s[-1:] - paused_before(self.elapsed_s[-1:], self.stopped)
        return float(length.sum() - self.elapsed_s[:1].sum())

    @property
    def by_speed_m(self) -> float:
        """Speed times time (m); NaN without speeds. It is asked where two witnesses differ."""
        known = np.isfinite(self.speed_m_s)
        time, speed = self.elapsed_s[known], self.speed_m_s[known]
        seconds = np.diff(time - paused_before(time, self.stopped))
        counted = seconds <= LONGEST_GAP_S
        metres = float((seconds * (speed[1:] + speed[:-1]) / 2)[counted].sum())
        return metres if metres > _LEAST_M else float("nan")


@dataclass(frozen=True)
class Distance:
    """The distance of a run, as its witnesses have it together.

    Parameters
    ----------
    samples_m : array of float
        Distance covered up to each sample; NaN where it is not known.
    total_m : float
        Of the whole run; NaN if nobody tells it.
    factor : float
        By which speeds and step lengths that go with the samples' own distance are multiplied.
    by_positions : bool
        Whether `samples_m` is from positions.
    """

    samples_m: Floats
    total_m: float
    factor: float = 1.0
    by_positions: bool = False


def settled_distance(
    stated: Stated, motion: Motion, notes: list[Note], *, on_treadmill: bool
) -> Distance:
    """Return the distance of a run on which its witnesses settle.

    Parameters
    ----------
    stated : Stated
        What the summary or the laps state.
    motion : Motion
        What the samples state. Positions are looked at only where the others do not suffice.
    notes : list of Note
        Receives a note on a witness that was outvoted, or that was alone.
    on_treadmill : bool
        Whether the run was on a treadmill: its runner corrects the total, and the samples are
        then scaled to it.

    Returns
    -------
    Distance

    Examples
    --------
    >>> second = np.arange(300.0)
    >>> motion = Motion(second, np.empty((0, 2)), 3.3 * second, 3.3 + 0 * second)
    >>> found = settled_distance(Stated(900.0), motion, notes := [], on_treadmill=True)
    >>> round(found.samples_m[-1]), found.total_m, notes[0].message
    (900, 900.0, 'speeds and distances scaled by 0.912 to the corrected distance')
    """
    total_m = stated.distance_m if stated.distance_m > 0 else float("nan")
    samples = _from_the_start(motion, total_m)
    sampled_m = _covered_m(samples)
    if np.isnan(sampled_m):
        samples = np.full(len(samples), np.nan)
    factor = total_m / sampled_m
    if on_treadmill and _LEAST_CORRECTION < abs(factor - 1) < _MOST_CORRECTION:
        message = f"speeds and distances scaled by {factor:.3f} to the corrected distance"
        notes.append(Note("info", message))
        return Distance(samples * factor, total_m, factor)
    if _equal(sampled_m, total_m):
        return Distance(samples, total_m)
    if np.isnan(total_m) and _is_complete(samples, motion) and _is_runners(sampled_m, motion):
        return Distance(samples, sampled_m)
    tracked = _tracked(motion, notes)
    if np.isnan(sampled_m):
        return _without_samples(stated, total_m, tracked, motion, notes)
    if np.isnan(total_m):
        return _without_summary(samples, tracked, motion, notes)
    return _by_vote(stated, total_m, samples, tracked, motion, notes)


def _without_samples(
    stated: Stated, total_m: float, tracked: Floats, motion: Motion, notes: list[Note]
) -> Distance:
    """Settle where no sample states a distance."""
    tracked_m = _covered_m(tracked)
    if np.isnan(tracked_m):
        if np.isfinite(total_m):
            words = f"its distance is said by the {stated.by} alone"
            notes.append(Note("info", f"{words}: no sample has one"))
        return Distance(tracked, total_m)
    if np.isnan(total_m):
        return Distance(tracked, tracked_m, by_positions=True)
    if not _equal(tracked_m, total_m):
        words = f"the {stated.by} say{_s(stated)} {total_m:.0f} m, positions {tracked_m:.0f} m"
        is_outvoted = _equal(motion.by_speed_m, tracked_m) or not _is_runners(total_m, motion)
        total_m = tracked_m if is_outvoted else total_m
        winner = "the distance of positions" if is_outvoted else _distance_of(stated)
        notes.append(Note("warning", f"{words}: the run has {winner}"))
    return Distance(tracked, total_m, by_positions=True)


def _without_summary(
    samples: Floats, tracked: Floats, motion: Motion, notes: list[Note]
) -> Distance:
    """Settle where the samples' distance is for a part of the run only, or no runner's."""
    sampled_m, tracked_m = _covered_m(samples), _covered_m(tracked)
    is_longer = _COMPLETE * _reach_s(tracked, motion) > _reach_s(samples, motion)
    is_better = is_longer or not _is_runners(sampled_m, motion)
    if _equal(sampled_m, tracked_m) or not (is_better and _is_runners(tracked_m, motion)):
        return Distance(samples, sampled_m)
    words = "ends early" if is_longer else "is no runner's in the time"
    words = f"the samples' own distance ({sampled_m:.0f} m) {words}"
    notes.append(Note("warning", f"{words}: taken from positions ({tracked_m:.0f} m)"))
    return Distance(tracked, tracked_m, by_positions=True)


def _by_vote(
    stated: Stated,
    total_m: float,
    samples: Floats,
    tracked: Floats,
    motion: Motion,
    notes: list[Note],
) -> Distance:
    """Settle where the summary and the samples state different distances."""
    sampled_m, tracked_m = _covered_m(samples), _covered_m(tracked)
    words = f"the records cover {sampled_m:.0f} m, the {stated.by} say{_s(stated)} {total_m:.0f} m"
    if np.isfinite(tracked_m):
        words += f", positions {tracked_m:.0f} m"
    share = abs(total_m / sampled_m - 1)
    is_correction = share < _MOST_CORRECTION and _is_runners(total_m, motion)
    if _equal(tracked_m, sampled_m) and not _equal(tracked_m, total_m):
        notes.append(Note("warning", f"{words}: the run has the records' distance"))
        return Distance(samples, sampled_m)
    if _equal(tracked_m, total_m):
        notes.append(Note("warning", f"{words}: distances are from positions"))
        return Distance(tracked, total_m, by_positions=True)
    if not is_correction and _equal(motion.by_speed_m, total_m):
        notes.append(Note("warning", f"{words}: the records' distances were scaled to it"))
        return Distance(samples * (total_m / sampled_m), total_m)
    if not _is_runners(total_m, motion) and _is_runners(sampled_m, motion):
        notes.append(Note("warning", f"{words}: the run has the records' distance"))
        return Distance(samples, sampled_m)
    notes.append(Note("warning", f"{words}: the run has {_distance_of(stated)}"))
    return Distance(samples, total_m)


def with_stated(
    row: Mapping[str, object], series: SampleSeries, stated: Stated, notes: list[Note]
) -> dict[str, object]:
    """Return a run's row with averages of the summary where samples do not have the quantity.

    Parameters
    ----------
    row : mapping of str to object
        Columns of table "runs", averages from samples among them.
    series : SampleSeries
        The samples.
    stated : Stated
        What the summary or the laps state.
    notes : list of Note
        Receives a note that names such averages.
    """
    result, names = dict(row), []
    for name, average in stated.averages.items():
        is_form = name in schema.FORM_METRICS
        if not np.isfinite(average) or (is_form and not series.is_run):
            continue
        is_derived = name == "step_length_m" and _is_finite(result.get(name))
        if series.share_known(name) < _MOSTLY and not is_derived:
            result[name] = average
            names.append(schema.TABLES["runs"][name].meaning.lower())
    if names:
        message = f"said by the {stated.by}, not by samples: {', '.join(names)}"
        notes.append(Note("info", message))
    cadence, speed, step = (result.get(n) for n in ("cadence_spm", "speed_m_s", "step_length_m"))
    is_known = isinstance(cadence, float) and isinstance(speed, float) and cadence > 0
    if "cadence_spm" in stated.averages and is_known and not _is_finite(step):
        result["step_length_m"] = speed / (cadence / 60)  # type: ignore[operator]
    return result


def legs_by_steps(counted: float, steps_spm: float) -> float | None:
    """Return how many steps one count of a cadence stands for, by the number of all steps.

    Parameters
    ----------
    counted : float
        Average cadence as stated, of one leg or of both (1/min).
    steps_spm : float
        All steps of both legs over the time (1/min).

    Returns
    -------
    float or None
        2 or 1; None where neither agrees with the number of steps, or it is not known.

    Examples
    --------
    >>> legs_by_steps(60.0, 121.0), legs_by_steps(60.0, 85.0)
    (2.0, None)
    """
    agreeing = (legs for legs in (2.0, 1.0) if _equal(legs * counted, steps_spm, _SAME_STEPS))
    return next(agreeing, None)


def _from_the_start(motion: Motion, total_m: float) -> Floats:
    """Return the samples' distance without what was counted before the run began.

    Devices go on counting through the parts of a triathlon.
    """
    known = np.flatnonzero(np.isfinite(motion.distance_m))
    if not known.size:
        return motion.distance_m
    first, last = (float(motion.distance_m[known[place]]) for place in (0, -1))
    if np.isfinite(total_m):
        is_before = abs(last - first - total_m) < abs(last - total_m)
    else:
        reach_m = _FASTEST_M_S * max(float(motion.elapsed_s[known[0]]), 0.0) + _BEFORE_FIRST_M
        is_before = first > reach_m
    return motion.distance_m - first if is_before else motion.distance_m


def _tracked(motion: Motion, notes: list[Note]) -> Floats:
    nothing = np.full(len(motion.elapsed_s), np.nan)
    if motion.positions is None:
        return nothing
    latitude, longitude = motion.positions
    tracked = travelled_m(motion.elapsed_s, latitude, longitude, motion.stopped, notes)
    if np.isfinite(_covered_m(tracked)):
        return tracked
    if np.isfinite(tracked).any():
        notes.append(Note("info", "its position never changes: it tells no distance"))
    return nothing


def _covered_m(distance_m: Floats) -> float:
    """Return the distance at the end; NaN if there is none, or it never grows."""
    known = distance_m[np.isfinite(distance_m)]
    return float(known.max()) if known.size and known.max() > _LEAST_M else float("nan")


def _reach_s(distance_m: Floats, motion: Motion) -> float:
    """Return the time between the first and the last sample with a distance (s)."""
    known = motion.elapsed_s[np.isfinite(distance_m)]
    return float(known[-1] - known[0]) if known.size else 0.0


def _is_complete(distance_m: Floats, motion: Motion) -> bool:
    whole = float(motion.elapsed_s[-1] - motion.elapsed_s[0])
    return _reach_s(distance_m, motion) >= _COMPLETE * whole


def _is_runners(total_m: float, motion: Motion) -> bool:
    """Return whether somebody may have covered a distance in the time of the samples."""
    return _SLOWEST_M_S * motion.active_s <= total_m <= _FASTEST_M_S * motion.active_s


def _equal(left: float, right: float, within: float = AGREEMENT) -> bool:
    """Return whether two amounts differ by no more than a share; NaN equals nothing."""
    return abs(left - right) <= within * max(left, right)


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and bool(np.isfinite(value))


def _s(stated: Stated) -> str:
    return "" if stated.by.endswith("s") else "s"


def _distance_of(stated: Stated) -> str:
    return f"the {stated.by}'{_s(stated)} distance"
