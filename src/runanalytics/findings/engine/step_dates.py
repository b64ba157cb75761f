"""When a step of form was, between which runs, and its size, given that it was looked for.

What is assumed, besides what `ar1` and `weeks` say:

1. A step lies between two runs, not between two weeks: of the runs of its week, those after it
   have it. How they differ from those before, in one week, tells as much as the weeks around.
2. New shoes come with a run, an injury on any day: beforehand, a place is half of the way (by its
   logarithm) from as likely as any other to as likely as it has days, so that a gap without runs
   is a likely place. What the runs say is weighed with that over the grid of correlation and
   noise ratio (Smith 1975, doi:10.1093/biomet/62.2.407).
3. The step is one that is found. A place where it could only be too small to be told is as much
   less likely as such a step is less often told.
4. The size is that of all dates together, each weighed by its probability, and allows for its
   having been found (`given_that_it_was_found`).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Mixture,
    mixture,
    normalised,
    regress,
    whiten,
)
from runanalytics.findings.engine.covariates import Covariate, design
from runanalytics.findings.engine.step_scan import coarse_grid, scan_columns
from runanalytics.findings.engine.weeks import Days, Weeks, centred_form, date_of

#: Weeks whose best fit falls short of the likeliest week's by so much, in twice the log
#: likelihood, hold no date; nor do weeks more than so many from one that does not.
LEAST_LIKELY = 24.0
AROUND_WEEKS = 1
#: Power of its days by which a place is likelier beforehand: a judgement of this project.
OF_DAYS = 0.5
#: Dates that are fitted at once.
FITTED_AT_ONCE = 64
#: Points at which the size of a step that was found is worked out, and how far, in standard
#: errors, they reach beyond 0 and the estimate.
SIZES = 801
REACH = 8.0
#: How far the size of a step goes from what it is if steps are mostly found to what it is if
#: they are found seldom: a judgement of this project.
TOWARDS_SELDOM = 0.8


@dataclass(frozen=True)
class Found:
    """What it took for a step to be told.

    Parameters
    ----------
    least : float
        Size of log form, either way, from which on it was clear.
    sd : float
        Standard error of the size that was looked at.
    """

    least: float
    sd: float

    @classmethod
    def by(cls, looked_at: Mixture, clear: float) -> Found:
        """Return what it takes where a two-sided p below `clear` is told."""
        about = replace(looked_at, centre=looked_at.centre - looked_at.mean)
        return cls(about.quantile(1 - clear / 2), looked_at.sd)

    def widened(self, factor: float) -> Found:
        """Return the same with so many times the standard error."""
        return replace(self, sd=factor * self.sd)

    def chance(self, size: Floats, scale: Floats | float = 0.0) -> Floats:
        """Return the chance that a step is told, if its size is known but for a normal error."""
        sd = np.hypot(self.sd, scale)
        return np.asarray(ndtr((size - self.least) / sd) + ndtr((-size - self.least) / sd))


@dataclass(frozen=True)
class DatedStep:
    """Between which runs a step may lie, and its size over all of them.

    Parameters
    ----------
    before, after : ndarray of int, shape (n_places,)
        Days (since 1970) of the last run before it and the first after it, in order.
    share : ndarray, shape (n_places,)
        Probability of each place.
    size : Mixture
        Step of log form.
    """

    before: Days
    after: Days
    share: Floats
    size: Mixture

    @property
    def likeliest(self) -> int:
        """Number of the likeliest place."""
        return int(self.share.argmax())

    def between(self, level: float) -> tuple[int, int]:
        """Return the first and last of the fewest days that hold the likeliest place and `level`.

        Parameters
        ----------
        level : float
            Probability that the step lies between them.

        Returns
        -------
        first, last : int
            Numbers of places; the days are `before` of the first and `after` of the last.

        Examples
        --------
        >>> days = np.arange(5)
        >>> step = DatedStep(days, days + 1, np.array([0.0, 0.1, 0.7, 0.15, 0.05]), None)
        >>> step.between(0.8), step.between(0.99)
        ((1, 2), (1, 4))
        """
        upto = np.concatenate([[0.0], np.cumsum(self.share)])
        first = np.arange(self.likeliest + 1)[:, None]
        last = np.arange(self.likeliest, len(self.share))[None]
        enough = upto[last + 1] - upto[first] >= level - 1e-9
        days = np.where(enough, self.after[last] - self.before[first], np.iinfo(np.int64).max)
        place = np.unravel_index(days.argmin(), days.shape)
        return int(place[0]), self.likeliest + int(place[1])

    def date(self, place: int) -> tuple[datetime.date, datetime.date]:
        """Return the dates of the last run before a place and of the first after it."""
        return date_of(self.before[place]), date_of(self.after[place])


def dated_step(
    weeks: Weeks, terms: Sequence[Covariate], begin: int, end: int, found: Found
) -> DatedStep | None:
    """Return between which runs form stepped, and by how much; None if there is no such place.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    terms : sequence of Covariate
        What else is in the model, with flat priors.
    begin, end : int
        First week that may hold the first run after the step, and the week after the last.
    found : Found
        What it took to be told.
    """
    nuisance = design(weeks, terms)
    days = np.unique(weeks.columns["day"])
    before, after = days[:-1], days[1:]
    week_of = (after - int(weeks.monday[0].astype(np.int64))) // 7
    possible = np.isin(week_of, _possible_weeks(weeks, nuisance, begin, end))
    before, after = before[possible], after[possible]
    if not len(after):
        return None
    grid = coarse_grid()
    y = centred_form(weeks)
    own, shared, log_weight, squares = [], [], [], np.empty(0)
    for first in range(0, len(after), FITTED_AT_ONCE):
        columns = runs_after(weeks, after[first : first + FITTED_AT_ONCE])
        filtered = whiten(np.column_stack([nuisance, columns, y]), weeks.noise, grid)
        fitted = regress(filtered, nuisance.shape[1])
        own.append(np.diagonal(fitted.remainder, axis1=1, axis2=2)[:, :-1])
        shared.append(fitted.remainder[:, :-1, -1])
        squares = fitted.remainder[:, -1, -1]
        log_weight.append(grid.log_prior + fitted.log_determinants)
    df = weeks.n_seen - nuisance.shape[1] - 1
    all_own = np.maximum(np.concatenate(own, axis=1), LEAST_SQUARES)
    all_shared = np.concatenate(shared, axis=1)
    left = np.maximum(squares[:, None] - all_shared**2 / all_own, LEAST_SQUARES)
    within = _within_weeks(weeks, after)
    precision = all_own * df / left
    known = precision + within.own
    slope = (all_shared * df / left + within.shared) / known
    scale = 1 / np.sqrt(known)
    weight = normalised(
        log_weight[0][:, None]
        - 0.5 * (df + 1) * np.log(left)
        + 0.5 * (slope**2 * known - (all_shared / all_own) ** 2 * precision)
        + np.log(found.chance(slope, scale))
        + OF_DAYS * np.log(after - before)
    )
    return DatedStep(before, after, weight.sum(axis=0), mixture(weight, slope, scale, float(df)))


def _possible_weeks(weeks: Weeks, nuisance: Floats, begin: int, end: int) -> Days:
    """Return the weeks that may hold the first run after the step."""
    places = np.flatnonzero(weeks.seen[begin:end]) + begin
    if not len(places):
        return places
    steps = (np.arange(len(weeks.seen))[:, None] >= places).astype(np.float64)
    gain = scan_columns(weeks, nuisance, steps).gain[:, 0]
    likely = places[gain > gain.max() - LEAST_LIKELY]
    near = likely[:, None] + np.arange(-AROUND_WEEKS, AROUND_WEEKS + 1)
    return np.unique(near[(near >= begin) & (near < end)])


def runs_after(weeks: Weeks, after: Days) -> Floats:
    """Return for each place the share of each week's runs that come after it.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    after : ndarray of int, shape (n_places,)
        Days (since 1970) of the first run after each.

    Returns
    -------
    ndarray, shape (n_weeks, n_places)
    """
    week, share = weeks.columns["week"], weeks.columns["share"]
    late = weeks.columns["day"][:, None] >= after
    columns = np.zeros((len(weeks.seen), len(after)))
    np.add.at(columns, week, share[:, None] * late)
    return columns


@dataclass(frozen=True)
class _Within:
    """What the runs of one week say about a step in it, beside their mean.

    Parameters
    ----------
    own, shared : ndarray, shape (n_places,)
        Sum of squares of each step about its week's mean, and of its products with log form,
        over the variance of the runs' noise.
    """

    own: Floats
    shared: Floats


def _within_weeks(weeks: Weeks, after: Days) -> _Within:
    runs = weeks.runs
    week, share, day = (runs[name].to_numpy() for name in ("week", "share", "day"))
    about = runs["log_form"].to_numpy() - weeks.log_form[week]
    at = (after - int(weeks.monday[0].astype(np.int64))) // 7
    late = (week[:, None] == at) & (day[:, None] >= after)
    part = share @ late
    # The noise of weeks is in units of that of a usual week.
    variance = weeks.usual * weeks.noise[at]
    return _Within(part * (1 - part) / variance, ((share * about) @ late) / variance)


@dataclass(frozen=True)
class FoundSize:
    """The size of a step that was found because it was clear.

    Parameters
    ----------
    estimate, low, high : float
        Step of log form and its interval.
    """

    estimate: float
    low: float
    high: float


def given_that_it_was_found(size: Mixture, found: Found, level: float) -> FoundSize:
    """Return the size of a step, given that it was told because it was clear.

    Dividing the likelihood of each size by the chance that a step of that size is found (Zhong &
    Prentice 2008, doi:10.1093/biostatistics/kxn001) is right for steps that are found seldom,
    and makes those that are mostly found too small. Which kind this runner's are is not known:
    the estimate goes four fifths of the way (by its logarithm), and the interval holds both. Its
    end does not go beyond 0, since the direction is what was found.

    Parameters
    ----------
    size : Mixture
        Step of log form as if nothing had depended on it.
    found : Found
        What it took to be told.
    level : float
        Of the interval.

    Examples
    --------
    >>> size = Mixture(np.ones(1), np.full(1, 0.06), np.full(1, 0.01), df=1e6)
    >>> sure, barely = (
    ...     given_that_it_was_found(size, Found(least, 0.01), 0.95) for least in (0.02, 0.055)
    ... )
    >>> round(sure.estimate, 3), round(barely.estimate, 3), barely.low < sure.low
    (0.06, 0.05, True)
    """
    middle, reach = size.mean, REACH * max(found.sd, size.sd)
    steps = np.linspace(min(0.0, middle) - reach, max(0.0, middle) + reach, SIZES)
    log_density = size.log_densities(steps)
    density = np.exp(log_density - log_density.max())
    chance = found.chance(steps)
    tail = (1 - level) / 2
    quantiles = {
        power: _quantiles(steps, density / chance**power, (tail, 0.5, 1 - tail))
        for power in (0.0, TOWARDS_SELDOM, 1.0)
    }
    low = min(quantiles[0.0][0], quantiles[1.0][0])
    high = max(quantiles[0.0][2], quantiles[1.0][2])
    estimate = quantiles[TOWARDS_SELDOM][1]
    return FoundSize(
        estimate, max(low, 0.0) if estimate > 0 else low, min(high, 0.0) if estimate < 0 else high
    )


def _quantiles(steps: Floats, density: Floats, probabilities: Sequence[float]) -> list[float]:
    upto = np.cumsum(density) / density.sum()
    return [float(np.interp(each, upto, steps)) for each in probabilities]
