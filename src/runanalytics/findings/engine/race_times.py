"""The engine of race times: form at irregular times, seen through races that not all were raced.

What is assumed:

1. Log race time is a level, plus an exponent times log distance (prior N(1.06, 0.03), Riegel
   1981), plus a line through the years and an annual wave (N(0, 1.5 %)), plus form that comes and
   goes (an Ornstein-Uhlenbeck process), plus the noise of a single race. The line's standard
   deviation is half of form's a year: runners whose form moves little keep their level. Beside a
   dose it is 5 % a year: a dose that grows over the years would else be given what a line that is
   held too small leaves (Hahn et al. 2018, doi:10.1214/16-BA1044).
2. How far form moves and how fast is not known: standard deviations of 1 to 16 % (prior
   log-normal about 2.2 %, beside a dose 3.2 %) over 8, 26 and 80 weeks.
3. Neither is the scatter of a runner's races: the published one (Hopkins & Hewson 2001,
   doi:10.1097/00005768-200109000-00023) is a prior that is worth about four races, beside a dose
   two.
4. That noise has heavy tails and leans to the slow side (`race_noise`).
5. Whatever else moves race times (training load, another dose, the kind of course) is a column
   with a prior of its own. A dose has a flat one.

At every point of a grid of form's movement and the races' scatter the likeliest form is found
(`race_search`), and what is around it is taken for normal (`race_points`). All answers are
quantiles of the mixture over the grid, so nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import normalised
from runanalytics.findings.engine.normals import Normals
from runanalytics.findings.engine.race_noise import (
    MEAN,
    PRIOR_RACES,
    RACED,
    SD,
    SHARE,
    USUALLY_NOT_RACED,
)
from runanalytics.findings.engine.race_points import Points
from runanalytics.findings.engine.race_search import Priors, RaceNoise, likeliest
from runanalytics.measures import race_equations
from runanalytics.measures.performances import REFERENCE_M

#: Prior standard deviations: of the exponent, and of each half of the annual wave (log time).
EXPONENT_SD, WAVE_SD = 0.03, 0.015
#: Of the line, a year: over that of form, and beside a dose (log time).
LINE_PER_FORM, LINE_BESIDE_SD = 0.5, 0.05
#: Priors of form's standard deviation and of the scatter of a runner's races over the usual one:
#: middle, and standard deviation of the logarithm.
FORM_SD, SCATTER = (0.022, 0.8), (1.2, 0.35)
#: The same beside a dose, which would be given what form that is held too still leaves.
FORM_BESIDE_SD, SCATTER_BESIDE = (0.032, 0.8), (1.15, 0.5)
#: A race to come that is not raced loses at least what it would in a runner whose races scatter so
#: much over the usual: whoever races evenly does not jog evenly.
LEAST_LOSS = 1.2
#: Standard deviation of the level about the median race: as good as flat.
_LEVEL_SD = 1.0
_YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True)
class Term:
    """Something that moves race times, with a normal prior.

    Parameters
    ----------
    name : str
        What it adjusts for.
    column : ndarray, shape (n_races,)
        Its value in each race; a level is told where it is 0.
    mean, sd : float
        Prior of the change of log time for one unit.
    """

    name: str
    column: Floats
    mean: float
    sd: float


@dataclass(frozen=True)
class RaceFit:
    """A runner's race times over the years; made by `fit_races`.

    Parameters
    ----------
    exponent, exponent_sd : float
        With which race time grows with distance, and its standard deviation.
    scatter : float
        Scatter of the runner's races over the usual one.
    typical_scatter : float
        The same of log time, in the median race.
    raced : ndarray, shape (n_races,)
        How likely it is that each race was raced.
    share_raced : float
        Share of races that the runner races.
    terms : tuple of Term
        What was adjusted for, beside distance, years and the annual wave.
    """

    exponent: float
    exponent_sd: float
    scatter: float
    typical_scatter: float
    raced: Floats
    share_raced: float
    terms: tuple[Term, ...]
    _week: Floats
    _points: Points
    _centre: float

    def level(self, distance_m: npt.ArrayLike, date: npt.ArrayLike) -> Normals:
        """Return the expected log race time, s, where every further term is 0.

        Parameters
        ----------
        distance_m : array_like
            Distances, m; m of them.
        date : array_like of datetime64
            Days.
        """
        x, week = self._at(distance_m, date)
        mean, sd = self._points.at(self._columns(x, week), self._week, week)
        from_distance = self._centre + race_equations.RIEGEL_EXPONENT * x
        return Normals(self._points.weight, mean + from_distance, sd)

    def race(
        self,
        distance_m: npt.ArrayLike,
        date: npt.ArrayLike,
        noise: npt.ArrayLike,
        *,
        raced: bool,
        slower: tuple[float, float] = (0.0, 0.0),
    ) -> Normals:
        """Return the log time of a single race to come, s.

        Parameters
        ----------
        distance_m, date : array_like
            As in `level`.
        noise : array_like
            The usual scatter of such a race, from `race_noise`.
        raced : bool
            Of a race that will be raced; else of whichever comes next.
        slower : tuple of float
            Mean and standard deviation of what climb, heat and altitude add to its log time.
        """
        level = self.level(distance_m, date)
        scatter, usual = self._points.scatter[:, None], np.asarray(noise, dtype=np.float64)
        scales = np.where(RACED[:, None, None], scatter, np.maximum(scatter, LEAST_LOSS)) * usual
        share = np.where(RACED, self.share_raced, 1 - self.share_raced) * _within(RACED)
        share = share * RACED / share[RACED].sum() if raced else share
        parts = np.flatnonzero(share)
        mean, sd = level.mean + slower[0], np.hypot(level.sd, slower[1])
        return Normals(
            np.concatenate([share[k] * level.weight for k in parts]),
            np.concatenate([mean + MEAN[k] * scales[k] for k in parts]),
            np.concatenate([np.hypot(sd, SD[k] * scales[k]) for k in parts]),
        )

    def change(self, before: np.datetime64, after: np.datetime64) -> Normals:
        """Return by how much log race time changed between two days, at one time of the year.

        Parameters
        ----------
        before, after : datetime64
            Two days.
        """
        x, week = self._at(REFERENCE_M, np.array([before, after]))
        columns = self._columns(x, week)
        columns[:, _WAVE] = 0.0
        mean, sd = self._points.between(columns, self._week, week)
        return Normals(self._points.weight, mean, sd)

    def term(self, name: str) -> Normals:
        """Return the change of log race time for one unit of a term."""
        (place,) = (number for number, term in enumerate(self.terms) if term.name == name)
        mean, variance = self._points.coefficient(_N_KNOWN + place)
        mean = self.terms[place].mean + mean
        return Normals(self._points.weight, mean[:, None], np.sqrt(variance)[:, None])

    def slopes(self, columns: Floats) -> Slopes:
        """Return the change of log time for one unit of each column, with a flat prior.

        Parameters
        ----------
        columns : ndarray, shape (n_races, n_columns)
            As of the same dose with other time constants: each is the only one.
        """
        centred = columns - columns.mean(axis=0)
        information, score = self._points.information(centred)
        return Slopes(
            np.log(self._points.weight),
            score / information,
            information**-0.5,
            (centred**2).sum(axis=0),
        )

    def _at(self, distance_m: npt.ArrayLike, date: npt.ArrayLike) -> tuple[Floats, Floats]:
        distance, day = np.broadcast_arrays(
            np.atleast_1d(np.asarray(distance_m, dtype=np.float64)),
            np.atleast_1d(np.asarray(date, dtype="datetime64[D]")),
        )
        return np.log(distance / REFERENCE_M), _weeks(day)

    def _columns(self, x: Floats, week: Floats) -> Floats:
        known = _known_columns(x, week, float(self._week.mean()))
        return np.column_stack([known, np.zeros((len(x), len(self.terms)))])


@dataclass(frozen=True)
class Slopes:
    """Slopes on columns of which one is the right one, at every point of the grid.

    Parameters
    ----------
    log_weight : ndarray, shape (n_points,)
        Of each point, before the columns.
    slope, sd : ndarray, shape (n_points, n_columns)
        Slopes of log time, and their standard deviations.
    square : ndarray, shape (n_columns,)
        Sum of squares of each column.
    """

    log_weight: Floats
    slope: Floats
    sd: Floats
    square: Floats

    def weight(self, prior: Sequence[float], towards_per_sd: float) -> Floats:
        """Return the weight of each point and column, shape (n_points, n_columns).

        Parameters
        ----------
        prior : sequence of float
            Prior weight of each column.
        towards_per_sd : float
            How far the flat prior goes from one per unit towards one per standard deviation.
        """
        return normalised(
            self.log_weight[:, None]
            + 0.5 * (self.slope / self.sd) ** 2
            + np.log(self.sd)
            + 0.5 * towards_per_sd * np.log(self.square)
            + np.log(prior)
        )


#: Columns that every fit has: level, distance, line, wave.
_N_KNOWN = 5
_LINE, _WAVE = 2, slice(3, 5)


def _known_columns(x: Floats, week: Floats, middle: float) -> Floats:
    angle = 2 * np.pi * week / _YEAR_WEEKS
    years = (week - middle) / _YEAR_WEEKS
    return np.column_stack([np.ones(len(x)), x, years, np.sin(angle), np.cos(angle)])


def _within(kept: npt.NDArray[np.bool_]) -> Floats:
    """Return the share of each part of the noise among the parts of its kind."""
    share: Floats = np.where(kept, SHARE / SHARE[kept].sum(), SHARE / SHARE[~kept].sum())
    return share


def fit_races(
    performed: pd.DataFrame, terms: Sequence[Term] = (), *, beside_dose: bool = False
) -> RaceFit | None:
    """Fit level, exponent, form and scatter to a runner's races.

    Parameters
    ----------
    performed : DataFrame
        From `runanalytics.measures.performances.performances`: local_date, distance_m,
        adjusted_s, noise, and where known ``uncertainty`` (standard deviation of log time of
        what was taken out of it) and ``raced`` (whether the runner says that it was raced).
    terms : sequence of Term
        What else moves race times.
    beside_dose : bool
        Whether the line through the years stands beside a dose, which may grow with them.

    Returns
    -------
    RaceFit or None
        None without a race.

    Examples
    --------
    >>> from runanalytics.measures.performances import performances
    >>> races = pd.DataFrame({"local_date": ["2026-03-01", "2026-05-03"], "race_id": ["a", "b"],
    ...                       "distance_m": [5_000.0, 10_000.0], "time_s": [1_200.0, 2_500.0]})
    >>> fit = fit_races(performances(races))
    >>> round(float(np.exp(fit.level(10_000, "2026-05-03").quantile(0.5)[0])), -1)
    2500.0
    >>> round(fit.exponent, 2)
    1.06
    """
    n = len(performed)
    if not n:
        return None
    if not performed["local_date"].is_monotonic_increasing:
        performed = performed.sort_values("local_date", kind="stable")
    x = np.log(performed["distance_m"].to_numpy() / REFERENCE_M)
    week = _weeks(performed["local_date"].to_numpy())
    y = np.log(performed["adjusted_s"].to_numpy()) - race_equations.RIEGEL_EXPONENT * x
    y = y - sum((term.mean * term.column for term in terms), np.zeros(n))
    centre = float(np.median(y))
    design = np.column_stack(
        [_known_columns(x, week, float(week.mean())), *(term.column for term in terms)]
    )
    line_sd = LINE_BESIDE_SD if beside_dose else LINE_PER_FORM
    sd = np.array([_LEVEL_SD, EXPONENT_SD, line_sd, WAVE_SD, WAVE_SD, *(term.sd for term in terms)])
    prior = Priors(
        sd,
        (np.arange(len(sd)) == _LINE) & (not beside_dose),
        FORM_BESIDE_SD if beside_dose else FORM_SD,
        SCATTER_BESIDE if beside_dose else SCATTER,
    )
    stated = _stated(performed)
    further = performed["uncertainty"].to_numpy() if "uncertainty" in performed else np.zeros(n)
    noise = RaceNoise(performed["noise"].to_numpy(), further, stated)
    points = likeliest(y - centre, week, design, prior, noise)
    weight = points.weight
    not_raced = weight @ points.parts[~RACED].sum(axis=0)
    not_raced = np.where(np.isnan(stated), not_raced, 1 - stated)
    mean, covariance = points.coefficient(1)
    scatter = float(np.exp(weight @ np.log(points.scatter)))
    return RaceFit(
        exponent=race_equations.RIEGEL_EXPONENT + float(weight @ mean),
        exponent_sd=float(np.sqrt(weight @ (covariance + (mean - weight @ mean) ** 2))),
        scatter=scatter,
        typical_scatter=scatter * float(np.median(performed["noise"])),
        raced=1 - not_raced,
        share_raced=1 - (PRIOR_RACES * USUALLY_NOT_RACED + not_raced.sum()) / (PRIOR_RACES + n),
        terms=tuple(terms),
        _week=week,
        _points=points,
        _centre=centre,
    )


def _stated(performed: pd.DataFrame) -> Floats:
    """Return 1 for races that were raced, as the user states, 0 for others; NaN if not stated."""
    if "raced" not in performed.columns:
        return np.full(len(performed), np.nan)
    return performed["raced"].to_numpy(dtype=np.float64, na_value=np.nan)


def _weeks(dates: npt.ArrayLike) -> Floats:
    days = np.asarray(dates).astype("datetime64[D]").astype(np.int64)
    weeks: Floats = days / 7.0
    return weeks
