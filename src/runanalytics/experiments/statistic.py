"""The statistic of an experiment: how well form follows the exposure that a schedule assigns.

What is assumed:

1. The exposure that a schedule assigns is linear in its labels: what is left of the time before
   and of the lower dose, and a part from each block with the higher one. Only what the lot
   decides counts: exposure less its mean over all admissible schedules. The statistics of any
   number of schedules are then a few matrix products.
2. Line, season, speed and device are taken out of form and of exposure alike; the runs of the year
   before help to tell them from the dose. What else was run may follow from the schedule, and is
   not taken out.
3. How form is correlated from week to week is estimated without the schedule: from form and what
   is taken out of it, averaged over the grid of `findings.engine.ar1`. Every schedule is judged
   by the same covariance, so the test is exact, whether that is right or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats, Integers
from runanalytics.experiments.plan import EXPOSURE, Compared, Plan
from runanalytics.exposure import exposure
from runanalytics.findings.engine.ar1 import LEAST_SQUARES, default_grid, normalised
from runanalytics.findings.engine.products import Products, without_nuisance

#: Exposure with less than this share of the largest sum of squares did not vary.
VARIED = 1e-9


#: Every so many points of the grid are enough to average over.
EVERY = 5


def some_points() -> tuple[Integers, Floats]:
    """Return points of the grid, that without memory first, and what they gain in log prior."""
    points = np.arange(0, len(default_grid().rho), EVERY)
    # The others stand for those that are left out, too; the first stands for itself.
    return points, np.where(points == 0, -np.log(EVERY), 0.0)


@dataclass(frozen=True)
class Assigned:
    """Exposure that a plan assigns on its days, or in its weeks, as linear parts.

    Parameters
    ----------
    fixed : ndarray, shape (n_taus, n_rows)
        Whatever the schedule, 1/week.
    parts : ndarray, shape (n_taus, n_rows, n_blocks)
        More with each block that has the higher dose, 1/week.
    """

    fixed: Floats
    parts: Floats

    def of(self, labels: Integers) -> Floats:
        """Return the exposure of a schedule, shape (n_taus, n_rows)."""
        return np.asarray(self.fixed + self.parts @ labels, dtype=np.float64)

    def weekly(self) -> Assigned:
        """Return weekly means, where rows are the days of whole weeks."""
        n_taus, n_days, n_blocks = self.parts.shape
        return Assigned(
            self.fixed.reshape(n_taus, n_days // 7, 7).mean(axis=2),
            self.parts.reshape(n_taus, n_days // 7, 7, n_blocks).mean(axis=2),
        )

    def columns(self, row: Integers) -> Floats:
        """Return the parts as columns, in the order of `Trial`.

        Parameters
        ----------
        row : ndarray of int, shape (n_observations,)
            Row of each observation; below 0 before the experiment.
        """
        n_taus, n_rows, n_blocks = self.parts.shape
        columns = self.parts.transpose(1, 0, 2).reshape(n_rows, n_taus * n_blocks)
        return np.where((row >= 0)[:, None], columns[np.maximum(row, 0)], 0.0)


def assigned_exposure(plan: Plan, before: Floats) -> Assigned:
    """Return the exposure on each day of an experiment.

    Parameters
    ----------
    plan : Plan
        The plan.
    before : ndarray, shape (n_taus,)
        Exposure on the day before the first with each of the plan's time constants, 1/week.
        The difference of block means knows no exposure: what is done in a block counts in it.
    """
    length = 7 * plan.block_weeks
    inside = np.repeat(np.eye(plan.n_blocks), length, axis=0)
    if plan.statistic != EXPOSURE:
        return Assigned(np.full((1, plan.n_days), plan.low), plan.contrast * inside[None])
    low = np.full(plan.n_days, plan.low / 7)
    fixed, parts = [], []
    for tau, begin in zip(plan.time_constants, before, strict=True):
        fixed.append(exposure(low, tau, float(begin)))
        # What a block adds is the same for each, later by as many days.
        first = exposure(plan.contrast / 7 * inside[:, 0], tau)
        column = np.zeros((plan.n_days, plan.n_blocks))
        for block in range(plan.n_blocks):
            column[block * length :, block] = first[: plan.n_days - block * length]
        parts.append(column)
    return Assigned(np.array(fixed), np.array(parts))


@dataclass(frozen=True)
class Trial:
    """Cross-products of all that a statistic is made of, line, season and speed taken out.

    Parameters
    ----------
    left : ndarray, shape (n_points, n_columns, n_columns)
        At every point of the grid: for each time constant, the part of exposure from each block;
        after them, forms and exposures that may be taken from them.
    log_weight : ndarray, shape (n_points,)
        Log of the prior and of that part of the likelihood that no form enters.
    df : int
        Degrees of freedom.
    n_taus : int
        Time constants.
    centre : ndarray, shape (n_blocks,)
        Mean of the label of each block over all admissible schedules.
    """

    left: Floats
    log_weight: Floats
    df: int
    n_taus: int
    centre: Floats

    @classmethod
    def from_products(
        cls, products: Products, ridge: Floats, n_taus: int, compared: Compared
    ) -> Trial:
        """Return it from the products of nuisance columns, then those of the trial.

        Parameters
        ----------
        products : Products
            Of all columns.
        ridge : ndarray, shape (n_nuisance,)
            Of the nuisance columns, intercept included; 0 where the prior is flat.
        n_taus : int
            Time constants.
        compared : Compared
            Schedules that the one drawn is compared with.
        """
        left, log_weight = without_nuisance(products, len(ridge), ridge)
        points, correction = some_points()
        left, log_weight = left[points], log_weight[points] + correction
        df = products.n - int((ridge == 0).sum())
        return cls(left, log_weight, df, n_taus, compared.labels.mean(axis=0))

    @property
    def n_parts(self) -> int:
        """Columns of exposure; the others stand after them."""
        return self.n_taus * len(self.centre)

    def column(self, number: int) -> Floats:
        """Return a column after those of exposure as a combination of columns."""
        combination = np.zeros(self.left.shape[1])
        combination[self.n_parts + number] = 1.0
        return combination

    def decided(self, labels: Integers, tau: int) -> Floats:
        """Return what the lot decided of exposure, as a combination of columns."""
        combination = np.zeros(self.left.shape[1])
        n_blocks = len(self.centre)
        combination[tau * n_blocks : (tau + 1) * n_blocks] = labels - self.centre
        return combination

    def precision(self, form: Floats) -> Floats:
        """Return how much each point of the grid weighs, over the variance of the noise there.

        Parameters
        ----------
        form : ndarray, shape (n_columns,)
            As in `judged`. No schedule enters but by what was taken from form.
        """
        residual = np.maximum(self.left @ form @ form, LEAST_SQUARES)
        weight = normalised(self.log_weight - 0.5 * self.df * np.log(residual))
        return np.asarray(weight * self.df / residual)

    def judged(self, form: Floats) -> Judged:
        """Return what every schedule is judged by.

        Parameters
        ----------
        form : ndarray, shape (n_columns,)
            Form under the hypothesis that is tested, as a combination of columns.
        """
        precision = self.precision(form)
        size = len(self.centre)
        squares = np.empty((self.n_taus, size, size))
        for tau in range(self.n_taus):
            own = slice(tau * size, (tau + 1) * size)
            squares[tau] = np.tensordot(precision, self.left[:, own, own], axes=1)
        onto = self.left[:, : self.n_parts] @ form
        scores = (precision @ onto).reshape(self.n_taus, size)
        return Judged(scores, squares, self.centre)


@dataclass(frozen=True)
class Judged:
    """What the statistic of any schedule is worked out from.

    Parameters
    ----------
    scores : ndarray, shape (n_taus, n_blocks)
        Products of the parts of exposure with form, in units of its noise.
    squares : ndarray, shape (n_taus, n_blocks, n_blocks)
        Products of the parts of exposure with each other.
    centre : ndarray, shape (n_blocks,)
        As of `Trial`.
    """

    scores: Floats
    squares: Floats
    centre: Floats

    def by_constant(self, labels: Integers) -> tuple[Floats, Floats]:
        """Return product with form, and sum of squares, of exposure under each schedule.

        Parameters
        ----------
        labels : ndarray of int, shape (n, n_blocks)
            1 with, 0 without.

        Returns
        -------
        score, square : ndarray, shape (n_taus, n)
        """
        decided = labels - self.centre
        square = np.stack([np.einsum("nk,nk->n", decided @ each, decided) for each in self.squares])
        return self.scores @ decided.T, square

    def statistics(self, labels: Integers) -> Floats:
        """Return the largest |t| over the time constants of each schedule.

        Parameters
        ----------
        labels : ndarray of int, shape (n, n_blocks)
            1 with, 0 without.
        """
        score, square = self.by_constant(labels)
        # A schedule whose exposure never varied has nothing to be followed.
        safe = np.where(square > VARIED * square.max(initial=0.0), square, np.inf)
        return np.asarray((np.abs(score) / np.sqrt(safe)).max(axis=0))


def p_of(judged: Judged, labels: Integers, compared: Compared) -> tuple[float, float, Floats]:
    """Return statistic and p-value of the schedule that was drawn, and all statistics.

    Parameters
    ----------
    judged : Judged
        From `Trial.judged`.
    labels : ndarray of int, shape (n_blocks,)
        The schedule that was drawn.
    compared : Compared
        Those that it is compared with.
    """
    both = judged.statistics(np.vstack([labels[None], compared.labels]))
    observed, others = float(both[0]), both[1:]
    return observed, compared.p_value(observed, others), others
