"""Race times on one scale, with climb, heat and altitude taken out, and a model of them.

What is assumed:

1. Log race time is a level, plus an exponent times log distance, plus form that comes and goes
   over months (an Ornstein-Uhlenbeck process), plus the noise of a single race.
2. The exponent is near Riegel's 1.06 in most runners: its prior is N(1.06, 0.03).
3. A race's noise is known up to a factor: 1.2-1.9 % on the road, 2.7-4.2 % in half marathons
   and 2.6 % in marathons for the fastest quartile, up to twice that in slower runners (Hopkins
   & Hewson 2001, doi:10.1097/00005768-200109000-00023). The factor, and how far form moves, are
   averaged over by their marginal likelihood.

Gaussian throughout, so nothing is sampled (Rasmussen & Williams 2006, §2.7, doi:10.7551/
mitpress/3206.001.0001).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.measures import race_equations
from runanalytics.measures.race_detection import counting
from runanalytics.schema.checking import require, shaped

#: What can be taken out of a time -> the column that it needs.
ADJUSTMENTS = {"climb": "ascent_m", "heat": "temperature_c", "altitude": "altitude_m"}
#: Distances between which the model is used (m): sprints and ultramarathons are other events.
SHORTEST_M, LONGEST_M = 1_000.0, 60_000.0
#: Distance that levels are given for, m.
REFERENCE_M = 10_000.0
#: Prior standard deviation of the exponent.
EXPONENT_SD = 0.03
#: Noise of a race of the fastest quartile by its distance (m), standard deviation of log time.
_NOISE_M = (15_000.0, 21_097.5, 42_195.0)
_NOISE = (0.015, 0.030, 0.028)
#: VDOT of fast runners, and of those slow ones whose noise is twice as large.
_FAST_VDOT, _SLOW_VDOT = 60.0, 35.0
#: Standard deviations of form, of log time, with their prior weights; and its time constant.
_FORM_SD = ((0.01, 0.25), (0.02, 0.35), (0.04, 0.3), (0.08, 0.1))
_FORM_WEEKS = 26.0
#: Factors on a race's noise, with their prior weights.
_NOISE_FACTORS = ((0.7, 0.2), (1.0, 0.4), (1.4, 0.25), (2.0, 0.15))


def performances(
    races: pd.DataFrame,
    adjust: tuple[str, ...] = ("climb", "heat", "altitude"),
    *,
    distances_m: tuple[float, float] = (SHORTEST_M, LONGEST_M),
) -> pd.DataFrame:
    """Return each race's time with climbing, heat and altitude taken out, and its VDOT.

    Parameters
    ----------
    races : DataFrame
        Table ``races``: local_date, distance_m (m), time_s (s), and where known ascent_m (m)
        and temperature_c (°C); a column ``altitude_m`` (m) is used where there is one, and of
        a list from `Library.race_list` only the races that count.
    adjust : tuple of str
        What is taken out, of `ADJUSTMENTS`, where it is known of a race.
    distances_m : tuple of float
        Shortest and longest distance to include (m).

    Returns
    -------
    DataFrame
        One row a race with a time, by date: race_id, local_date, title, distance_m, time_s,
        ``climb``, ``heat`` and ``altitude`` (factors by which each made it slower), adjusted_s
        (the time without them, s), vdot (of that, ml/kg/min), and noise (standard deviation of
        its log).

    Raises
    ------
    SchemaError
        If a needed column is missing.
    UsageError
        If there is no such adjustment.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a"], "local_date": ["2026-05-03"],
    ...                       "distance_m": [10_000.0], "time_s": [2_400.0], "ascent_m": [200.0]})
    >>> performances(races)[["climb", "adjusted_s"]].round(3).to_numpy().tolist()
    [[1.021, 2351.659]]
    """
    unknown = [name for name in adjust if name not in ADJUSTMENTS]
    if unknown:
        raise UsageError(
            f"no adjustment '{unknown[0]}'", hint=f"there are: {', '.join(ADJUSTMENTS)}"
        )
    require(races, "races", ["local_date", "distance_m", "time_s"])
    races = counting(races)
    if "race_id" not in races.columns:
        races = races.assign(race_id=[f"race {number}" for number in range(1, len(races) + 1)])
    rows = shaped(races, "races", ["local_date", "distance_m", "time_s"])
    altitude = races["altitude_m"] if "altitude_m" in races.columns else np.nan
    rows["altitude_m"] = pd.Series(altitude, index=rows.index, dtype="float64")
    rows = rows[(rows["time_s"] > 0) & rows["distance_m"].between(*distances_m)]
    distance, time = rows["distance_m"].to_numpy(), rows["time_s"].to_numpy()
    climb = race_equations.climb_slowdown(rows["ascent_m"].to_numpy(), distance)
    heat = race_equations.heat_slowdown(
        race_equations.wet_bulb_globe_c(rows["temperature_c"].to_numpy()), time
    )
    factors = {"climb": climb, "heat": heat, "altitude": np.full(len(rows), np.nan)}
    factors = {
        name: np.where(np.isnan(factor) | (name not in adjust), 1.0, factor)
        for name, factor in factors.items()
    }
    flat = time / factors["climb"] / factors["heat"]
    if "altitude" in adjust:
        share = race_equations.altitude_power(rows["altitude_m"].fillna(0.0).to_numpy())
        at_sea_level = race_equations.vdot(distance, flat) / share
        slower = flat / race_equations.vdot_time(at_sea_level, distance)
        factors["altitude"] = np.where(share < 1, slower, 1.0)
    adjusted = flat / factors["altitude"]
    vdot = race_equations.vdot(distance, adjusted)
    result = rows[["race_id", "local_date", "title", "distance_m", "time_s"]].assign(
        **factors, adjusted_s=adjusted, vdot=vdot, noise=race_noise(distance, vdot)
    )
    return result.sort_values(["local_date", "race_id"], ignore_index=True)


def race_noise(distance_m: npt.ArrayLike, vdot_ml_kg_min: npt.ArrayLike) -> Floats:
    """Return the standard deviation of log race time from race to race.

    Parameters
    ----------
    distance_m : array_like
        Distance, m.
    vdot_ml_kg_min : array_like
        How fast the runner is: noise doubles from VDOT 60 down to 35.

    References
    ----------
    Hopkins & Hewson 2001, doi:10.1097/00005768-200109000-00023; how it grows between the
    fastest and the slowest is an assumption of this project.

    Examples
    --------
    >>> race_noise(5_000, [60.0, 35.0]).tolist()
    [0.015, 0.03]
    """
    base = np.interp(np.log(np.asarray(distance_m, dtype=np.float64)), np.log(_NOISE_M), _NOISE)
    slower = (_FAST_VDOT - np.asarray(vdot_ml_kg_min, dtype=np.float64)) / (_FAST_VDOT - _SLOW_VDOT)
    noise: Floats = base * (1 + np.clip(slower, 0.0, 1.0))
    return noise


@dataclass(frozen=True)
class CriticalSpeed:
    """Critical speed and the distance beyond it: d = CS t + D'.

    Parameters
    ----------
    speed_m_s, speed_se : float
        CS and its standard error, m/s; the error is NaN with two races.
    d_prime_m, d_prime_se : float
        D' and its standard error, m.
    n_races : int
        Number of races used.
    """

    speed_m_s: float
    speed_se: float
    d_prime_m: float
    d_prime_se: float
    n_races: int


#: Times of races that the model of critical speed applies to, s.
_CRITICAL_S = (120.0, 1_800.0)


def critical_speed(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> CriticalSpeed | None:
    """Return critical speed from the best times over distances of 2 to 30 minutes.

    Parameters
    ----------
    distance_m, time_s : array_like
        Races: distance (m) and time (s).

    Returns
    -------
    CriticalSpeed or None
        None with fewer than two distances that differ by a quarter, or where the best times
        give no positive speed and D'.

    References
    ----------
    Poole et al. 2016, doi:10.1249/mss.0000000000000939; Kranenburg & Smith 1996.

    Examples
    --------
    >>> fit = critical_speed([1_500, 3_000, 5_000], [325, 700, 1_200])
    >>> round(fit.speed_m_s, 2), round(fit.d_prime_m)
    (4.0, 200)
    """
    rows = pd.DataFrame({"d": np.asarray(distance_m, float), "t": np.asarray(time_s, float)})
    rows = rows[rows["t"].between(*_CRITICAL_S) & (rows["d"] > 0)]
    rows = rows.sort_values("t").drop_duplicates("d")
    if len(rows) < 2 or rows["d"].max() < 1.25 * rows["d"].min():
        return None
    design = np.column_stack([rows["t"], np.ones(len(rows))])
    inverse = np.linalg.inv(design.T @ design)
    speed, beyond = inverse @ design.T @ rows["d"].to_numpy()
    if speed <= 0 or beyond <= 0:
        return None
    df = len(rows) - 2
    residual = rows["d"].to_numpy() - design @ np.array([speed, beyond])
    variance = float(residual @ residual) / df if df else np.nan
    errors = np.sqrt(variance * inverse.diagonal())
    return CriticalSpeed(float(speed), float(errors[0]), float(beyond), float(errors[1]), len(rows))


@dataclass(frozen=True)
class RaceFit:
    """Level and exponent of a runner's race times; made by `fit_races`.

    Parameters
    ----------
    exponent, exponent_sd : float
        Posterior mean of the exponent of time on distance, and its standard deviation.
    slopes, slopes_sd : ndarray, shape (p,)
        Slopes of log time on the further regressors, and their standard errors.
    log_likelihood : float
        Marginal log likelihood of the races, up to a constant.
    noise_factor : float
        Noise of single races as a multiple of the usual one.
    """

    exponent: float
    exponent_sd: float
    slopes: Floats
    slopes_sd: Floats
    log_likelihood: float
    noise_factor: float
    _points: tuple[_Point, ...]
    _week: Floats

    def level(
        self, distance_m: npt.ArrayLike, date: npt.ArrayLike, *, noise: npt.ArrayLike = 0.0
    ) -> tuple[Floats, Floats]:
        """Return the expected log race time, and its standard deviation.

        Parameters
        ----------
        distance_m : array_like
            Distance, m.
        date : array_like of datetime64
            Day.
        noise : array_like
            Usual noise of one race, from `race_noise`, to predict a race; 0 gives the level.

        Returns
        -------
        mean, sd : ndarray
            Of log time in s, at the mean of the further regressors.
        """
        distance, day, usual = np.broadcast_arrays(
            np.asarray(distance_m, dtype=np.float64),
            np.asarray(date, dtype="datetime64[D]"),
            np.asarray(noise, dtype=np.float64),
        )
        x, week = np.log(distance / REFERENCE_M).ravel(), _weeks(day.ravel())
        means, variances = [], []
        for point in self._points:
            mean, covariance = point.predict(x, week, self._week)
            means.append(mean)
            of_race = (point.noise_factor * usual.ravel()) ** 2
            variances.append(np.maximum(covariance.diagonal(), 0.0) + of_race)
        mean, sd = _mixture(self._points, np.array(means), np.array(variances))
        return mean.reshape(distance.shape), sd.reshape(distance.shape)

    def change(self, before: npt.ArrayLike, after: npt.ArrayLike) -> tuple[float, float]:
        """Return by how much the level of log race time changed, and its standard deviation.

        Parameters
        ----------
        before, after : datetime64
            Two days.
        """
        week = _weeks(np.array([before, after], dtype="datetime64[D]"))
        difference = np.array([-1.0, 1.0])
        means, variances = [], []
        for point in self._points:
            mean, covariance = point.predict(np.zeros(2), week, self._week)
            means.append([difference @ mean])
            variances.append([max(float(difference @ covariance @ difference), 0.0)])
        mean, sd = _mixture(self._points, np.array(means), np.array(variances))
        return float(mean[0]), float(sd[0])


@dataclass(frozen=True)
class _Point:
    """The fit at one point of the grid: its weight, and what predictions need."""

    form_sd: float
    noise_factor: float
    weight: float
    log_weight: float
    factor: tuple[Floats, bool]
    design: Floats
    slopes: Floats
    covariance: Floats
    residual: Floats

    def predict(self, x: Floats, week: Floats, race_weeks: Floats) -> tuple[Floats, Floats]:
        """Return mean and covariance of the level at log distances and weeks."""
        cross = _form_covariance(self.form_sd, week, race_weeks)
        further = np.zeros((len(x), self.design.shape[1] - 2))
        design = np.column_stack([np.ones(len(x)), x, further])
        weights = cho_solve(self.factor, cross.T).T
        remainder = design - weights @ self.design
        covariance = _form_covariance(self.form_sd, week, week)
        covariance += remainder @ self.covariance @ remainder.T - weights @ cross.T
        return design @ self.slopes + cross @ self.residual, covariance


def _form_covariance(sd: float, week: Floats, other: Floats) -> Floats:
    """Return the covariance of form between two sets of weeks."""
    covariance: Floats = sd**2 * np.exp(-np.abs(week[:, None] - other) / _FORM_WEEKS)
    return covariance


def _mixture(points: tuple[_Point, ...], means: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of a mixture of normals, one row a point."""
    weight = np.array([point.weight for point in points])
    mean = weight @ means
    return mean, np.sqrt(weight @ (variances + (means - mean) ** 2))


def fit_races(raced: pd.DataFrame, further: Floats | None = None) -> RaceFit | None:
    """Fit level, exponent and form over time to a runner's races.

    Parameters
    ----------
    raced : DataFrame
        From `performances`.
    further : ndarray, shape (n_races, p), optional
        Further regressors of log time, without a prior; they are centred.

    Returns
    -------
    RaceFit or None
        None without a race, or where the further regressors leave nothing to estimate.

    Examples
    --------
    >>> races = pd.DataFrame({"local_date": ["2026-03-01", "2026-05-03"], "race_id": ["a", "b"],
    ...                       "distance_m": [5_000.0, 10_000.0], "time_s": [1_200.0, 2_500.0]})
    >>> fit = fit_races(performances(races))
    >>> mean, sd = fit.level(10_000, "2026-05-03")
    >>> round(float(np.exp(mean))), round(fit.exponent, 2)
    (2501, 1.06)
    """
    n = len(raced)
    extra = np.empty((n, 0)) if further is None else np.asarray(further, dtype=np.float64)
    if n < 1 + extra.shape[1]:
        return None
    y = np.log(raced["adjusted_s"].to_numpy())
    x = np.log(raced["distance_m"].to_numpy() / REFERENCE_M)
    week = _weeks(raced["local_date"].to_numpy())
    noise = raced["noise"].to_numpy()
    design = np.column_stack([np.ones(n), x, extra - extra.mean(axis=0)])
    if np.linalg.matrix_rank(np.delete(design, 1, axis=1)) < design.shape[1] - 1:
        return None
    prior_mean = np.zeros(design.shape[1])
    prior_precision = np.zeros(design.shape[1])
    prior_mean[1], prior_precision[1] = race_equations.RIEGEL_EXPONENT, EXPONENT_SD**-2.0
    points = []
    for (form_sd, sd_prior), (noise_factor, factor_prior) in itertools.product(
        _FORM_SD, _NOISE_FACTORS
    ):
        covariance = _form_covariance(form_sd, week, week) + np.diag((noise_factor * noise) ** 2)
        factor = cho_factor(covariance, lower=True)
        white = cho_solve(factor, np.column_stack([design, y]))
        precision = design.T @ white[:, :-1] + np.diag(prior_precision)
        target = design.T @ white[:, -1] + prior_precision * prior_mean
        inverse = np.linalg.inv(precision)
        slopes = inverse @ target
        misfit = y @ white[:, -1] + prior_mean @ (prior_precision * prior_mean) - slopes @ target
        log_weight = (
            np.log(sd_prior * factor_prior)
            - np.log(np.diag(factor[0])).sum()
            - 0.5 * np.linalg.slogdet(precision)[1]
            - 0.5 * misfit
        )
        points.append(
            _Point(
                form_sd=form_sd,
                noise_factor=noise_factor,
                weight=0.0,
                log_weight=float(log_weight),
                factor=factor,
                design=design,
                slopes=slopes,
                covariance=inverse,
                residual=cho_solve(factor, y - design @ slopes),
            )
        )
    return _averaged(points, week)


def _averaged(points: list[_Point], week: Floats) -> RaceFit:
    logs = np.array([point.log_weight for point in points])
    weight = np.exp(logs - logs.max())
    log_likelihood = float(logs.max() + np.log(weight.sum()))
    weight /= weight.sum()
    weighted = tuple(
        replace(point, weight=float(share)) for point, share in zip(points, weight, strict=True)
    )
    mean, sd = _mixture(
        weighted,
        np.array([point.slopes for point in points]),
        np.array([point.covariance.diagonal() for point in points]),
    )
    return RaceFit(
        exponent=float(mean[1]),
        exponent_sd=float(sd[1]),
        slopes=mean[2:],
        slopes_sd=sd[2:],
        log_likelihood=log_likelihood,
        noise_factor=float(weight @ [point.noise_factor for point in points]),
        _points=weighted,
        _week=week,
    )


def _weeks(dates: npt.ArrayLike) -> Floats:
    days = np.asarray(dates).astype("datetime64[D]").astype(np.int64)
    weeks: Floats = days / 7.0
    return weeks
