"""How often an effect errs: false positives, coverage, power and bias over simulated runners.

    python benchmarks/calibration.py --runners 1500 --weeks 26 52 104 --effects 0 -2
    python benchmarks/calibration.py --runners 500 --cells all --weeks 104

Every runner is drawn by `runanalytics.simulate.simulate_form`: strength in phases of weeks, runs
slower by 0.15 m/s while in one, three to five runs a week, errors that remember. Beside ours
stand three common ways: the correlation of raw weekly means with weekly sessions, a regression
with Newey–West errors, and AR(1) errors with the best correlation taken for known.
"""

from __future__ import annotations

import argparse
import math
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from runanalytics.findings.association import exposures_of
from runanalytics.findings.covariates import candidates, chosen
from runanalytics.findings.dose_log import daily_log
from runanalytics.findings.effect import effect
from runanalytics.findings.series import default_grid, regress, whiten
from runanalytics.findings.weeks import by_week
from runanalytics.simulate import SimulatedForm, simulate_form

#: Generators: what departs from the usual runner.
CELLS: dict[str, dict[str, object]] = {
    "usual": {},
    "rho 0": {"rho": 0.0},
    "rho 0.5": {"rho": 0.5},
    "rho 0.95": {"rho": 0.95},
    "AR(2)": {"process": "ar2"},
    "random walk": {"process": "random_walk"},
    "heavy tails": {"student_df": 3.0},
    "missing weeks": {"missing_weeks": 0.25},
    "acute fatigue": {"acute_pct": 1.0},
    "season": {"season_pct": 1.5},
    "tau 1.5": {"tau_weeks": 1.5},
    "tau 6": {"tau_weeks": 6.0},
    "tau 10": {"tau_weeks": 10.0},
    "new watch, named": {"device_step_pct": 3.0},
    "new watch, hidden": {"device_step_pct": 1.5, "device_named": False},
}
CONTRAST = 2.0
KNOWN_TAU_WEEKS = 3.0
METHODS = ("ours", "ours, tau known", "AR(1) plug-in", "Newey-West", "naive")


def naive(drawn: SimulatedForm) -> tuple[float, float, float]:
    """Regress the raw weekly mean on the week's sessions, as a spreadsheet would."""
    start = drawn.dose["local_date"].min()
    week = (drawn.runs["local_date"] - start).dt.days // 7
    raw = np.log(drawn.runs["raw_value"]).groupby(week.to_numpy()).mean()
    day = (drawn.dose["local_date"] - start).dt.days // 7
    sessions = drawn.dose["amount"].groupby(day.to_numpy()).sum().reindex(raw.index)
    design = np.column_stack([sessions, np.ones(len(raw))])
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ design.T @ raw.to_numpy()
    residual = raw.to_numpy() - design @ beta
    df = len(raw) - 2
    se = math.sqrt(residual @ residual / df * inverse[0, 0])
    return interval(beta[0], se, df)


def regressions(drawn: SimulatedForm) -> dict[str, tuple[float, float, float]]:
    """Estimate with our design and known time constant, but other people's errors."""
    log = daily_log(drawn.dose)
    weeks = by_week(drawn.form, log.covers)
    seen = weeks.seen
    dose = np.nan_to_num(exposures_of(weeks, log, [(KNOWN_TAU_WEEKS, 1.0)]))
    columns = [each.column for each in chosen(candidates(weeks, log, None), weeks, 2)]
    design = np.column_stack([np.ones(len(seen)), *columns, dose])
    log_form = weeks.log_form - weeks.log_form[seen].mean()
    df = int(seen.sum()) - design.shape[1]

    x, y = design[seen], log_form[seen]
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    score = x * (y - x @ beta)[:, None]
    lags = int(4 * (len(y) / 100) ** (2 / 9))
    meat = score.T @ score
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    robust = math.sqrt((inverse @ meat @ inverse)[-1, -1] * len(y) / df)

    grid = default_grid()
    fitted = regress(
        whiten(np.column_stack([design, log_form]), weeks.noise, grid), design.shape[1] - 1
    )
    own, shared = fitted.remainder[:, 0, 0], fitted.remainder[:, 0, 1]
    residual = fitted.remainder[:, 1, 1] - shared**2 / own
    best = int((fitted.log_likelihood - 0.5 * np.log(own) - 0.5 * df * np.log(residual)).argmax())
    se = math.sqrt(residual[best] / df / own[best])
    return {
        "AR(1) plug-in": interval(shared[best] / own[best], se, df),
        "Newey-West": interval(beta[-1], robust, df),
    }


def interval(slope: float, se: float, df: int) -> tuple[float, float, float]:
    half = float(stdtrit(df, 0.975)) * se
    return tuple(100 * math.expm1(CONTRAST * each) for each in (slope, slope - half, slope + half))


def one_runner(
    seed: int, *, weeks: int, effect_pct: float, kwargs: dict[str, object]
) -> dict[str, tuple[float, float, float]]:
    """Estimate and interval of every method for one runner, %."""
    drawn = simulate_form(seed, weeks=weeks, effect_pct=effect_pct, **kwargs)
    found = effect(drawn.form, drawn.dose, contrast=CONTRAST)
    known = effect(drawn.form, drawn.dose, contrast=CONTRAST, tau_weeks=KNOWN_TAU_WEEKS)
    if not np.isfinite(found.percent):
        return {}
    return {
        "ours": (found.percent, found.percent_low, found.percent_high),
        "ours, tau known": (known.percent, known.percent_low, known.percent_high),
        "naive": naive(drawn),
        **regressions(drawn),
    }


def cell(
    pool: ProcessPoolExecutor, name: str, weeks: int, effect_pct: float, runners: int, seed: int
) -> list[dict[str, object]]:
    """Rows of the table: one a method."""
    ask = partial(one_runner, weeks=weeks, effect_pct=effect_pct, kwargs=CELLS[name])
    answers = [each for each in pool.map(ask, range(seed, seed + runners), chunksize=25) if each]
    rows = []
    for method in METHODS:
        percent, low, high = np.array([answer[method] for answer in answers]).T
        rows.append(
            {
                "generator": name,
                "weeks": weeks,
                "true %": effect_pct,
                "method": method,
                "interval excludes 0 %": 100 * float(((low > 0) | (high < 0)).mean()),
                "covers truth %": 100 * float(((low <= effect_pct) & (effect_pct <= high)).mean()),
                "mean estimate %": float(percent.mean()),
                "median width": float(np.median(high - low)),
                "runners": len(answers),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=200, help="runners in a cell")
    parser.add_argument("--weeks", type=int, nargs="+", default=[26, 52, 104])
    parser.add_argument("--effects", type=float, nargs="+", default=[0.0, -2.0], help="true, %%")
    parser.add_argument("--cells", nargs="+", default=["usual"], help=f"all, or of {list(CELLS)}")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    names = list(CELLS) if asked.cells == ["all"] else asked.cells
    unknown = [name for name in names if name not in CELLS]
    if unknown:
        parser.error(f"no cell {unknown}; there are {list(CELLS)}")
    begun = time.perf_counter()
    with ProcessPoolExecutor(asked.processes) as pool:
        for name in names:
            for weeks in asked.weeks:
                for effect_pct in asked.effects:
                    rows = cell(pool, name, weeks, effect_pct, asked.runners, asked.seed)
                    table = pd.DataFrame(rows).round(2)
                    print(table.to_string(index=False), flush=True)
                    print(flush=True)
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
