"""What an experiment would find: simulated on this runner's own noise and memory.

What is assumed:

1. Form of the weeks of an experiment fluctuates as that of the weeks before it: noise, memory and
   weeks without a run are drawn from what these tell of them, with all that they leave unknown.
2. What is planned is done, and the effect has a stated time constant.
3. The test is the one of the analysis, on weekly means. Speeds and devices do not change.
4. The dose had the same effect in the year before as far as it is logged; where it is not, exposure
   was in the middle between both doses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.experiments.plan import EXPOSURE, Plan
from runanalytics.experiments.statistic import Judged, assigned_exposure, p_of, some_points
from runanalytics.findings.engine.ar1 import Grid, default_grid, normalised, whiten
from runanalytics.findings.engine.covariates import (
    YEAR_DAYS,
    Covariate,
    design,
    independent,
    ridge,
    standardised,
)
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.products import run_products, without_nuisance
from runanalytics.findings.engine.run_covariates import (
    SEASON_SD,
    TREND_SD,
    chosen_of_runs,
    of_runs,
    run_candidates,
)
from runanalytics.findings.engine.weeks import Weeks, by_week, day_of
from runanalytics.findings.finding import count
from runanalytics.measures.form import DAY_SD

#: Weeks before today that show noise and memory, and fewest that do.
LOOKED_BACK_WEEKS, LEAST_WEEKS = 104, 12
#: Weeks before the experiment whose runs help to tell line and season from the dose.
BEFORE_WEEKS = 52
#: Runs of a week where a runner's own are not known.
USUAL_RUNS = 4
#: Schedules that each simulated one is compared with, where there are more.
COMPARED = 399
#: Experiments simulated for every number of power, so that one plan has one number wherever it is
#: told, and the largest standard error of such a number, percentage points.
SIMULATED, ERROR_POINTS = 200, 4
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
    with_runs : float
        Share of the weeks that have a run.
    n_weeks : int
        Weeks that it comes from.
    """

    weight: Floats
    variance: Floats
    df: float
    with_runs: float = 1.0
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
        usual = np.full(len(prior), DAY_SD**2 / USUAL_RUNS)
        return Noise(prior, usual, df=float(LEAST_WEEKS))
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
    return Noise(
        weight, residual / df, float(df), weeks.n_seen / len(weeks.monday), n_weeks=weeks.n_seen
    )


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
    noise: Noise,
    percents: Sequence[float],
    per: float,
    *,
    log: DoseLog | None = None,
    tau_weeks: float = USUAL_TAU_WEEKS,
    n: int = SIMULATED,
) -> Power:
    """Return the chance of finding changes of several sizes.

    Parameters
    ----------
    plan : Plan
        The plan; its own schedule does not matter.
    noise : Noise
        From `noise_of`.
    percents : sequence of float
        Sizes of the change, %.
    per : float
        More a week, held long, that they are for.
    log : DoseLog, optional
        What was done before the experiment.
    tau_weeks : float
        Time constant of the effect, weeks.
    n : int
        Experiments simulated.

    Returns
    -------
    Power
        The same for the same plan and noise.
    """
    rng = np.random.default_rng([plan.n_blocks, plan.block_weeks, n])
    n_before, n_weeks = min(noise.n_weeks, BEFORE_WEEKS), plan.n_days // 7
    seen = rng.random(n_before + n_weeks) < noise.with_runs
    weeks = _weeks_to_come(plan, seen, n_before)
    row = np.arange(-n_before, n_weeks)
    as_true = replace(plan, statistic=EXPOSURE, time_constants=(tau_weeks,))
    parts, true = (_exposed(each, log, n_before) for each in (plan, as_true))
    compared = plan.admissible.compared(1, COMPARED)
    labels = plan.admissible.draw(n, 2)
    exposed = true[:, :-1] @ labels.T + true[:, -1:]
    drawn = _fluctuations(noise, len(row), n, rng)
    terms = _terms(weeks, parts, drawn, exposed)
    sizes = [np.log1p(percent / 100) / per for percent in percents]
    found = []
    for size in sizes:
        p_values = [
            p_of(each, own, compared)[1]
            for each, own in zip(terms.judged(size, plan), labels, strict=True)
        ]
        found.append(float(np.mean(np.array(p_values) <= plan.alpha)))
    return Power(tuple(percents), tuple(found))


@dataclass(frozen=True)
class _Terms:
    """Cross-products of many simulated experiments, line and season taken out.

    At n_points of the grid: of the parts of exposure with each other, with noise and with the
    true exposure of each experiment; of noise with itself, with exposure, and of exposure with
    itself.
    """

    log_weight: Floats
    df: int
    parts: Floats
    parts_noise: Floats
    parts_exposed: Floats
    noise: Floats
    noise_exposed: Floats
    exposed: Floats

    def judged(self, size: float, plan: Plan) -> Iterator[Judged]:
        """Yield what every schedule of each experiment is judged by, given an effect."""
        residual = self.noise + 2 * size * self.noise_exposed + size**2 * self.exposed
        log_weight = self.log_weight[:, None] - 0.5 * self.df * np.log(residual)
        weight = np.exp(log_weight - log_weight.max(axis=0))
        precision = weight / weight.sum(axis=0) * self.df / residual
        onto = self.parts_noise + size * self.parts_exposed
        scores = np.einsum("pn,pkn->nk", precision, onto)
        n_taus = self.parts.shape[1] // (plan.n_blocks + 1)
        for score, own in zip(scores, precision.T, strict=True):
            squares = np.tensordot(own, self.parts, axes=1)
            yield Judged(score, squares, n_taus, plan.effect_mean, plan.effect_sd)


def _exposed(plan: Plan, log: DoseLog | None, n_before: int) -> Floats:
    """Return exposure by week as the columns of a trial, from some weeks before a plan on."""
    middle = (plan.low + plan.high) / 2
    first = day_of(plan.first_date)
    days = np.arange(first - 7 * n_before, first)
    n_taus = len(plan.time_constants) if plan.statistic == EXPOSURE else 1
    past: Floats = np.full((n_taus, n_before), middle)
    before: Floats = np.full(len(plan.time_constants), middle)
    if log is not None and plan.statistic == EXPOSURE:
        daily = np.array([log.exposure(days, tau) for tau in plan.time_constants])
        # A log that ends before the plan begins goes on as it was.
        known = pd.DataFrame(daily.T).ffill().fillna(middle).to_numpy().T
        past = known.reshape(n_taus, n_before, 7).mean(axis=2)
        before = known[:, -1] if n_before else before
    assigned = assigned_exposure(plan, before).weekly()
    n_weeks = plan.n_days // 7
    return assigned.columns(
        np.arange(-n_before, n_weeks),
        np.pad(past, ((0, 0), (0, n_weeks)), mode="edge")
        if n_before
        else np.zeros((n_taus, n_weeks)),
    )


def _terms(weeks: Weeks, parts: Floats, drawn: Floats, exposed: Floats) -> _Terms:
    points, correction = some_points()
    every = default_grid()
    grid = Grid(every.rho[points], every.ratio[points], every.log_prior[points] + correction)
    covariates = _line_and_season(weeks)
    held = np.concatenate([[0.0], ridge(covariates, weeks)])
    n_nuisance, n_parts, n = len(held), parts.shape[1], drawn.shape[1]
    columns = np.column_stack([design(weeks, covariates), parts, drawn, exposed])
    filtered = whiten(np.where(weeks.seen[:, None], columns, 0.0), weeks.noise, grid)
    whitened = filtered.whitened
    nuisance = whitened[:, :, :n_nuisance]
    gram = nuisance.transpose(0, 2, 1) @ nuisance + np.diag(held)
    lower = np.linalg.cholesky(gram)
    rest = whitened[:, :, n_nuisance:]
    # What the nuisance explains of each column, in coordinates in which it is orthonormal.
    explained = np.linalg.solve(lower, nuisance.transpose(0, 2, 1) @ rest)
    (own, noise, true), (own_explained, noise_explained, true_explained) = (
        [np.ascontiguousarray(part) for part in np.split(each, [n_parts, n_parts + n], axis=2)]
        for each in (rest, explained)
    )
    across, across_explained = (each.transpose(0, 2, 1) for each in (own, own_explained))
    log_det = filtered.log_det + 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    return _Terms(
        grid.log_prior - 0.5 * log_det,
        weeks.n_seen - int((held == 0).sum()),
        across @ own - across_explained @ own_explained,
        across @ noise - across_explained @ noise_explained,
        across @ true - across_explained @ true_explained,
        (noise**2).sum(axis=1) - (noise_explained**2).sum(axis=1),
        (noise * true).sum(axis=1) - (noise_explained * true_explained).sum(axis=1),
        (true**2).sum(axis=1) - (true_explained**2).sum(axis=1),
    )


def _weeks_to_come(plan: Plan, seen: Booleans, n_before: int) -> Weeks:
    """Return the weeks of an experiment and those before it, of which some have no run."""
    n_weeks = len(seen)
    monday = np.datetime64(plan.first_date, "D") + 7 * np.arange(-n_before, n_weeks - n_before)
    return Weeks(
        monday=monday,
        log_form=np.zeros(n_weeks),
        noise=np.where(seen, 1.0, np.inf),
        n_runs=seen.astype(np.int64),
        columns={},
        day_sd=DAY_SD,
        usual=DAY_SD**2 / USUAL_RUNS,
    )


def _line_and_season(weeks: Weeks) -> tuple[Covariate, ...]:
    """Return what the test is beside, week by week."""
    day = weeks.monday.astype(np.int64) + 3.0
    angle = 2 * np.pi * day / YEAR_DAYS
    offered = [
        standardised("trend", (day - day.mean()) / YEAR_DAYS, weeks.seen, prior_sd=TREND_SD),
        standardised("season", np.sin(angle), weeks.seen, prior_sd=SEASON_SD),
        standardised("season", np.cos(angle), weeks.seen, prior_sd=SEASON_SD),
    ]
    return independent(offered, np.ones(weeks.n_seen), len(offered), weeks.seen)


def _fluctuations(noise: Noise, n_weeks: int, n: int, rng: np.random.Generator) -> Floats:
    """Return weekly log form without any effect, shape (n_weeks, n)."""
    grid = default_grid()
    point = rng.choice(len(noise.weight), size=n, p=noise.weight)
    variance = noise.variance[point] * noise.df / rng.chisquare(noise.df, size=n)
    rho, memory = grid.rho[point], np.sqrt(variance * grid.ratio[point])
    shocks = rng.standard_normal((n_weeks, n))
    level = np.empty((n_weeks, n))
    level[0] = memory * shocks[0]
    for week in range(1, n_weeks):
        level[week] = rho * level[week - 1] + memory * np.sqrt(1 - rho**2) * shocks[week]
    return level + np.sqrt(variance) * rng.standard_normal((n_weeks, n))
