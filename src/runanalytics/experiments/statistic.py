"""The statistic of an experiment: how likely form makes the schedule that was drawn.

What is assumed:

1. The exposure that a schedule assigns is linear in its labels: what is left of the time before
   and of the lower dose, and a part from each block with the higher one. The statistics of any
   number of schedules are then a few matrix products.
2. Line, season, speed and device are taken out of form and of exposure alike; the runs of the year
   before help to tell them from the dose. What else was run may follow from the schedule, and is
   not taken out.
3. How form is correlated from week to week is estimated without the schedule: from form and what
   is taken out of it, averaged over the grid of `findings.engine.ar1`. Every schedule is judged
   by the same covariance, so the test is exact, whether that is right or not.
4. The effect of a unit of exposure is normal about the one that the plan expects, or about none
   where its sign is open, and each time constant is equally likely. All schedules are equally
   likely before form is seen; the log of how likely form makes each, over how likely it is without
   an effect, is the statistic. Among all tests at a level, this one has the largest power on the
   average over that prior (Neyman and Pearson's lemma, applied to the distribution over schedules).
5. What was done before the experiment tells of the sign of the effect, and its remainder is there
   in the first weeks. The runner chose it, however: it may go along with form by another amount
   than its effect, normal about none with a standard deviation as large as that of the effect
   itself. None of it depends on the schedule, so the test stays exact where that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats, Integers
from runanalytics.experiments.plan import EXPOSURE, Compared, Plan
from runanalytics.exposure import exposure
from runanalytics.findings.engine.ar1 import LEAST_SQUARES, default_grid, normalised
from runanalytics.findings.engine.products import Products, without_nuisance

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

    def columns(self, row: Integers, before: Floats) -> Floats:
        """Return parts, then exposure that no schedule enters, in the order of `Trial`.

        Parameters
        ----------
        row : ndarray of int, shape (n_observations,)
            Row of each observation; below 0 before the experiment.
        before : ndarray, shape (n_taus, n_observations)
            Exposure there before the experiment, 1/week; in it of no account.
        """
        n_taus, n_rows, n_blocks = self.parts.shape
        inside, at = (row >= 0)[:, None], np.maximum(row, 0)
        parts = self.parts.transpose(1, 0, 2).reshape(n_rows, n_taus * n_blocks)
        return np.column_stack(
            [np.where(inside, parts[at], 0.0), np.where(inside, self.fixed[:, at].T, before.T)]
        )


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
        exposure that no schedule enters, with each time constant; forms and exposures as done.
    log_weight : ndarray, shape (n_points,)
        Log of the prior and of that part of the likelihood that no form enters.
    df : int
        Degrees of freedom.
    n_taus : int
        Time constants.
    effect_mean, effect_sd : float
        Prior mean and standard deviation of the effect of a unit of exposure, of log form.
    centre : ndarray, shape (n_blocks,)
        Mean of the label of each block over all admissible schedules.
    """

    left: Floats
    log_weight: Floats
    df: int
    n_taus: int
    effect_mean: float
    effect_sd: float
    centre: Floats

    @classmethod
    def from_products(
        cls, products: Products, ridge: Floats, plan: Plan, n_taus: int, compared: Compared
    ) -> Trial:
        """Return it from the products of nuisance columns, then those of the trial.

        Parameters
        ----------
        products : Products
            Of all columns.
        ridge : ndarray, shape (n_nuisance,)
            Of the nuisance columns, intercept included; 0 where the prior is flat.
        plan : Plan
            The plan.
        n_taus : int
            Time constants.
        compared : Compared
            Schedules that the one drawn is compared with.
        """
        left, log_weight = without_nuisance(products, len(ridge), ridge)
        points, correction = some_points()
        left, log_weight = left[points], log_weight[points] + correction
        df = products.n - int((ridge == 0).sum())
        centre = compared.labels.mean(axis=0)
        return cls(left, log_weight, df, n_taus, plan.effect_mean, plan.effect_sd, centre)

    @property
    def n_exposed(self) -> int:
        """Columns of exposure; the others stand after them."""
        return self.n_taus * (len(self.centre) + 1)

    def column(self, number: int) -> Floats:
        """Return a column after those of exposure as a combination of columns."""
        combination = np.zeros(self.left.shape[1])
        combination[self.n_exposed + number] = 1.0
        return combination

    def decided(self, labels: Integers, tau: int) -> Floats:
        """Return what the lot decided of exposure, as a combination of columns."""
        return self._parts(labels - self.centre, tau)

    def assigned(self, labels: Integers, tau: int) -> Floats:
        """Return exposure under a schedule, as a combination of columns."""
        combination = self._parts(labels.astype(np.float64), tau)
        combination[self.n_taus * len(self.centre) + tau] = 1.0
        return combination

    def _parts(self, share: Floats, tau: int) -> Floats:
        combination = np.zeros(self.left.shape[1])
        n_blocks = len(self.centre)
        combination[tau * n_blocks : (tau + 1) * n_blocks] = share
        return combination

    def precision(self, form: Floats) -> tuple[Floats, float]:
        """Return the weight of each point of the grid over its noise, and the log likelihood.

        Parameters
        ----------
        form : ndarray, shape (n_columns,)
            As in `judged`. No schedule enters but by what was taken from form.
        """
        residual = np.maximum(self.left @ form @ form, LEAST_SQUARES)
        log_weight = self.log_weight - 0.5 * self.df * np.log(residual)
        highest = float(log_weight.max())
        likelihood = highest + float(np.log(np.exp(log_weight - highest).sum()))
        return np.asarray(normalised(log_weight) * self.df / residual), likelihood

    def judged(self, form: Floats) -> Judged:
        """Return what every schedule is judged by.

        Parameters
        ----------
        form : ndarray, shape (n_columns,)
            Form under the hypothesis that is tested, as a combination of columns.
        """
        precision, likelihood = self.precision(form)
        exposed = slice(self.n_exposed)
        squares = np.tensordot(precision, self.left[:, exposed, exposed], axes=1)
        scores = precision @ (self.left[:, exposed] @ form)
        return Judged(scores, squares, self.n_taus, self.effect_mean, self.effect_sd, likelihood)


@dataclass(frozen=True)
class Judged:
    """What the statistic of any schedule is worked out from.

    Parameters
    ----------
    scores : ndarray, shape (n_exposed,)
        Products of the columns of exposure with form, in units of its noise: of each time
        constant the parts from each block, then exposure that no schedule enters.
    squares : ndarray, shape (n_exposed, n_exposed)
        Products of the columns of exposure with each other.
    n_taus : int
        Time constants.
    effect_mean, effect_sd : float
        As of `Trial`.
    log_likelihood : float
        Of the form, without any schedule, up to a constant.
    """

    scores: Floats
    squares: Floats
    n_taus: int
    effect_mean: float
    effect_sd: float
    log_likelihood: float = 0.0

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return len(self.scores) // self.n_taus - 1

    def statistics(self, labels: Integers, change: float = 0.0, along: int = 0) -> Floats:
        """Return the statistic of each schedule.

        Parameters
        ----------
        labels : ndarray of int, shape (n, n_blocks)
            1 with, 0 without.
        change : float
            Change of log form per unit of exposure that is tested. Form is then what it would be
            without it, and is given that change under each schedule in turn.
        along : int
            Place of the time constant of that change.

        Returns
        -------
        ndarray, shape (n,)
            Log of how likely form is with any effect, over how likely it is with that change.
        """
        drawn = np.asarray(labels, dtype=np.float64)
        n_taus, n_blocks = self.n_taus, self.n_blocks
        each, n_parts = np.arange(n_taus), n_taus * n_blocks
        parts = self.squares[:n_parts, :n_parts].reshape(n_taus, n_blocks, n_taus, n_blocks)
        across = self.squares[:n_parts, n_parts:].reshape(n_taus, n_blocks, n_taus)
        begun = self.squares[n_parts:, n_parts:]
        own = across[each, :, each] @ drawn.T
        before = np.diagonal(begun)[:, None]
        # Of each time constant under each schedule, shape (n_taus, n).
        square = (drawn @ parts[each, :, each] * drawn).sum(axis=2) + 2 * own + before
        score = self.scores[:n_parts].reshape(n_taus, n_blocks) @ drawn.T
        begun_score = self.scores[n_parts:, None]
        score = score + begun_score
        if change:
            others = across[along].T @ drawn.T
            reached = (drawn @ parts[:, :, along] * drawn).sum(axis=2) + others
            reached += across[:, :, along] @ drawn.T + begun[:, along, None]
            score = score + change * reached
            begun_score = begun_score + change * (others + begun[along, :, None])
        return log_ratio(
            Fitted(score, begun_score, square, own, before),
            self.effect_mean,
            self.effect_sd,
            change,
        )


@dataclass(frozen=True)
class Fitted:
    """How form and exposures go together under some schedules, in units of form's noise.

    Parameters
    ----------
    score, square : ndarray, shape (..., n_taus, n)
        Products of each schedule's exposure with form and with itself, for every time constant.
    begun_score : ndarray, shape (..., n_taus, 1 or n)
        Products with form of the exposure that no schedule enters.
    own : ndarray, shape (..., n_taus, n)
        Products of that with what each schedule adds.
    before : ndarray, shape (..., n_taus, 1)
        Products of it with itself.
    """

    score: Floats
    begun_score: Floats
    square: Floats
    own: Floats
    before: Floats


def log_ratio(fitted: Fitted, effect_mean: float, effect_sd: float, change: float = 0.0) -> Floats:
    """Return how likely form is with any effect, over how likely with one, for each schedule.

    Parameters
    ----------
    fitted : Fitted
        How they go together.
    effect_mean, effect_sd : float
        Prior of the effect of a unit of exposure.
    change : float
        The one effect.

    Returns
    -------
    ndarray, shape (..., n)
        Its log.
    """
    held = effect_sd**-2.0
    begun_score, own, before = fitted.begun_score, fitted.own, fitted.before
    # What went along with the time before by choice is integrated out.
    share = (own + before) / (before + held)
    score = fitted.score - share * begun_score
    square = fitted.square - share**2 * (before + held)
    by_choice = 0.5 * begun_score**2 / (before + held) - 0.5 * np.log1p(before / held)
    total = np.maximum(square + held, held)
    with_any = 0.5 * (score + effect_mean * held) ** 2 / total - 0.5 * np.log(total)
    with_any += by_choice + 0.5 * (np.log(held) - effect_mean**2 * held)
    with_this = by_choice
    if change:
        with_this = by_choice + change * score - 0.5 * change**2 * square
    return _log_sum(with_any) - _log_sum(with_this)


def _log_sum(logs: Floats) -> Floats:
    """Return the log of a sum over time constants of numbers whose logs are given.

    It is faster than `np.logaddexp`.
    """
    highest = logs.max(axis=-2, keepdims=True)
    total = np.exp(logs - highest).sum(axis=-2)
    return np.asarray(highest.squeeze(-2) + np.log(total))


def p_of(
    judged: Judged, labels: Integers, compared: Compared, change: float = 0.0, along: int = 0
) -> tuple[float, float, Floats]:
    """Return statistic and p-value of the schedule that was drawn, and all statistics.

    Parameters
    ----------
    judged : Judged
        From `Trial.judged`.
    labels : ndarray of int, shape (n_blocks,)
        The schedule that was drawn.
    compared : Compared
        Those that it is compared with.
    change, along
        As for `Judged.statistics`.
    """
    both = judged.statistics(np.vstack([labels[None], compared.labels]), change, along)
    observed, others = float(both[0]), both[1:]
    return observed, compared.p_value(observed, others), others
