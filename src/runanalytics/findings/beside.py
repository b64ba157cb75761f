"""Doses beside the one that is asked about: which are known, and over which weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.findings.contrasts import contrast_for, within_reach
from runanalytics.findings.engine.covariates import independent
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import OtherDose, run_exposures, weekly_range
from runanalytics.findings.engine.run_covariates import acute_covariates, run_weights
from runanalytics.findings.engine.weeks import Days, Weeks, days_of
from runanalytics.findings.finding import count
from runanalytics.findings.frames import Frames, named_frames

#: Exposure must range over this share of the contrast to be told from none.
LEAST_RANGE = 0.2
#: Weeks with all doses from which on the rest is left out, and the share of the weeks from which
#: on it is in any case.
ENOUGH_WEEKS, MOST_WEEKS = 40, 0.8


@dataclass(frozen=True)
class Beside:
    """A dose that is held as it was.

    Parameters
    ----------
    name : str
        What was done.
    measure : str
        How it is counted.
    log : DoseLog
        The dose.
    contrast : float
        What about two sessions a week come to.
    """

    name: str
    measure: str
    log: DoseLog
    contrast: float


@dataclass(frozen=True)
class BesideKnown:
    """Which doses can be held, and over which days.

    Parameters
    ----------
    doses : tuple of Beside
        Those that are known.
    notes : tuple of str
        Which are not, and which weeks are left out for want of them.
    """

    doses: tuple[Beside, ...]
    notes: tuple[str, ...]

    def covers(self, day: Days) -> npt.NDArray[np.bool_]:
        """Whether each day is in the logs of all of them."""
        inside = np.ones(len(day), dtype=np.bool_)
        for each in self.doses:
            inside &= each.log.covers(day)
        return inside


def known_beside(form: pd.DataFrame, log: DoseLog, beside: Frames) -> BesideKnown:
    """Return which of some doses are known over enough of the weeks of another.

    Parameters
    ----------
    form : DataFrame
        Table "form", for the days of its runs.
    log : DoseLog
        The dose that is asked about.
    beside : mapping of str to DataFrame, sequence of DataFrame, or DataFrame
        Tables "dose" of the others.
    """
    named = named_frames(beside)
    if not named:
        return BesideKnown((), ())
    day = days_of(form["local_date"], "form") if len(form) else np.empty(0, dtype=np.int64)
    day = day[log.covers(day)]
    n_all = n_kept = _n_weeks(day)
    kept, notes = [], []
    for given, frame in named:
        other, name = daily_log(frame), given or str(frame.attrs.get("what") or "another dose")
        words = name.replace("_", " ")
        inside = other.covers(day)
        n_both = _n_weeks(day[inside])
        if not n_both:
            notes.append(f"{words} is not logged over these weeks, and not adjusted for")
        elif n_both < ENOUGH_WEEKS and n_both < MOST_WEEKS * n_all:
            notes.append(
                f"{words} is logged in {n_both} of these {count(n_all, 'week')} only, and not "
                "adjusted for"
            )
        elif other.any_done:
            day, n_kept = day[inside], n_both
            measure = str(frame.attrs.get("measure") or "sessions")
            kept.append(Beside(name, measure, other, contrast_for(None, frame)))
    if n_kept < n_all:
        names = " and ".join(each.name.replace("_", " ") for each in kept)
        notes.append(
            f"of {count(n_all, 'week')}, the {n_kept} in which {names} is logged as well count"
        )
    return BesideKnown(tuple(kept), tuple(notes))


def other_doses(
    weeks: Weeks, beside: Sequence[Beside], constants: Sequence[tuple[float, float]]
) -> tuple[tuple[Beside, ...], tuple[OtherDose, ...]]:
    """Return those doses that varied over the weeks, and what they are estimated by.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs, within all logs.
    beside : sequence of Beside
        The doses.
    constants : sequence of (float, float)
        Time constants (weeks) and their prior weights.

    Returns
    -------
    varied : tuple of Beside
        With contrasts that the weeks span.
    others : tuple of OtherDose
        Of each.
    """
    varied, others = [], []
    for each in beside:
        exposures = run_exposures(weeks, each.log, constants)
        lowest, highest = weekly_range(weeks, exposures)
        spanned = highest - lowest
        if spanned >= LEAST_RANGE * each.contrast:
            contrast = within_reach(each.contrast, spanned)
            varied.append(Beside(each.name, each.measure, each.log, contrast))
            acute = acute_covariates(weeks, each.log)
            kept = independent(acute, run_weights(weeks), 0)
            others.append(OtherDose(exposures, contrast, kept))
    return tuple(varied), tuple(others)


def weeks_apart(weeks: Weeks, log: DoseLog, others: Sequence[DoseLog]) -> int:
    """Return in how many weeks with a run one dose was done and none of the others, or the reverse.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    log : DoseLog
        The dose.
    others : sequence of DoseLog
        The others.
    """
    if not others:
        return 0
    first = int(weeks.monday[0].astype(np.int64))
    day = first + np.arange(7 * len(weeks.seen))

    def done(each: DoseLog) -> npt.NDArray[np.bool_]:
        return np.asarray(each.trained(day).reshape(-1, 7).any(axis=1))

    beside = np.zeros(len(weeks.seen), dtype=np.bool_)
    for each in others:
        beside |= done(each)
    return int(((done(log) != beside) & weeks.seen).sum())


def _n_weeks(day: Days) -> int:
    return len(np.unique((day + 3) // 7))
