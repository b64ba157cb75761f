"""How often an effect errs: false positives, coverage, power and bias over simulated runners.

    python -m benchmarks.calibration --runners 1500
    python -m benchmarks.calibration --runners 300 --cells usual "rho 0" --weeks 52

Every runner is drawn by `runanalytics.simulate.simulate_form`: strength in phases of weeks, runs
slower by 0.15 m/s while in one, three to five runs a week, errors that remember. A cell departs
from that in one way. Each runner is analysed twice: as drawn, without any effect of strength,
and with an effect of −2 % per two sessions a week held for long added to the same runs.

Both are estimated at once by the code behind `effect` (`findings.engine.dose_response`); the
first runners of every cell are given to `effect` itself as well, and both estimates must agree.
Three common methods are compared: the regression of raw weekly means on weekly sessions, and,
with our design and the true time constant, Newey–West errors, and AR(1) errors with the
likeliest correlation taken as known.
"""

from __future__ import annotations

import argparse
import os
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

# One thread a process: the matrices are small, and processes share the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.special import stdtr

from runanalytics.findings.effect import effect
from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.ar1 import default_grid
from runanalytics.findings.engine.covariates import design
from runanalytics.findings.engine.dose_response import (
    TIME_CONSTANTS,
    Posterior,
    Projected,
    factored,
)
from runanalytics.findings.engine.run_covariates import weekly_columns
from runanalytics.simulate import SimulatedForm, simulate_form

#: Generators: what departs from the usual runner.
CELLS: dict[str, dict[str, object]] = {
    "usual": {},
    "no memory at all": {"ar_sd_pct": 0.0},
    "rho 0": {"rho": 0.0},
    "rho 0.5": {"rho": 0.5},
    "rho 0.95": {"rho": 0.95},
    "AR(2)": {"process": "ar2"},
    "ARMA, negative MA": {"process": "arma", "rho": 0.9},
    "random walk": {"process": "random_walk"},
    "heavy tails": {"student_df": 3.0},
    "missing weeks": {"missing_weeks": 0.25},
    "two runs a week": {"runs_per_week": (1, 3)},
    "summaries, 40 %": {"summaries": 0.4},
    "acute fatigue": {"acute_pct": 1.0},
    "season": {"season_pct": 1.5},
    "heat": {"heat_pct": 1.0},
    "weekly distance": {"distance_pct": -1.0},
    "GPS, slope -0.50": {"slope_estimated": -0.50},
    "new watch, named": {"device_step_pct": 3.0},
    "new watch, noisier": {"device_step_pct": 3.0, "device_noise": 2.0},
    "new watch, hidden": {"device_step_pct": 1.5, "device_named": False},
    "short phases": {"phase_weeks": (3, 5), "gap_weeks": (2, 4)},
    "long phases": {"phase_weeks": (12, 20), "gap_weeks": (8, 16)},
    "irregular phases": {"pattern": "irregular"},
    "one phase": {"pattern": "once"},
    "strength in winter": {"pattern": "winter", "season_pct": 1.5},
    "tau 1.5": {"tau_weeks": 1.5},
    "tau 6": {"tau_weeks": 6.0},
    "tau 10": {"tau_weeks": 10.0},
    "two weeks late": {"delay_weeks": 2},
    "dose follows form": {"follows": 0.3},
}
#: Cells in which most of the averaged time constants are wrong, and in which the shape of the
#: response is, so that there is no true time constant.
WRONG_TAU = ("tau 1.5", "tau 6", "tau 10", "two weeks late")
WRONG_SHAPE = ("two weeks late",)
CONTRAST = 2.0
USUAL_TAU_WEEKS = 3.0
TRUTHS = (0.0, -2.0)
METHODS = ("ours", "tau known", "AR(1) plug-in", "Newey-West", "naive")
#: Runners of each cell whose estimates are compared with those of `effect`.
COMPARED = 2
#: Limits of false positives, coverage, power of the usual runner, and bias, in percent. Those of
#: bias with averaged time constants do not apply to runners who have another.
MOST_FALSE, MOST_FALSE_MEAN = 6.5, 5.5
COVERAGE, COVERAGE_MEAN, COVERAGE_WRONG_TAU = (93.0, 97.0), (94.0, 96.0), 92.0
POWER = {("ours", 52): 28.0, ("ours", 104): 60.0, ("tau known", 52): 33.0, ("tau known", 104): 65.0}
MOST_BIAS = {"ours": 0.5, "tau known": 0.15}

Estimate = tuple[float, float, float]


def of_t(slope: float, se: float, df: float, truth: float) -> Estimate:
    """Probability below no change and below the truth, and the change in %."""
    below = [float(stdtr(df, (each - slope) / se)) for each in (0.0, truth)]
    return below[0], below[1], 100 * float(np.expm1(CONTRAST * slope))


def ours(
    found: Projected, taus: list[int], prior: list[float], which: int, truth: float
) -> Estimate:
    """Estimate as the findings do with these time constants."""
    change = _posterior(found, taus, prior, which).mixed
    return (
        change.cdf(0.0),
        change.cdf(truth),
        100 * float(np.expm1(CONTRAST * change.middle)),
    )


def _posterior(found: Projected, taus: list[int], prior: list[float], which: int) -> Posterior:
    return found.posterior(np.array(taus)[:, None], np.log(prior), [1.0], which)


def plug_in(found: Projected, tau: int, which: int, truth: float) -> Estimate:
    """Estimate with AR(1) errors of the likeliest correlation and ratio, taken as known."""
    every = _posterior(found, [tau], [1.0], which)
    with np.errstate(divide="ignore"):
        best = int((np.log(every.weight[:, 0]) - default_grid().log_prior).argmax())
    return of_t(every.centre[best, 0], every.scale[best, 0], every.df, truth)


def newey_west(design: np.ndarray, log_form: np.ndarray, truth: float) -> Estimate:
    """Estimate by least squares with Newey–West errors; the dose is the last column."""
    df = len(log_form) - design.shape[1]
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ log_form
    score = design * (log_form - design @ beta)[:, None]
    lags = int(4 * (len(log_form) / 100) ** (2 / 9))
    meat = score.T @ score
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    variance = (inverse @ meat @ inverse)[-1, -1] * len(log_form) / df
    return of_t(float(beta[-1]), float(np.sqrt(variance)), df, truth)


def naive(week: np.ndarray, raw: np.ndarray, sessions: np.ndarray, truth: float) -> Estimate:
    """Regress the raw weekly mean on the week's sessions, as a spreadsheet would."""
    runs = np.bincount(week, minlength=len(sessions))
    seen = runs > 0
    mean = (np.bincount(week, raw, len(sessions))[seen]) / runs[seen]
    x = sessions[seen] - sessions[seen].mean()
    slope = float(x @ mean / (x @ x))
    residual = mean - mean.mean() - slope * x
    df = len(x) - 2
    return of_t(slope, float(np.sqrt(residual @ residual / df / (x @ x))), df, truth)


def one_runner(
    place: tuple[int, bool], *, weeks: int, kwargs: dict[str, object]
) -> np.ndarray | None:
    """Return estimates for one runner, shape (truths, methods, 3), or None without any."""
    seed, compared = place
    drawn = simulate_form(seed, weeks=weeks, **kwargs)
    tau = float(kwargs.get("tau_weeks", USUAL_TAU_WEEKS))
    constants = [*TIME_CONSTANTS]
    if tau not in [each for each, _ in constants]:
        constants.append((tau, 0.0))
    known = [each for each, _ in constants].index(tau)
    averaged = list(range(len(TIME_CONSTANTS)))
    runs = drawn.runs if "distance_pct" in kwargs else None
    data = effect_data(drawn.form, drawn.dose, (), runs, constants)
    form = data.weeks

    first = drawn.dose["local_date"].iloc[0]
    day = (drawn.runs["local_date"] - first).dt.days.to_numpy()
    per_unit = np.log1p(np.array(TRUTHS) / 100) / CONTRAST
    added = np.outer(per_unit, drawn.truth.exposure_per_week[day])
    log_form = form.columns["log_form"]
    since = form.columns["day"] - first.to_numpy().astype("datetime64[D]").astype(int)
    log_forms = [log_form + each * drawn.truth.exposure_per_week[since] for each in per_unit]
    every = factored(form, data.exposures, data.covariates, log_forms)
    if every is None:
        return None
    found, seen = every.project(), form.seen
    nuisance = design(form, weekly_columns(form, data.covariates))
    weekly = [form.mean(each)[seen] for each in log_forms]
    columns = np.column_stack([nuisance, form.mean(data.exposures[:, known])])[seen]
    raw = np.log(drawn.runs["raw_value"].to_numpy())
    sessions = drawn.dose["amount"].to_numpy().reshape(-1, 7).sum(axis=1)
    answers = np.array(
        [
            [
                ours(found, averaged, [prior for _, prior in TIME_CONSTANTS], which, truth),
                ours(found, [known], [1.0], which, truth),
                plug_in(found, known, which, truth),
                newey_west(columns, weekly[which], truth),
                naive(day // 7, raw + added[which], sessions, truth),
            ]
            for which, truth in enumerate(per_unit)
        ]
    )
    if compared:
        _agrees(drawn, answers, runs)
    return answers


def _agrees(drawn: SimulatedForm, answers: np.ndarray, runs: object) -> None:
    """Raise an error if `effect` differs on the runs as drawn."""
    reported = effect(drawn.form, drawn.dose, contrast=CONTRAST, runs=runs)
    below, _, percent = answers[0, 0]
    if not np.allclose([reported.percent, reported.p_value], [percent, 2 * min(below, 1 - below)]):
        raise AssertionError(f"effect gives {reported.percent} %, this table {percent} %")


def cell(
    map_runners: Callable[..., object], name: str, weeks: int, runners: int, seed: int
) -> tuple[np.ndarray, int]:
    """Return detection, coverage, mean estimate and its error (%), and of how many runners.

    The first has shape (truths, methods, 4).
    """
    first = (seed << 56) + (zlib.crc32(f"{name}, {weeks} weeks".encode()) << 20)
    places = [(first + runner, runner < COMPARED) for runner in range(runners)]
    found = map_runners(partial(one_runner, weeks=weeks, kwargs=CELLS[name]), places)
    answers = np.array([each for each in found if each is not None])
    below_none, below_truth = answers[..., 0], answers[..., 1]
    return np.stack(
        [
            100 * (np.minimum(below_none, 1 - below_none) < 0.025).mean(axis=0),
            100 * (np.minimum(below_truth, 1 - below_truth) >= 0.025).mean(axis=0),
            answers[..., 2].mean(axis=0),
            answers[..., 2].std(axis=0) / np.sqrt(len(answers)),
        ],
        axis=-1,
    ), len(answers)


HEAD = (
    "| generator | false positives: ours | tau known | AR(1) plug-in | Newey-West | naive "
    "| covers -2: ours | tau known | naive | power: ours | tau known | mean of -2: ours "
    "| tau known | naive |\n" + "| --- " * 14 + "|"
)


def row(name: str, rates: list[np.ndarray]) -> str:
    """Return one line of the table: each number by weeks."""

    def by_weeks(truth: int, method: int, what: int) -> str:
        form = "{:+.2f}" if what == 2 else "{:.1f}"
        return " / ".join(form.format(each[truth, method, what]) for each in rates)

    shown = [
        *((0, method, 0) for method in range(len(METHODS))),
        *((1, method, 1) for method in (0, 1, 4)),
        *((1, method, 0) for method in (0, 1)),
        *((1, method, 2) for method in (0, 1, 4)),
    ]
    return f"| {name} | " + " | ".join(by_weeks(*each) for each in shown) + " |"


def misses(rates: dict[tuple[str, int], np.ndarray], runners: int) -> list[str]:
    """Return what is outside its limits, with the sampling error."""
    lines = []

    def miss(what: str, value: float, bar: str, share: float) -> None:
        error = 100 * np.sqrt(share * (1 - share) / runners)
        lines.append(f"- {what}: {value:.2f} (bar {bar}; sampling error {error:.2f})")

    for (name, weeks), found in rates.items():
        at = f"{name}, {weeks} weeks"
        for method in (0,) if name in WRONG_SHAPE else (0, 1):
            nothing, something = found[:, method]
            title = f"{at}, {METHODS[method]}"
            if nothing[0] > MOST_FALSE:
                miss(f"{title}: false positives", nothing[0], f"<= {MOST_FALSE}", 0.065)
            least = COVERAGE_WRONG_TAU if name in WRONG_TAU and method == 0 else COVERAGE[0]
            for truth, rate in zip(TRUTHS, (nothing, something), strict=True):
                if not least <= rate[1] <= COVERAGE[1]:
                    miss(f"{title}: covers {truth:g}", rate[1], f"{least} to {COVERAGE[1]}", 0.05)
            most = MOST_BIAS[METHODS[method]]
            if abs(something[2] + 2) > most and (method == 1 or name not in WRONG_TAU):
                lines.append(
                    f"- {title}: mean of -2 is {something[2]:+.2f} (bar within {most}; "
                    f"sampling error {something[3]:.2f})"
                )
            power = POWER.get((METHODS[method], weeks))
            if name == "usual" and power is not None and something[0] < power:
                miss(f"{title}: power", something[0], f">= {power}", power / 100)
    return lines


def averages(rates: dict[tuple[str, int], np.ndarray]) -> list[str]:
    """Return means over cells, of all and by weeks."""
    lines = []
    every = sorted({weeks for _, weeks in rates})
    for title, kept in [("all", every), *((f"{weeks} weeks", [weeks]) for weeks in every)]:
        found = np.mean([each for (_, weeks), each in rates.items() if weeks in kept], axis=0)
        lines += [
            f"- mean over cells, {title}, {METHODS[method]}: false positives "
            f"{found[0, method, 0]:.2f}, covers -2 {found[1, method, 1]:.2f}"
            for method in (0, 1)
        ]
    lines.append(
        f"- bar: false positives <= {MOST_FALSE_MEAN}, "
        f"coverage {COVERAGE_MEAN[0]:g} to {COVERAGE_MEAN[1]:g}"
    )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=200, help="runners in a cell")
    parser.add_argument("--weeks", type=int, nargs="+", default=[26, 52, 104])
    parser.add_argument(
        "--cells", nargs="+", default=list(CELLS), help=f"of {list(CELLS)}".replace("%", "%%")
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    unknown = [name for name in options.cells if name not in CELLS]
    if unknown:
        parser.error(f"no cell {unknown}; there are {list(CELLS)}")
    begun = time.perf_counter()
    rates: dict[tuple[str, int], np.ndarray] = {}
    unanswered = 0
    by = " / ".join(str(weeks) for weeks in options.weeks)
    print(f"{options.runners:,} runners a cell, seed {options.seed}; %, at {by} weeks.\n\n{HEAD}")
    with ProcessPoolExecutor(options.processes) as pool:
        map_runners = partial(pool.map, chunksize=25)
        for name in options.cells:
            for weeks in options.weeks:
                rates[name, weeks], n_answers = cell(
                    map_runners, name, weeks, options.runners, options.seed
                )
                unanswered += options.runners - n_answers
            print(row(name, [rates[name, weeks] for weeks in options.weeks]), flush=True)
    print(f"\n{unanswered} runners without an answer.\n")
    print("\n".join(averages(rates)))
    print("\nOutside the bar:\n" + ("\n".join(misses(rates, options.runners)) or "- nothing"))
    print(f"\n{time.perf_counter() - begun:.0f} s, {options.processes} processes")


if __name__ == "__main__":
    main()
