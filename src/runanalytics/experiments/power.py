"""What an experiment would find: simulated on this runner's own noise, memory and days of running.

What is assumed:

1. Form of the weeks of an experiment fluctuates as that of the weeks before it: noise and memory
   are drawn from what these tell of them, with all that they leave unknown.
2. Weeks with runs come as often as of late, on the days, at the speeds and with the errors of the
   last ones over again, on the device, firmware and shoe of the last run.
3. What is planned is done, and the effect has a stated time constant.
4. The dose had the same effect in the year before as far as it is logged; where it is not, exposure
   was in the middle between both doses.

Each simulated experiment then goes through the test of the analysis: on runs, beside the same
covariates, with the same statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats, Integers
from runanalytics.experiments.plan import EXPOSURE, ROUNDING, Plan
from runanalytics.experiments.randomisation import randomisation_p
from runanalytics.experiments.statistic import (
    Fitted,
    assigned_exposure,
    log_ratio,
    some_points,
)
from runanalytics.findings.engine.ar1 import Grid, default_grid, normalised, whiten
from runanalytics.findings.engine.covariates import ridge
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.products import run_products, without_nuisance
from runanalytics.findings.engine.run_covariates import chosen_of_runs, of_runs, run_candidates
from runanalytics.findings.engine.weeks import Weeks, by_week, day_of, days_of
from runanalytics.findings.finding import count
from runanalytics.measures.form import DAY_SD

#: Weeks before today that show noise and memory, and fewest that do.
LOOKED_BACK_WEEKS, LEAST_WEEKS = 104, 12
#: Weeks before the experiment whose runs help to tell line and season from the dose.
BEFORE_WEEKS = 52
#: Days of the week with runs, from Monday, where a runner's own are not known.
USUAL_DAYS = (0, 2, 4, 6)
#: Schedules that each simulated one is compared with, where there are more.
COMPARED = 400
#: Experiments simulated for every number of power, so that one plan has one number wherever it is
#: told, and the largest standard error of such a number, percentage points.
SIMULATED, ERROR_POINTS = 800, 2
#: Experiments that are judged at a time: few enough for a cache.
AT_ONCE = 25
#: Time constant of the effect, weeks, and those that show what another one costs.
USUAL_TAU_WEEKS, OTHER_TAUS_WEEKS = 4.0, (1.5, 10.0)


@dataclass(frozen=True)
class Noise:
    """How a runner's form fluctuates from week to week.

    Parameters
    ----------
    weight : ndarray, shape (n_points,)
        Of each point of the grid of correlation and ratio; sums to 1.
    variance : ndarray, shape (n_points,)
        Variance of the noise of log form in a usual week there.
    df : float
        Degrees of freedom of the variance.
    usual : float
        Variance in a usual week by which weeks and runs are weighed.
    n_weeks : int
        Weeks that it comes from.
    """

    weight: Floats
    variance: Floats
    df: float
    usual: float = DAY_SD**2 / len(USUAL_DAYS)
    n_weeks: int = 0

    @property
    def known(self) -> bool:
        """Whether it is the runner's own."""
        return self.n_weeks > 0

    @property
    def text(self) -> str:
        """Where it comes from, in words."""
        if self.known:
            return f"from the noise and memory of your own {count(self.n_weeks, 'week')}"
        return (
            "from the noise of a usual runner, since yours is not known: there are fewer than "
            f"{LEAST_WEEKS} weeks with runs"
        )


def noise_of(form: pd.DataFrame, until: int | None = None, log: DoseLog | None = None) -> Noise:
    """Return how form fluctuates, or how it usually does where too little is known.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run.
    until : int, optional
        Day (since 1970) before which runs count.
    log : DoseLog, optional
        What was done: what form owes to it is no noise.
    """
    weeks = by_week(form, None if until is None else lambda day: day < until)
    if weeks.n_seen:
        latest = int(weeks.columns["day"][-1])
        since = latest - 7 * LOOKED_BACK_WEEKS
        weeks = by_week(form, lambda day: (day > since) & (day <= latest))
    if weeks.n_seen < LEAST_WEEKS:
        prior = np.exp(default_grid().log_prior)
        return Noise(prior, np.full(len(prior), Noise.usual), df=float(LEAST_WEEKS))
    offered = list(run_candidates(weeks, None))
    if log is not None:
        day = weeks.columns["day"]
        offered.append(of_runs("exposure", log.exposure(day, USUAL_TAU_WEEKS)))
    covariates = chosen_of_runs(offered, weeks, 0)
    columns = np.column_stack(
        [
            np.ones(len(weeks.columns["day"])),
            *(each.column for each in covariates),
            weeks.columns["log_form"] - weeks.columns["log_form"].mean(),
        ]
    )
    held = np.concatenate([[0.0], ridge(covariates, weeks)])
    products = run_products(weeks, columns)
    left, log_weight = without_nuisance(products, len(held), held)
    df = products.n - int((held == 0).sum())
    residual = left[:, -1, -1]
    weight = normalised(log_weight - 0.5 * df * np.log(residual))
    return Noise(weight, residual / df, float(df), usual=weeks.usual, n_weeks=weeks.n_seen)


@dataclass(frozen=True)
class Past:
    """What is known of a runner before an experiment.

    Parameters
    ----------
    form : DataFrame
        Table "form" of the runs before it.
    log : DoseLog, optional
        What was done.
    noise : Noise
        How form fluctuates.
    """

    form: pd.DataFrame
    log: DoseLog | None
    noise: Noise

    @classmethod
    def of(cls, form: pd.DataFrame, until: int, log: DoseLog | None = None) -> Past:
        """Return it from runs before a day (since 1970), and what was done.

        Parameters
        ----------
        form : DataFrame
            Table "form", one row a run.
        until : int
            The day.
        log : DoseLog, optional
            What was done.
        """
        before = form[days_of(form["local_date"], "form") < until]
        return cls(before, log, noise_of(form, until, log))

    def smallest_p(self, plan: Plan) -> float:
        """Return the smallest p that the test of a plan can reach."""
        return plan.admissible.smallest_p(plan.statistic, opposites_alike=self.alike(plan))

    def alike(self, plan: Plan) -> bool:
        """Whether a schedule and its opposite have the same statistic.

        Where nothing is known of the time before, exposure is taken to be in the middle between
        both doses; opposite schedules then move it by as much, one up and one down.
        """
        first = day_of(plan.first_date)
        known = self.log is not None and bool((self.log.days < first).any())
        return plan.either_sign and not known


@dataclass(frozen=True)
class Power:
    """The chance of finding effects with a plan.

    Parameters
    ----------
    percents : tuple of float
        Sizes of the change, %, for `per` more a week held long.
    found : tuple of float
        Share of simulated experiments that find each.
    """

    percents: tuple[float, ...]
    found: tuple[float, ...]


def power(
    plan: Plan,
    past: Past,
    percents: Sequence[float],
    per: float,
    *,
    tau_weeks: float = USUAL_TAU_WEEKS,
    n: int = SIMULATED,
    seed: int = 0,
) -> Power:
    """Return the chance of finding changes of several sizes.

    Parameters
    ----------
    plan : Plan
        The plan; its own schedule does not matter.
    past : Past
        What is known of the runner.
    percents : sequence of float
        Sizes of the change, %.
    per : float
        More a week, held long, that they are for.
    tau_weeks : float
        Time constant of the effect, weeks.
    n : int
        Experiments simulated, an even number.
    seed : int
        Of what is drawn.

    Returns
    -------
    Power
        The same for the same plan, past and seed.
    """
    rng = np.random.default_rng([plan.n_blocks, plan.block_weeks, seed])
    weeks = _weeks_to_come(plan, past, rng)
    schedules = plan.admissible.compared(1, COMPARED).labels
    # Every draw of noise serves twice, with either sign, since both are as likely; and schedules
    # are followed in turn.
    noise = _fluctuations(past.noise, weeks, n // 2, rng)
    followed = np.resize(rng.permutation(len(schedules)), n // 2)
    as_true = replace(plan, statistic=EXPOSURE, time_constants=(tau_weeks,))
    parts, true = (_exposed(each, past.log, weeks.columns["day"]) for each in (plan, as_true))
    simulated = _Simulated.of(weeks, parts, true, noise, schedules, followed)
    found = {}
    for percent in dict.fromkeys(percents):
        size = np.log1p(percent / 100) / per
        p_values = [simulated.p_values(plan, size, sign) for sign in (1, -1)]
        found[percent] = float(np.mean(np.concatenate(p_values) <= plan.alpha))
    return Power(tuple(percents), tuple(found[percent] for percent in percents))


@dataclass(frozen=True)
class _Simulated:
    """Cross-products of many simulated experiments, nuisance columns taken out.

    At n_points of the grid: of the exposures that the test knows with each other, with noise and
    with the true exposure of each experiment; of noise with itself, with that exposure, and of
    that exposure with itself.
    """

    log_weight: Floats
    df: int
    schedules: Integers
    followed: Integers
    parts: Floats
    parts_noise: Floats
    parts_exposed: Floats
    noise: Floats
    noise_exposed: Floats
    exposed: Floats

    @classmethod
    def of(
        cls,
        weeks: Weeks,
        parts: Floats,
        true: Floats,
        noise: Floats,
        schedules: Integers,
        followed: Integers,
    ) -> _Simulated:
        """Return them.

        Parameters
        ----------
        weeks : Weeks
            Runs of the year before and of the experiment.
        parts, true : ndarray, shape (n_runs, n_columns)
            Exposure as the test knows it and as it is, in the order of `Assigned.columns`.
        noise : ndarray, shape (n_runs, n)
            Log form without any effect.
        schedules : ndarray of int, shape (n_schedules, n_blocks)
            Those that are compared.
        followed : ndarray of int, shape (n,)
            Which of them each experiment followed.
        """
        points, correction = some_points()
        every = default_grid()
        grid = Grid(every.rho[points], every.ratio[points], every.log_prior[points] + correction)
        covariates = chosen_of_runs(run_candidates(weeks, None), weeks, 1)
        held = np.concatenate([[0.0], ridge(covariates, weeks)])
        known = np.column_stack(
            [np.ones(len(noise)), *(each.column for each in covariates), parts, true]
        )
        # Rows of weeks, at each point of the grid, and of what runs within them differ by.
        week, share = weeks.columns["week"], weeks.columns["share"]
        columns = np.column_stack([known, noise])
        means = np.nan_to_num(weeks.mean(columns))
        filtered = whiten(means, weeks.noise, grid)
        about = np.sqrt(share / weeks.noise[week])[:, None] * (columns - means[week])
        n_known, n_held, n_parts = known.shape[1], len(held), parts.shape[1]
        own, other = np.split(filtered.whitened, [n_known], axis=2)
        own_about, other_about = about[:, :n_known], about[:, n_known:]
        across = own.transpose(0, 2, 1)
        gram = across @ own + own_about.T @ own_about
        onto_noise = across @ other + own_about.T @ other_about
        # What the nuisance explains of each column, in coordinates in which it is orthonormal.
        lower = np.linalg.cholesky(gram[:, :n_held, :n_held] + np.diag(held))
        explained = np.linalg.solve(lower, gram[:, :n_held, n_held:])
        noise_explained = np.linalg.solve(lower, onto_noise[:, :n_held])
        gram = gram[:, n_held:, n_held:] - explained.transpose(0, 2, 1) @ explained
        onto_noise = onto_noise[:, n_held:] - explained.transpose(0, 2, 1) @ noise_explained
        log_det = filtered.log_det + 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
        squares = np.einsum("pwn,pwn->pn", other, other) + (other_about**2).sum(axis=0)
        taken = np.vstack([schedules[followed].T, np.ones(len(followed))])
        return cls(
            grid.log_prior - 0.5 * log_det,
            len(noise) - int((held == 0).sum()),
            schedules,
            followed,
            gram[:, :n_parts, :n_parts],
            onto_noise[:, :n_parts],
            gram[:, :n_parts, n_parts:] @ taken,
            squares - (noise_explained**2).sum(axis=1),
            (onto_noise[:, n_parts:] * taken).sum(axis=1),
            (gram[:, n_parts:, n_parts:] @ taken * taken).sum(axis=1),
        )

    def p_values(self, plan: Plan, size: float, sign: int = 1) -> Floats:
        """Return p of each experiment, given an effect of a unit of exposure and noise of a sign.

        It is the share of schedules that do as well: where they are drawn, the one that was
        followed is one of them.
        """
        residual = self.noise + 2 * sign * size * self.noise_exposed + size**2 * self.exposed
        log_weight = self.log_weight[:, None] - 0.5 * self.df * np.log(residual)
        weight = np.exp(log_weight - log_weight.max(axis=0))
        precision = weight / weight.sum(axis=0) * self.df / residual
        # One after the other: their sum, for all experiments, takes as much room again.
        scores = sign * np.einsum("pn,pkn->nk", precision, self.parts_noise)
        scores += size * np.einsum("pn,pkn->nk", precision, self.parts_exposed)
        p_values = np.empty(len(scores))
        for first in range(0, len(scores), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            fitted = self._fitted(precision.T[some], scores[some])
            every = log_ratio(fitted, plan.effect_mean, plan.effect_sd)
            p_values[some] = [
                randomisation_p(float(others[own]), others)
                for own, others in zip(self.followed[some], every, strict=True)
            ]
        return p_values

    def _fitted(self, precision: Floats, scores: Floats) -> Fitted:
        """Return how form and exposures go together under every schedule, for some experiments."""
        square, own, before = self._squares
        n_points, n_taus = square.shape[:2]
        n_parts = n_taus * self.schedules.shape[1]
        shape = (len(scores), n_taus, -1)
        begun_score = scores[:, n_parts:, None]
        score = scores[:, :n_parts].reshape(shape) @ self.schedules.T.astype(np.float64)
        return Fitted(
            score + begun_score,
            begun_score,
            (precision @ square.reshape(n_points, -1)).reshape(shape),
            (precision @ own.reshape(n_points, -1)).reshape(shape),
            (precision @ before)[:, :, None],
        )

    @cached_property
    def _squares(self) -> tuple[Floats, Floats, Floats]:
        """Products of exposures with themselves under every schedule, as in `Fitted`, by point."""
        labels, n_blocks = self.schedules.astype(np.float64), self.schedules.shape[1]
        n_taus = self.parts.shape[1] // (n_blocks + 1)
        n_points, n_parts, each = len(self.parts), n_taus * n_blocks, np.arange(n_taus)
        shape = (n_points, n_taus, n_blocks, n_taus, -1)
        parts = self.parts[:, :n_parts, :n_parts].reshape(shape)[:, each, :, each]
        across = self.parts[:, :n_parts, n_parts:].reshape((*shape[:3], n_taus))
        own = np.matmul(across[:, each, :, each], labels.T).transpose(1, 0, 2)
        before = np.diagonal(self.parts[:, n_parts:, n_parts:], axis1=1, axis2=2)
        crossed = labels @ parts
        crossed *= labels
        added = crossed.sum(axis=3).transpose(1, 0, 2)
        return added + 2 * own + before[:, :, None], own, before


def _exposed(plan: Plan, log: DoseLog | None, day: Integers) -> Floats:
    """Return the exposure of runs before and in an experiment, as the columns of a trial."""
    middle, first = (plan.low + plan.high) / 2, day_of(plan.first_date)
    days = np.arange(min(first - 1, int(day[0])), first)
    n_taus = len(plan.time_constants) if plan.statistic == EXPOSURE else 1
    past: Floats = np.full((n_taus, len(days)), middle)
    before: Floats = np.full(len(plan.time_constants), middle)
    if log is not None and plan.statistic == EXPOSURE:
        daily = np.array([log.exposure(days, tau) for tau in plan.time_constants])
        # A log that ends before the plan begins goes on as it was.
        past = pd.DataFrame(daily.T).ffill().fillna(middle).to_numpy().T
        before = past[:, -1]
    at = np.clip(day - days[0], 0, len(days) - 1)
    return assigned_exposure(plan, before).columns(day - first, past[:, at])


def _weeks_to_come(plan: Plan, past: Past, rng: np.random.Generator) -> Weeks:
    """Return the runs of an experiment and of the year before it, by week.

    As far as they are not known, the latest weeks with runs come again in turn, and between them
    as many without as there were, evenly. Nothing is known of a runner without noise of their own,
    and there is nothing before the experiment.
    """
    first = day_of(plan.first_date)
    end = first + plan.n_days
    if not past.noise.known:
        monday = first - (first + 3) % 7
        days = (monday + np.arange(0, plan.n_days + 7, 7)[:, None] + USUAL_DAYS).ravel()
        days = days[(days >= first) & (days < end)]
        value = np.exp(DAY_SD * rng.standard_normal(len(days)))
        return by_week(pd.DataFrame({"local_date": days.astype("M8[D]"), "value": value}))
    day = days_of(past.form["local_date"], "form")
    week, begin = (day + 3) // 7, first - 7 * BEFORE_WEEKS
    recent = np.unique(week)[-BEFORE_WEEKS:]
    runs_of = {number: np.flatnonzero(week == number) for number in recent.tolist()}
    share = len(recent) / (recent[-1] - recent[0] + 1)
    coming = np.arange(recent[-1] + 1, (end + 2) // 7 + 1)
    turn = np.floor(share * np.arange(1, len(coming) + 1) + ROUNDING).astype(np.int64)
    with_runs = np.diff(turn, prepend=0) > 0
    source = recent[(turn[with_runs] - 1) % len(recent)]
    again = [runs_of[number] for number in source.tolist()]
    later = 7 * np.repeat(coming[with_runs] - source, [len(each) for each in again])
    place = np.concatenate([np.arange(len(day)), *again])
    moved = day[place] + np.concatenate([np.zeros(len(day), dtype=np.int64), later])
    kept = (moved >= begin) & (moved < end)
    to_come = np.arange(len(moved)) >= len(day)
    lived = past.form.iloc[place[kept]].assign(local_date=moved[kept].astype("M8[D]"))
    for name in ("device", "firmware", "shoe"):
        if name in lived:
            lived[name] = lived[name].mask(to_come[kept], past.form[name].iloc[int(day.argmax())])
    return by_week(lived)


def _fluctuations(noise: Noise, weeks: Weeks, n: int, rng: np.random.Generator) -> Floats:
    """Return log form of runs without any effect, shape (n_runs, n)."""
    grid = default_grid()
    # Evenly over what is likely: as good as by lot with fewer draws.
    even = (np.arange(n) + rng.random()) / n
    point = np.minimum(np.searchsorted(noise.weight.cumsum(), even), len(noise.weight) - 1)
    variance = noise.variance[point] * noise.df / rng.chisquare(noise.df, size=n)
    rho, memory = grid.rho[point], np.sqrt(variance * grid.ratio[point])
    shocks = rng.standard_normal((len(weeks.monday), n))
    level = np.empty(shocks.shape)
    level[0] = memory * shocks[0]
    for number in range(1, len(level)):
        level[number] = rho * level[number - 1] + memory * np.sqrt(1 - rho**2) * shocks[number]
    week, share = weeks.columns["week"], weeks.columns["share"]
    of_run = weeks.usual / noise.usual * weeks.noise[week] / share
    own = np.sqrt(np.outer(of_run, variance)) * rng.standard_normal((len(week), n))
    return np.asarray(level[week] + own)
