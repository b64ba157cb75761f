"""Tries of what is told with a certainty and has no benchmark of its own.

Each function takes a seed, draws a runner whose truth is known, and returns for each line of the
table of `benchmarks.told` whether what was told was right: 1, 0 or a share, and NaN where nothing
was told.
"""

from __future__ import annotations

import csv
import datetime
import string
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from benchmarks import two_doses
from benchmarks.change_points import NEAR_DAYS
from benchmarks.files import longitudinal
from benchmarks.simulated import moved
from runanalytics.findings.before_after import before_after
from runanalytics.findings.change_points import change_points
from runanalytics.findings.checks import checks
from runanalytics.findings.claims import claims_on_trial
from runanalytics.findings.effect import effect
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.engine.kinds import kind_told
from runanalytics.findings.engine.level_now import carried_level
from runanalytics.findings.engine.priors import NormalEffect, prior_for
from runanalytics.findings.engine.robustness import robustness_value
from runanalytics.findings.engine.weeks import by_week
from runanalytics.findings.finding import NOT_ENOUGH_DATA
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.race_results import PROBABLY, race_results
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.findings.trend import trend
from runanalytics.library.library import Library
from runanalytics.measures.adherence import adherence
from runanalytics.measures.critical_speed import critical_speed
from runanalytics.measures.drift import drift
from runanalytics.measures.form import form
from runanalytics.measures.performances import race_noise
from runanalytics.measures.race_equations import vdot
from runanalytics.measures.segments import segments as steady_segments
from runanalytics.movements.matcher import match
from runanalytics.simulate import simulate_form, simulate_runner, training
from runanalytics.simulate.claims import simulate_claims
from runanalytics.simulate.races import EXPONENT, TRAIL_PCT, USUAL_S, simulate_races
from runanalytics.simulate.runner import Runner

#: Whether each line of the table was right for one runner.
Lines = dict[str, float]

#: Half a 95 % interval of a normal error, in standard errors.
NORMAL = 1.959964
#: How an old watch reads where the new one reads 4 % more.
WATCH_PERCENT = 100 * (1 / 1.04 - 1)
#: Exercise names of the tests, with the movement that a person read in each.
NAMES = Path(__file__).parents[1] / "tests" / "movements" / "reviewed_names.csv"
#: Scores by which matches are told apart: least of each line, and what they are below.
SCORES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "as logged": {
        "as logged, each name once, score 100": (99.9, np.inf),
        "as logged, each name once, score below 100": (0.0, 99.9),
    },
    "one letter wrong": {
        "one letter wrong, score 100": (99.9, np.inf),
        "one letter wrong, score 90 to 99": (90.0, 99.9),
        "one letter wrong, score below 90": (0.0, 90.0),
    },
}
_TIMES = {1: "one race each", 3: "three each"}
#: Seed of the first runner: from there on seeds have served for nothing else.
SEED = 2_000_000
#: The claim that is true for everyone, and the one that says that nothing changes.
ALWAYS, NOTHING = "speed-load", "drills-weekly"


def enough(seed: int) -> Lines:
    """Ask after 15 to 35 weeks, and again on the day by which there would be enough."""
    rng = np.random.default_rng([seed, 1])
    lines = {}
    for name, missing in (("no week missing", 0.0), ("a quarter of the weeks missing", 0.25)):
        drawn = simulate_form(seed, weeks=110, missing_weeks=missing)
        first = drawn.dose["local_date"].min()
        early = first + pd.Timedelta(weeks=int(rng.integers(15, 36)))
        told = effect(*_until(drawn.form, drawn.dose, early)).enough_on
        right = np.nan
        if told is not None:
            later = effect(*_until(drawn.form, drawn.dose, pd.Timestamp(told)))
            right = float(later.verdict != NOT_ENOUGH_DATA)
        lines[f"simulated, {name}"] = right
    return lines


def _until(*frames: object) -> list[pd.DataFrame]:
    *tables, day = frames
    return [table[table["local_date"] < day] for table in tables]


def posterior(seed: int) -> Lines:
    """Mix a true effect, drawn from what research says, with what research says."""
    rng = np.random.default_rng([seed, 2])
    lines = {}
    prior = _prior("ground_contact_ms")
    truth = rng.normal(prior.mean_percent, prior.sd_percent)
    any_tau = float(rng.choice([tau_weeks for tau_weeks, _ in TIME_CONSTANTS]))
    for weeks, tau_weeks, which in (
        (52, 3.0, "time constant 3"),
        (104, 3.0, "time constant 3"),
        (52, any_tau, "time constant 1.5, 3, 6 or 10"),
        (104, any_tau, "time constant 1.5, 3, 6 or 10"),
    ):
        drawn = simulate_form(seed, weeks=weeks, effect_pct=truth, tau_weeks=tau_weeks)
        found = effect(
            drawn.form, drawn.dose, contrast=2.0, what="strength", measure="sessions"
        ).posterior
        lines[f"simulated, form, {weeks} weeks, {which}"] = _holds(found, truth)
    prior = _prior("race_time")
    truth = rng.normal(prior.mean_percent, prior.sd_percent)
    races = simulate_races(seed, effect_pct=truth)
    found = race_effect(
        races.races, races.dose, contrast=2.0, what="strength", measure="sessions"
    ).posterior
    return lines | {"simulated, 30 races in 3 years": _holds(found, truth)}


#: How likely time constants are told to be: least, and what it is below.
LIKELY: Mapping[str, tuple[float, float]] = {
    "told below 15 % (mean 6), and it is": (0.0, 0.15),
    "told 15 to 35 % (mean 25), and it is": (0.15, 0.35),
    "told above 35 % (mean 52), and it is": (0.35, np.inf),
}


def constants(seed: int) -> Lines:
    """Tell how likely each time constant is, of runners who have each of them."""
    rights = defaultdict[str, list[bool]](list)
    for tau_weeks, _ in TIME_CONSTANTS:
        drawn = simulate_form(seed, weeks=104, effect_pct=-2.0, tau_weeks=tau_weeks)
        found = effect(drawn.form, drawn.dose, contrast=2.0, asked_again=False)
        for each, share in found.time_constants:
            for line, (least, below) in LIKELY.items():
                if least <= share < below:
                    rights[line].append(each == tau_weeks)
    return {
        f"simulated, −2 %, 104 weeks, each of four as often: {line}": float(np.mean(rights[line]))
        if rights[line]
        else np.nan
        for line in LIKELY
    }


def _prior(metric: str) -> NormalEffect:
    found = prior_for(metric, "strength", "sessions", 2.0)
    assert found is not None
    return found


def _holds(told: NormalEffect | None, truth: float) -> float:
    if told is None:
        return np.nan
    return float(abs(told.mean_percent - truth) <= NORMAL * told.sd_percent)


def beside(seed: int) -> Lines:
    """Take alone a dose that does nothing beside another, and two that are always done together."""
    lines = {}
    for name, kind, truth in (
        ("simulated, two doses that do nothing, 104 weeks, taken alone", "neither, 50 %", 0.0),
        ("simulated, both on the same days, one of them −4 %, 104 weeks, together", None, -4.0),
    ):
        pair = two_doses.PAIRS["technique −4 %, same days" if kind is None else kind]
        form_, strength, technique, runs = two_doses.two(seed, 104, pair)
        found = effect(form_, strength, contrast=2.0, runs=runs, beside=[technique])
        side = found.together if kind is None else found.alone
        lines[name] = (
            np.nan if side is None else float(side.low_percent <= truth <= side.high_percent)
        )
    return lines


def runner_segments(
    seed: int, n_runs: int = 60, exponent: float = -0.6, spread: float = 0.1, drifts: float = 0.03
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return segments of runs that differ in their slopes, their levels and their drifts an hour.

    Errors within a run are correlated by a half at 150 s; levels are of log contact time at
    3 m/s, half an hour into the run.
    """
    rng = np.random.default_rng([seed, 3])
    size, most = rng.integers(4, 20, n_runs), 20
    inside = np.arange(most) < size[:, None]
    speed = rng.normal(0, 0.06, (n_runs, 1)) + rng.normal(0, 0.05, (n_runs, most))
    hours = (420 + 150 * np.arange(most)) / 3600 - 0.5
    error = rng.normal(size=(n_runs, most))
    for place in range(1, most):
        error[:, place] = 0.5 * error[:, place - 1] + np.sqrt(0.75) * error[:, place]
    level = np.log(250) + rng.normal(0, 0.013, n_runs)
    drifted = 0.015 + rng.normal(0, drifts, n_runs)
    own = exponent + rng.normal(0, spread, n_runs)
    y = level[:, None] + own[:, None] * speed + drifted[:, None] * hours + 0.012 * error
    run, place = np.nonzero(inside)
    return (
        pd.DataFrame(
            {
                "run_id": [f"{number:04}" for number in run],
                "local_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(2 * run, "D"),
                "elapsed_s": 420.0 + 150.0 * place,
                "duration_s": 120.0,
                "speed_m_s": 3.0 * np.exp(speed[inside]),
                "ground_contact_ms": np.exp(y[inside]),
            }
        ),
        level,
        drifted,
    )


def slopes(seed: int) -> Lines:
    """Tell exponent, drift and levels of runs that differ in their slopes, and of few runs."""
    segments, level, drifted = runner_segments(seed)
    found = form(segments, speed_m_s=3.0)
    truth = level + 0.015 * (found.attrs["elapsed_s"] / 3600 - 0.5)
    off = (np.log(found["value"]) - truth) / (found["se"] / found["value"])
    each = drift(segments).set_index("run_id")
    own = 100 * np.exp(drifted[each.index.astype(int)])
    few, *_ = runner_segments(seed, n_runs=6)
    exponent, drift_held = _slopes_held(found)
    of_few = _slopes_held(form(few, speed_m_s=3.0))
    return {
        "exponent: simulated, 60 runs, slopes of runs ± 0.1 and ± 3 % an hour": exponent,
        "exponent: the same, 6 runs": of_few[0],
        "drift: the same, 60 runs": drift_held,
        "drift: the same, 6 runs": of_few[1],
        "level: the same, 60 runs": float((off.abs() <= NORMAL).mean()),
        "run's drift: the same, 60 runs": float(
            ((each["value"] - own).abs() <= NORMAL * each["se"]).mean()
        ),
    }


def _slopes_held(found: pd.DataFrame) -> tuple[float, float]:
    """Return whether the intervals of exponent and drift hold those of `runner_segments`."""
    (told,) = found.attrs["slopes"]
    return (
        float(told["exponent_low"] <= -0.6 <= told["exponent_high"]),
        float(told["drift_percent_per_hour_low"] <= 1.5 <= told["drift_percent_per_hour_high"]),
    )


def halves(seed: int) -> Lines:
    """Compare the slopes of halves of one real runner's runs, drawn at random."""
    segments = real_segments()
    lines = dict[str, float]()
    if not len(segments):
        return lines
    for place, indoor in (("outdoors", False), ("on a treadmill", True)):
        rows = segments[segments["device"].str.contains("treadmill") == indoor]
        runs = rows["run_id"].unique()
        drawn = np.random.default_rng([seed, 4]).permutation(runs)[: len(runs) // 2]
        one, other = (
            form(half, "cadence", speed_m_s=2.65).attrs["slopes"][0]
            for half in (rows[rows["run_id"].isin(drawn)], rows[~rows["run_id"].isin(drawn)])
        )
        for name, key in (("exponent", "exponent"), ("drift", "drift_percent_per_hour")):
            half, other_half = ((each[f"{key}_high"] - each[key]) for each in (one, other))
            lines[f"{name}: halves of {len(runs)} real runs {place}"] = float(
                abs(one[key] - other[key]) <= np.hypot(half, other_half)
            )
    return lines


@cache
def real_segments() -> pd.DataFrame:
    """Return one runner's real segments; empty where there are no real files."""
    with tempfile.TemporaryDirectory() as folder, closing(Library.open(folder)) as library:
        if files := longitudinal():
            library.add(files)
        return library.segments()


def critical(seed: int) -> Lines:
    """Tell critical speed from races over so many distances, each 1 % off at random."""
    rng = np.random.default_rng([seed, 5])
    speed, beyond = rng.uniform(3.0, 5.5), rng.uniform(100, 300)
    lines = {}
    for times in (1, 3):
        for distances in ((1_500.0, 3_000.0, 5_000.0), (800.0, 1_500.0, 3_000.0, 5_000.0)):
            distance = np.repeat(distances, times)
            time = (distance - beyond) / speed * np.exp(0.01 * rng.normal(size=len(distance)))
            found = critical_speed(distance, time)
            name = f"simulated, {len(distances)} distances, {_TIMES[times]}"
            if found is None or found.n_distances < 3:
                lines |= {name: np.nan, f"D': {name}": np.nan}
                continue
            wide = float(stdtrit(found.n_distances - 2, 0.975))
            lines[name] = float(abs(found.speed_m_s - speed) <= wide * found.speed_se)
            lines[f"D': {name}"] = float(abs(found.d_prime_m - beyond) <= wide * found.d_prime_se)
    return lines


#: Scatter of the usual simulated runner's races.
USUAL_SCATTER = 0.02
#: Runners whose races scatter more over longer distances, as published.
PUBLISHED = "30 races, scatter as published, form 3.2 %"
#: Runners whose races are told of: how many, and how they differ from the usual simulated runner,
#: whose scatter and form are smaller than those of most real ones.
FEW_RACES: Mapping[str, Mapping[str, Any]] = {"8 races": {"n_races": 8}}
RACERS: Mapping[str, Mapping[str, Any]] = {
    "30 races": {"n_races": 30},
    "30 races, scatter 4 % and form 3.2 %": {"scatter_pct": 4.0, "form_sd_pct": 3.2},
    PUBLISHED: {"form_sd_pct": 3.2},
}


def races(seed: int) -> Lines:
    """Tell the exponent of race times where it is drawn from the prior, and what was not raced."""
    return _told_of_races(seed, RACERS)


def few_races(seed: int) -> Lines:
    """Tell the same of runners with few races, of whom most never jogged one."""
    return _told_of_races(seed, FEW_RACES)


def _told_of_races(seed: int, racers: Mapping[str, Mapping[str, Any]]) -> Lines:
    rng = np.random.default_rng([seed, 6])
    more = rng.normal(0, 0.03)
    lines = {}
    for name, parameters in racers.items():
        drawn = simulate_races(seed, **parameters)
        rows, distance_m = drawn.races, drawn.races["distance_m"].to_numpy()
        longer = np.log(distance_m / 10_000.0)
        usual = drawn.level + EXPONENT * longer
        off = np.log(rows["time_s"].to_numpy()) - usual
        if name == PUBLISHED:
            scatter = race_noise(distance_m, vdot(10_000.0, USUAL_S))
            off *= np.where(drawn.jogged, 1.0, scatter / USUAL_SCATTER)
        found = race_results(rows.assign(time_s=np.exp(usual + more * longer + off)))
        lines[f"simulated, {name}"] = float(
            abs(found.exponent - EXPONENT - more) <= NORMAL * found.exponent_sd
        )
        told = found.raced.set_index("race_id").loc[rows["race_id"]]
        called = (told["raced"] < PROBABLY).to_numpy()
        held = (told["low_s"] <= np.exp(drawn.level)) & (np.exp(drawn.level) <= told["high_s"])
        lines |= {
            f"called not raced, and jogged: simulated, {name}": _share(drawn.jogged[called]),
            f"jogged, and called not raced: simulated, {name}": _share(called[drawn.jogged]),
            f"one race: simulated, called raced, {name}": _share(held.to_numpy()[~called]),
        }
    return lines


def courses(seed: int) -> Lines:
    """Tell how much slower the other kind of course is, of runners who go from trails to roads."""
    found = race_results(simulate_races(seed, from_trails=True).races).courses
    other = found[found["low_percent"].notna()]
    if not len(other):
        return {"simulated, 30 races, from trails to roads": np.nan}
    trails = float(np.log1p(TRAIL_PCT[0] / 100))
    truth = 100 * np.expm1(trails if other["course"].iloc[0] == "trail" else -trails)
    low, high = other[["low_percent", "high_percent"]].iloc[0]
    return {"simulated, 30 races, from trails to roads": float(low <= truth <= high)}


def _share(right: np.ndarray) -> float:
    return float(right.mean()) if len(right) else np.nan


#: What is new, how often in two years, the share of it with which form steps, and how many steps
#: in two years are the runner's own: judgements of this project.
NEW = (
    ("device", 1, 0.2, 2.0),
    ("device", 1, 0.5, 1.0),
    ("device", 1, 0.8, 1.0),
    ("firmware", 8, 0.05, 1.0),
    ("shoe", 4, 0.1, 1.0),
)
#: Smallest and largest of these steps, %.
NEW_PERCENT = (3.0, 8.0)
_WATCHES = "simulated, one new watch in two years, of which 20, 50 or 80 % step"
#: What is said of new equipment near a step, whether it is then the reason, and of what it is said.
CALLED = {
    "likely the device": (True, _WATCHES),
    "perhaps the device": (True, _WATCHES),
    "perhaps the firmware": (True, "simulated, new eight times in two years, of which 5 % step"),
    "perhaps the shoes": (True, "simulated, new four times in two years, of which 10 % step"),
    "hardly the reason": (False, "simulated, new watches, firmware and shoes"),
}


def equipment(seed: int) -> Lines:
    """Tell what steps came from, where equipment is new and runners step by themselves."""
    rights: dict[str, list[float]] = {}
    for place, new in enumerate(NEW):
        for words, of_new in _called(seed + 1_000_000 * place, *new):
            is_it, what = CALLED[words]
            line = f"'{words}', and it is{'' if is_it else ' not'}: {what}"
            rights.setdefault(line, []).append(float(of_new == is_it))
    return {line: float(np.mean(each)) for line, each in rights.items()}


def _called(
    seed: int, kind: str, n_new: int, of_these: float, n_own: float
) -> Iterator[tuple[str, bool]]:
    """Yield what is said of each step that has something new near, and if it came with that."""
    rng = np.random.default_rng([seed, 10])
    form_ = simulate_form(seed, weeks=104).form
    days = form_["local_date"].to_numpy()
    steps = list[tuple[datetime.date, bool]]()
    log, version = np.zeros(len(days)), np.zeros(len(days), dtype=np.int64)
    for is_new, n in ((True, n_new), (False, rng.poisson(n_own))):
        for at in rng.choice(days, n):
            version += is_new & (days >= at)
            percent = rng.choice((-1.0, 1.0)) * rng.uniform(*NEW_PERCENT)
            if not is_new or rng.random() < of_these:
                log += np.log1p(percent / 100) * (days >= at)
                steps.append((pd.Timestamp(at).date(), is_new))
    names = [f"Simulated {kind} {number}" for number in version]
    stepped = form_.assign(value=form_["value"] * np.exp(log), **{kind: names})
    for point in change_points(stepped).points:
        apart = [(abs((date - point.date).days), is_new) for date, is_new in steps]
        of_new = any(is_new for days_apart, is_new in sorted(apart)[:1] if days_apart <= NEAR_DAYS)
        for words in CALLED:
            if words in point.reason:
                yield words, of_new


def trends(seed: int) -> Lines:
    """Tell the band, the step of a new watch, and the level of runs on a treadmill."""
    drawn = simulate_form(seed, weeks=104, device_step_pct=4.0, slowdown_m_s=0.0)
    found = trend(drawn.form)
    step = found.device_steps[-1] if found.device_steps else None
    week = (found.weekly["week"] - drawn.dose["local_date"].min()).dt.days.to_numpy() // 7
    inside = (week >= 0) & (week < 104)
    truth = 260 * np.exp(drawn.truth.process_pct[week[inside]] / 100)
    low, high = (found.weekly[name].to_numpy()[inside] for name in ("low", "high"))
    apart = simulate_form(seed, weeks=104, treadmill_pct=-7.0, treadmill_from=0.75)
    other = trend(apart.form).set_apart
    treadmill = np.nan
    if other is not None and np.isfinite(other.low):
        level = 250 * 0.93 * np.exp(apart.truth.process_pct[-1] / 100)
        treadmill = float(other.low <= level <= other.high)
    return {
        "band: simulated, 104 weeks, mean over weeks": float(
            np.mean((low <= truth) & (truth <= high))
        ),
        "device step: simulated, a new watch that reads +4 %, 104 weeks": (
            np.nan
            if step is None
            else float(step.percent_low <= WATCH_PERCENT <= step.percent_high)
        ),
        "other kind: simulated, the last 26 of 104 weeks on a treadmill": treadmill,
    }


#: Runners whose last weeks are on a treadmill that reads −7 %: parameters, drift of form, weeks,
#: and weeks on the treadmill. The drift is in percent a year.
WINTERS: Mapping[str, tuple[Mapping[str, Any], float, int, int]] = {
    "52 weeks, the last 16 on a treadmill": ({}, 0.0, 52, 16),
    "52 weeks, drift 4 % a year, the last 16 on a treadmill": ({}, 4.0, 52, 16),
    "104 weeks, the last 16 on a treadmill": ({}, 0.0, 104, 16),
    "104 weeks, ρ 0.95, the last 16 on a treadmill": ({"rho": 0.95}, 0.0, 104, 16),
}


def winter(seed: int) -> Lines:
    """Tell the level outdoors after weeks on a treadmill; each cell has its own runners."""
    return {
        f"now: simulated, {name}": _now_outdoors(seed + 840_000 + 1_000 * place, *cell)
        for place, (name, cell) in enumerate(WINTERS.items())
    }


def _now_outdoors(
    seed: int,
    parameters: Mapping[str, Any],
    drift_percent: float,
    weeks: int,
    winter_weeks: int,
) -> float:
    begun = weeks - winter_weeks
    drawn = simulate_form(
        seed,
        weeks=weeks,
        slowdown_m_s=0.0,
        treadmill_pct=-7.0,
        treadmill_from=begun / weeks,
        **parameters,
    )
    week = ((drawn.form["local_date"] - drawn.dose["local_date"].min()).dt.days // 7).to_numpy()
    truth = drawn.truth.process_pct / 100 + np.arange(weeks) * drift_percent / 5200
    moved = np.exp(drift_percent / 5200 * week)
    told = kind_told(drawn.form.assign(value=drawn.form["value"] * moved))
    carried = carried_level(by_week(told.form), told, 0.95)
    if carried is None:
        return np.nan
    low, high = (carried.fit.last.quantile(each) for each in (0.025, 0.975))
    return float(low <= np.log(250) + truth[week[-1]] <= high)


#: Steepest grade of each run of runners who live among hills, %: lowest and highest.
AMONG_HILLS = (3.0, 12.0)


def hilly(seed: int) -> Lines:
    """Tell grade-adjusted levels of runners who run among hills alone, from their samples."""
    runner = Runner(slowdown_m_s=0.0)
    # The same weeks, without what single days add; each part of a runner is drawn by itself.
    weekly = replace(runner, cadence_day_sd_pct=0.0, contact_day_sd_pct=0.0, runs_per_week=(1, 1))
    with mock.patch.multiple(training, HILLY_SHARE=1.0, HILLY_PCT=AMONG_HILLS):
        drawn = simulate_runner(seed, weeks=26, runner=runner)
    of_weeks = simulate_runner(seed, weeks=26, runner=weekly).truth.runs.iloc[-1]
    of_runs = drawn.truth.runs.set_index("run_id")
    graded = steady_segments(drawn.samples, drawn.runs, grade_adjusted=True)
    lines = {}
    for name, column, drift_percent in (
        ("cadence", "cadence_spm", runner.cadence_drift_pct_per_h),
        ("contact time", "ground_contact_ms", runner.contact_drift_pct_per_h),
    ):
        metric = f"{name.replace(' ', '-')}-grade-adjusted"
        told = form(graded, metric, runner.reference_speed_m_s, runs=drawn.runs)
        drifted = np.exp(drift_percent / 100 * told.attrs["elapsed_s"] / 3600)
        told = told[told["kind"] != "treadmill"]
        found = trend(told)
        off = told["value"] - drifted * of_runs.loc[told["run_id"], column].to_numpy()
        lines |= {
            f"now: simulated samples, 26 weeks, hills of 3 to 12 %, grade-adjusted {name}": float(
                found.low <= drifted * of_weeks[column] <= found.high
            ),
            f"level: simulated samples, hills of 3 to 12 %, grade-adjusted {name}, GPS 0.4 % off "
            "over each run": float((off.abs() <= NORMAL * told["se"]).mean()),
        }
    return lines


def found_effect(seed: int) -> Lines:
    """Give a runner an effect as large as what is said to be found, with one of four constants."""
    tau_weeks, _ = TIME_CONSTANTS[seed % len(TIME_CONSTANTS)]
    lines = {}
    for weeks in (52, 104):
        plain = simulate_form(seed, weeks=weeks)
        told = effect(plain.form, plain.dose, what="strength")
        moved_by = simulate_form(
            seed, weeks=weeks, effect_pct=-told.detectable_percent, tau_weeks=tau_weeks
        )
        found = effect(moved_by.form, moved_by.dose, what="strength")
        name = f"would be found: simulated, time constant 1.5, 3, 6 or 10, {weeks} weeks"
        lines[name] = float(found.percent_high < 0)
    return lines


def found_before_after(seed: int) -> Lines:
    """Put in a step as large as what is said to be found with 80 % chance."""
    lines = {}
    for kind in ("nothing", "nothing, rho 0.5", "nothing, rho 0.95"):
        plain, at, _ = moved(seed, kind, 104)
        told = before_after(plain, at)
        later = np.where(plain["local_date"].dt.date >= at, 1 + told.detectable_percent / 100, 1.0)
        found = before_after(plain.assign(value=plain["value"] * later), at)
        name = kind.removeprefix("nothing").removeprefix(", ") or "rho 0.8"
        lines[f"would be found: simulated, {name}"] = float(found.percent_low > 0)
        lines[f"placebo dates p < 0.05: simulated, {name}"] = (
            float(told.placebo_p_value < 0.05) if told.n_placebos else np.nan
        )
    return lines


def checked(seed: int) -> Lines:
    """Check an effect that is none: intervals should hold 0."""
    drawn = simulate_form(seed, weeks=52)
    control = simulate_form(seed + 1_000_000, weeks=52).dose
    told = checks(drawn.form, drawn.dose, controls={"upper body": control}).checks
    lines = {}
    for each in told:
        name = each.name.split(":")[0]
        if np.isfinite(each.percent_low):
            lines[f"{name}, interval: simulated, no effect, 52 weeks"] = float(
                each.percent_low <= 0 <= each.percent_high
            )
        if np.isfinite(each.p_value):
            lines[f"{name}, p < 0.05: simulated, no effect, 52 weeks"] = float(each.p_value < 0.05)
    return lines


def robust(seed: int) -> Lines:
    """Leave out a known confounder, weaker than the robustness value: the sign should hold."""
    rng = np.random.default_rng([seed, 7])
    n = 60
    confounder = rng.normal(size=n)
    dose = rng.normal(size=n) + rng.uniform(0, 1.5) * confounder
    response = rng.uniform(-0.5, 0.5) * dose + rng.uniform(-1.5, 1.5) * confounder
    response += rng.normal(size=n)
    without, t, df = _regression(response, dose)
    held, *_ = _regression(response, dose, confounder)
    _, t_form, df_form = _regression(response, confounder, dose)
    _, t_dose, df_dose = _regression(dose, confounder)
    strength = [t_form**2 / (t_form**2 + df_form), t_dose**2 / (t_dose**2 + df_dose)]
    weaker = max(strength) < robustness_value(t, df)
    return {
        "weaker than it, and the sign holds: regressions whose confounder is known": (
            float(held * without > 0) if weaker else np.nan
        ),
    }


def _regression(y: np.ndarray, x: np.ndarray, *others: np.ndarray) -> tuple[float, float, int]:
    """Return slope, its t, and degrees of freedom."""
    design = np.column_stack([x, *others, np.ones(len(y))])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    df = len(y) - design.shape[1]
    error = np.sqrt(np.sum((y - design @ beta) ** 2) / df * inverse[0, 0])
    return float(beta[0]), float(beta[0] / error), df


def trial(seed: int) -> Lines:
    """Try the claims on a runner for whom none is true: intervals should hold 0."""
    drawn = simulate_claims(seed, weeks=104)
    tables = RunnerTables(
        drawn.segments, drawn.runs, drawn.sessions, drawn.sets, drawn.races, drawn.spans
    )
    held = [
        each.low_percent <= 0 <= each.high_percent
        for each in claims_on_trial(tables).verdicts
        if each.id not in (ALWAYS, NOTHING) and np.isfinite(each.low_percent)
    ]
    return {"simulated, no claim is true, 104 weeks": float(np.mean(held))}


def kept(seed: int) -> Lines:
    """Score a log of drills in a known share of the weeks."""
    rng = np.random.default_rng([seed, 8])
    n_weeks = int(rng.integers(10, 60))
    done = np.flatnonzero(rng.random(n_weeks) < rng.uniform(0, 1))
    first = pd.Timestamp("2024-01-01")
    sessions = pd.DataFrame(
        {
            "session_id": [f"{week}" for week in done],
            "local_date": first + pd.to_timedelta(7 * done + rng.integers(0, 7, len(done)), "D"),
            "kind": "technique",
        }
    ).astype({"session_id": "str", "kind": "str"})
    names = [f"{name}" for name in ("A skips", "high skipping", "butt kicks")]
    found = [match(name).movement for name in names]
    sets = pd.DataFrame({"session_id": sessions["session_id"], "movement": found[seed % 3]})
    last = first + pd.Timedelta(days=7 * n_weeks - 1)
    spans = pd.DataFrame({"what": ["technique"], "first_date": [first], "last_date": [last]})
    told = adherence(sessions, sets, "technique_drills", spans=spans)["score"].mean()
    return {
        "simulated logs of drills in a known share of 10 to 59 weeks": float(
            abs(told - len(done) / n_weeks) < 0.01
        )
    }


def misspelt(seed: int) -> Lines:
    """Match a name that a person has read with one letter wrong, and once as it was logged."""
    rng = np.random.default_rng([seed, 9])
    names = _names()
    name, meant = names[seed % len(names)]
    lines = dict.fromkeys((each for bands in SCORES.values() for each in bands), np.nan)
    tries = {"one letter wrong": _with_mistake(name, rng)}
    if seed < SEED + len(names):
        tries["as logged"] = name
    for what, logged in tries.items():
        found = match(logged)
        for line, (least, below) in SCORES[what].items():
            if found.movement is not None and least <= found.score < below:
                lines[line] = float(found.movement == meant)
    return lines


@cache
def _names() -> list[tuple[str, str]]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        rows = [(row["name_as_logged"], row["movement"]) for row in csv.DictReader(file)]
    return [(name, movement) for name, movement in rows if len(name) >= 7]


def _with_mistake(name: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(1, len(name)))
    letter = str(rng.choice(list(string.ascii_lowercase)))
    kept = int(rng.integers(0, 2))
    return name[:place] + letter + name[place + kept :]


#: What `--measure` runs, by name.
MEASURES: Mapping[str, Callable[[int], Lines]] = {
    measure.__name__: measure
    for measure in (
        *(
            enough,
            posterior,
            constants,
            beside,
            slopes,
            halves,
            critical,
            races,
            few_races,
            courses,
        ),
        *(equipment, trends, winter, hilly, found_effect, found_before_after, checked, robust),
        *(trial, kept, misspelt),
    )
}
