"""The noise of a single race: its density, which has heavy tails and leans to the slow side.

Most races are raced, and scatter about what the runner's form is worth: normally, a few of them
more widely (a short course, a wrong clock, the day of a life). The others were not raced: jogged
with a friend, stopped on the way, run with a pram. They lose a little or a lot, never nothing on
average.

References
----------
The shares, losses and scatters were fitted to residuals of a weekly 5 km of 50 runners between
2014 and 2020 by expectation maximisation (`benchmarks/races.py`). In such residuals 2.5 % lie
beyond 3.4 to 5 standard deviations on the slow side and 2.2 on the fast one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats
from runanalytics.findings.engine.normals import Normals

#: Parts of the density: share, mean and standard deviation, in units of the runner's usual
#: scatter. The first two are raced, the others not.
SHARE = np.array([0.855, 0.045, 0.065, 0.035])
MEAN = np.array([0.0, 0.0, 4.3, 11.0])
SD = np.array([1.0, 2.2, 2.4, 5.5])
RACED = np.array([True, True, False, False])
_ROOT_2_PI = float(np.sqrt(2 * np.pi))
#: Share of races that were not raced before a runner's own are known, and how many races that is
#: worth.
USUALLY_NOT_RACED, PRIOR_RACES = 0.09, 4.0


@dataclass(frozen=True)
class NoiseTerms:
    """What the density says of residuals, at every point of a grid.

    Parameters
    ----------
    slope : ndarray, shape (n_points, n_races)
        Derivative of the log density of each residual by the expected log time.
    precision : ndarray, shape (n_points, n_races)
        Mean of one over the variance of the part that a residual belongs to, always above 0.
    parts : ndarray, shape (n_parts, n_points, n_races)
        Probability that a residual belongs to each part.
    """

    slope: Floats
    precision: Floats
    parts: Floats
    _highest: Floats
    _total: Floats
    _part_slope: Floats
    _per_square: Floats

    def log_density(self) -> Floats:
        """Return the log density of each residual, shape (n_points, n_races)."""
        return np.asarray(self._highest + np.log(self._total))

    def curvature(self) -> Floats:
        """Return minus the second derivative of the log density, shape (n_points, n_races).

        It is below 0 where a residual says that its race was another.
        """
        squares = self.parts * self._part_slope
        squares *= self._part_slope
        return np.asarray(self.precision - squares.sum(axis=0) * self._per_square + self.slope**2)

    def at(self, places: npt.NDArray[np.int_]) -> NoiseTerms:
        """Return those at some points of the grid."""
        return NoiseTerms(
            self.slope[places],
            self.precision[places],
            self.parts[:, places],
            self._highest[places],
            self._total[places],
            self._part_slope[:, places],
            self._per_square[places],
        )


def noise_terms(residual: Floats, scale: Floats, share: Floats = SHARE) -> NoiseTerms:
    """Return density and derivatives of residuals of log race time.

    Parameters
    ----------
    residual, scale : ndarray, shape (n_points, n_races)
        Log time less what was expected, and the runner's usual scatter in such a race.
    share : ndarray, shape (n_parts,) or (n_races, n_parts)
        Of the parts, from `shares` where the runner says which races were raced.
    """
    # Parts come first: sums over the few of them are then sums of whole arrays.
    per_sd = 1 / SD[:, None, None]
    with np.errstate(divide="ignore"):
        log_share = np.log(np.broadcast_to(share, (residual.shape[-1], len(SD)))).T[:, None]
    standardised = residual / scale
    distance = standardised * per_sd
    distance -= (MEAN / SD)[:, None, None]
    log_part = distance**2
    log_part *= -0.5
    log_part += log_share - np.log(SD * _ROOT_2_PI)[:, None, None]
    highest = log_part.max(axis=0)
    log_part -= highest
    parts = np.exp(log_part, out=log_part)
    total = parts.sum(axis=0)
    parts /= total
    distance *= per_sd
    per_variance = (SD**-2.0 @ parts.reshape(len(SD), -1)).reshape(residual.shape)
    per_scale = 1 / scale
    per_square = per_scale**2
    return NoiseTerms(
        (parts * distance).sum(axis=0) * per_scale,
        per_variance * per_square,
        parts,
        highest,
        total * per_scale,
        distance,
        per_square,
    )


def shares(raced: Floats) -> Floats:
    """Return the share of each part for races of which the runner may say that they were raced.

    Parameters
    ----------
    raced : ndarray, shape (n_races,)
        1 for a race that was raced, 0 for one that was not, NaN where nothing is said.

    Returns
    -------
    ndarray, shape (n_races, n_parts)

    Examples
    --------
    >>> shares(np.array([np.nan, 1.0])).round(3).tolist()
    [[0.855, 0.045, 0.065, 0.035], [0.95, 0.05, 0.0, 0.0]]
    """
    possible = np.where(np.isnan(raced)[:, None], 1.0, raced[:, None] == RACED)
    return np.asarray(SHARE * possible / (SHARE * possible).sum(axis=1, keepdims=True))


@cache
def _information(raced: float | None) -> float:
    z, step = np.linspace(-15.0, 60.0, 15_001, retstep=True)
    known = np.array([np.nan if raced is None else raced])
    terms = noise_terms(z[None], np.ones((1, 1)), shares(known)[0])
    return float((np.exp(terms.log_density()) * terms.slope**2).sum() * step)


def information(raced: Floats) -> Floats:
    """Return the expected curvature of each race's log density at scale 1.

    It is Fisher's information: what the race tells of form, as a share of what it would with
    normal noise. Where a race is a likely outlier its own curvature says less of that, and is
    below 0 for some.

    Parameters
    ----------
    raced : ndarray, shape (n_races,)
        As for `shares`.

    Examples
    --------
    >>> information(np.array([np.nan, 1.0, 0.0])).round(2).tolist()
    [0.75, 0.9, 0.09]
    """
    return np.array([_information(None if np.isnan(each) else float(each)) for each in raced])


@cache
def raced_quantile(probability: float) -> float:
    """Return the quantile of the noise of a race that was raced, in units of the usual scatter.

    Examples
    --------
    >>> round(raced_quantile(0.975), 2)
    2.11
    """
    share = SHARE[RACED] / SHARE[RACED].sum()
    one = Normals(share, MEAN[RACED][:, None], SD[RACED][:, None])
    return float(one.quantile(probability)[0])
