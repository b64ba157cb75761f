"""Form and dose of a runner with a known truth, drawn within a millisecond.

What is assumed:

1. Log form is a sum: a base, the effect of exposure, a weekly process with memory, a season,
   a step with a new watch, fatigue from a session in the two days before, and a day's noise.
2. Strength comes in phases of several weeks, on and off, about two sessions a week while on.
   The runner had phases before the log begins, too, and is still exposed to them. Form does
   not change training, unless `follows` is given.
3. In strength phases runs are slower. The raw metric therefore moves with the phases; form
   at the reference speed keeps only what a slope attenuated by speed error leaves over.
4. Runs that come without samples have a standard error several times that of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from runanalytics.arrays import Booleans, Floats
from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.simulate.weeks import (
    GAP_WEEKS,
    PATTERNS,
    PHASE_WEEKS,
    PROCESSES,
    Pattern,
    Process,
    drawn_days,
    trained,
    weekly_process,
)

#: Weeks of training before the log begins.
HISTORY_WEEKS = 26
#: Sessions in a week of a strength phase, and how often each number happens: 2 on average.
SESSIONS_PER_WEEK = (1, 2, 3)
SESSIONS_SHARE = (0.15, 0.70, 0.15)
#: Mean speed of runs, and its standard deviation from run to run, m/s.
USUAL_SPEED_M_S = 3.0
SPEED_SD_M_S = 0.35
#: Exponent of contact time on speed, and what is estimated of it when speed has GPS error.
SPEED_EXPONENT = -0.60
ATTENUATED_EXPONENT = -0.57
#: Standard error of a run's form as a share of the day's noise, lowest and highest.
SE_SHARE = (0.15, 0.45)
#: The same of a run that comes without samples.
SUMMARY_SE_SHARE = (1.5, 3.0)
#: Chance that a session is skipped after a week of usual form, where training depends on form.
USUALLY_SKIPPED = 0.15
#: Mean distance of a run, m, its coefficient of variation, and how much shorter runs are in
#: strength phases.
RUN_M, RUN_CV, SHORTENED = 9000.0, 0.35, 0.25
#: Mean temperature, half the yearly wave, and standard deviation from day to day, degrees C.
USUAL_C, SUMMER_C, DAY_C = 11.0, 9.0, 4.0
#: Names of the watches before and after a change.
DEVICES = ("Simulated watch A", "Simulated watch B")
#: What a device's name gains on a treadmill, where it measures by other means.
TREADMILL = " (treadmill)"


@dataclass(frozen=True)
class FormTruth:
    """The truth behind a simulated form.

    Parameters
    ----------
    effect_pct : float
        Change of the metric that `contrast` sessions a week, held long, cause, %.
    contrast : float
        Sessions a week.
    tau_weeks : float
        Time constant of the exposure, weeks.
    exposure_per_week : ndarray, shape (n_days,)
        True exposure on each day of the logged span, 1/week.
    in_phase : ndarray of bool, shape (n_weeks,)
        Whether a week was one of a strength phase.
    process_pct : ndarray, shape (n_weeks,)
        The weekly process with memory, %.
    device_step_pct : float
        Step of the metric with the new watch, %.
    """

    effect_pct: float
    contrast: float
    tau_weeks: float
    exposure_per_week: Floats
    in_phase: Booleans
    process_pct: Floats
    device_step_pct: float


@dataclass(frozen=True)
class SimulatedForm:
    """Form and dose of a simulated runner, and the truth behind them.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run, at the reference speed.
    dose : DataFrame
        Table "dose", strength sessions on each day of the log.
    truth : FormTruth
        The truth behind them.
    runs : DataFrame
        run_id, local_date, raw_value (the metric at the speed of the run, which a naive
        analysis would take), speed_m_s, distance_m; rows as in `form`.
    """

    form: pd.DataFrame
    dose: pd.DataFrame
    truth: FormTruth
    runs: pd.DataFrame


def simulate_form(
    seed: int | np.random.SeedSequence,
    *,
    weeks: int = 104,
    effect_pct: float = 0.0,
    contrast: float = 2.0,
    tau_weeks: float = 3.0,
    rho: float = 0.8,
    ar_sd_pct: float = 1.0,
    process: Process = "ar1",
    day_sd_pct: float = 1.3,
    student_df: float | None = None,
    runs_per_week: tuple[int, int] = (3, 5),
    missing_weeks: float = 0.0,
    slowdown_m_s: float = 0.15,
    acute_pct: float = 0.0,
    season_pct: float = 0.0,
    device_step_pct: float = 0.0,
    device_step_at: float = 0.5,
    device_named: bool = True,
    device_noise: float = 1.0,
    treadmill_pct: float | None = None,
    treadmill_from: float = 0.7,
    pattern: Pattern = "phases",
    phase_weeks: tuple[int, int] = PHASE_WEEKS,
    gap_weeks: tuple[int, int] = GAP_WEEKS,
    follows: float = 0.0,
    delay_weeks: int = 0,
    distance_pct: float = 0.0,
    heat_pct: float = 0.0,
    summaries: float = 0.0,
    slope_estimated: float = ATTENUATED_EXPONENT,
    base: float = 250.0,
    metric: str = "ground_contact_ms",
    unit: str = "ms",
    start: str = "2024-01-01",
) -> SimulatedForm:
    """Draw a runner's form at the reference speed and strength dose, with a known effect.

    Parameters
    ----------
    seed : int or SeedSequence
        The same seed and parameters give the same frames.
    weeks : int
        Length of the log, weeks.
    effect_pct : float
        True change that `contrast` sessions a week, held long, cause, %.
    contrast : float
        Sessions a week that `effect_pct` is for.
    tau_weeks : float
        Time constant with which the effect builds up and fades, weeks.
    rho : float
        Correlation of the weekly process from one week to the next, at least 0 and below 1.
    ar_sd_pct : float
        Standard deviation of the weekly process, %. A random walk takes steps as large as
        those of the AR(1) process with this `rho` and standard deviation.
    process : {"ar1", "ar2", "random_walk", "arma"}
        Kind of weekly process; "ar2" has the same correlation `rho` at one week.
    day_sd_pct : float
        Standard deviation from day to day at a fixed speed, measurement included, %.
    student_df : float, optional
        Degrees of freedom of Student's t for the day's noise, above 2; its standard deviation
        stays `day_sd_pct`. None is the normal distribution.
    runs_per_week : tuple of int
        Fewest and most runs in a week.
    missing_weeks : float
        Share of the weeks without a run, in gaps of one to four weeks.
    slowdown_m_s : float
        How much slower runs are in strength phases, m/s.
    acute_pct : float
        Change on a run with a strength session on one of the two days before, %.
    season_pct : float
        Amplitude of a yearly wave, %; its phase is drawn.
    device_step_pct : float
        Step with a new watch, %.
    device_step_at : float
        When the new watch came, as a share of the log.
    device_named : bool
        Whether the new watch has a name of its own. Otherwise its step is hidden.
    device_noise : float
        Standard deviation of the day's noise with the new watch over that with the old one.
    treadmill_pct : float, optional
        How much higher the metric reads on a treadmill, %; None is a runner without one.
    treadmill_from : float
        When the runner moved to the treadmill, as a share of the log.
    pattern : {"phases", "irregular", "once", "winter"}
        When there is strength: see `weeks.trained`.
    phase_weeks, gap_weeks : tuple of int
        Shortest and longest, weeks, where the pattern is "phases".
    follows : float
        How much training depends on form: by how many standard deviations the inclination to
        skip a session rises when the weekly process of the week before was one standard
        deviation higher. 0 is not at all.
    delay_weeks : int
        Time before a session begins to have its effect, weeks.
    distance_pct : float
        Change of form in a week of twice the usual distance, %.
    heat_pct : float
        Change per 10 degrees C of the run's temperature, %; where it is not 0, `form` has it.
    summaries : float
        Share of the runs that come without samples.
    slope_estimated : float
        Exponent of the metric on speed with which form was brought to the reference speed;
        the true one is −0.60.
    base : float
        The metric at the reference speed without any of this, in its unit.
    metric, unit : str
        Name and unit of the metric in `form`.
    start : str
        First day of the log, ISO; a Monday.

    Returns
    -------
    SimulatedForm
        Form, dose, truth, and the raw values that a naive analysis would take.

    Raises
    ------
    UsageError
        If a parameter is outside what it may be.

    Notes
    -----
    Day-to-day standard deviation 1.3 % and the slope's attenuation by GPS error from −0.60 to
    −0.57 are this project's own starting values; the exponent of contact time on speed is a
    typical value, assumed.

    Examples
    --------
    >>> drawn = simulate_form(7, weeks=52, effect_pct=-2.0)
    >>> len(drawn.dose), drawn.form["value"].between(230, 270).all()
    (364, np.True_)
    """
    _require(weeks >= 1, f"{weeks} weeks", "at least 1")
    _require(process in PROCESSES, f"process '{process}'", ", ".join(PROCESSES))
    _require(0 <= rho < 1, f"rho of {rho}", "at least 0 and below 1")
    _require(student_df is None or student_df > 2, f"student_df of {student_df}", "above 2")
    _require(0 <= missing_weeks < 1, f"missing_weeks of {missing_weeks}", "at least 0 and below 1")
    fewest, most = runs_per_week
    _require(0 <= fewest <= most <= 7, f"runs_per_week of {runs_per_week}", "0 to 7, ascending")
    _require(effect_pct > -100, f"effect_pct of {effect_pct}", "above -100")
    _require(pattern in PATTERNS, f"pattern '{pattern}'", ", ".join(PATTERNS))
    for name, (shortest, longest) in (("phase_weeks", phase_weeks), ("gap_weeks", gap_weeks)):
        _require(0 < shortest <= longest, f"{name} of {shortest, longest}", "above 0, ascending")
    _require(0 <= summaries <= 1, f"summaries of {summaries}", "0 to 1")
    in_history = 0 <= delay_weeks <= HISTORY_WEEKS
    _require(in_history, f"a delay of {delay_weeks} weeks", f"0 to {HISTORY_WEEKS}")

    rng = np.random.default_rng(seed)
    lived = HISTORY_WEEKS + weeks
    in_phase = trained(
        rng, HISTORY_WEEKS, weeks, pattern=pattern, phase_weeks=phase_weeks, gap_weeks=gap_weeks
    )
    sessions = rng.choice(SESSIONS_PER_WEEK, size=lived, p=SESSIONS_SHARE) * in_phase
    amount = drawn_days(rng, sessions).astype(np.float64)
    weekly = weekly_process(rng, lived, sd=ar_sd_pct, rho=rho, process=process)
    if follows:
        amount *= ~_skipped(rng, weekly / ar_sd_pct, follows)
    remembered = exposure(amount, tau_weeks)
    if delay_weeks:
        remembered = np.concatenate([np.zeros(7 * delay_weeks), remembered[: -7 * delay_weeks]])

    ran = drawn_days(rng, rng.integers(fewest, most, size=weeks, endpoint=True))
    ran &= ~np.repeat(_missing(rng, weeks, missing_weeks), 7)
    days = np.flatnonzero(ran)
    lived_days = days + 7 * HISTORY_WEEKS
    lived_weeks = lived_days // 7

    speed = USUAL_SPEED_M_S + SPEED_SD_M_S * rng.standard_normal(len(days))
    speed = np.maximum(speed - slowdown_m_s * in_phase[lived_weeks], 1.5)
    log_speed = np.log(speed / USUAL_SPEED_M_S)
    sampled = np.ones(len(days), dtype=np.bool_)
    if summaries:
        sampled = rng.random(len(days)) >= summaries
    se_pct, noise_pct = _day_noise(rng, sampled, day_sd_pct, student_df)
    tired = (amount[lived_days - 1] > 0) | (amount[lived_days - 2] > 0)
    renewed = days >= device_step_at * 7 * weeks
    indoors = np.zeros(len(days), dtype=np.bool_)
    if treadmill_pct is not None:
        indoors = days >= treadmill_from * 7 * weeks
    begun = 0.25 if pattern == "winter" else rng.random()
    season = np.sin(2 * np.pi * (days / 365.25 + begun))
    duration = 60.0 * rng.uniform(25, 75, len(days))
    temperature = np.full(len(days), np.nan)
    if heat_pct:
        summer = -np.cos(2 * np.pi * (days - 20) / 365.25)
        temperature = USUAL_C + SUMMER_C * summer + DAY_C * rng.standard_normal(len(days))
    shorter = 1 - SHORTENED * in_phase[lived_weeks]
    distance = np.asarray(duration * speed, dtype=np.float64)
    if distance_pct:
        drawn_m = RUN_M * shorter * np.exp(RUN_CV * rng.standard_normal(len(days)))
        distance = np.asarray(drawn_m, dtype=np.float64)
    week_m = np.bincount(days // 7, distance, weeks)[days // 7]

    log_true = (
        np.log(base)
        + np.log1p(effect_pct / 100) / contrast * remembered[lived_days]
        + weekly[lived_weeks] / 100
        + acute_pct / 100 * tired
        + season_pct / 100 * season
        + device_step_pct / 100 * renewed
        + np.log1p((treadmill_pct or 0.0) / 100) * indoors
        + distance_pct / 100 * np.log2(week_m / (RUN_M * np.mean(runs_per_week)))
        + heat_pct / 1000 * np.nan_to_num(temperature - USUAL_C)
        + np.where(renewed, device_noise, 1.0) * noise_pct / 100
    )
    log_raw = log_true + SPEED_EXPONENT * log_speed
    value = np.exp(log_raw - slope_estimated * log_speed)

    first = np.datetime64(start, "us")
    dates = first + days * np.timedelta64(1, "D")
    run_ids = pd.array([f"simulated-{day:04d}" for day in days.tolist()], dtype="str")
    changed = device_step_pct != 0 or device_noise != 1
    named = renewed & changed & device_named
    form = pd.DataFrame(
        {
            "run_id": run_ids,
            "local_date": dates,
            "value": value,
            "se": value * se_pct / 100,
            "mean_speed_m_s": speed,
            "duration_s": duration,
            "temperature_c": temperature,
            "device": pd.array(
                [
                    DEVICES[new] + TREADMILL * inside
                    for new, inside in zip(named.tolist(), indoors.tolist(), strict=True)
                ],
                dtype="str",
            ),
            "firmware": pd.array([None] * len(days), dtype="str"),
            "shoe": pd.array([None] * len(days), dtype="str"),
            "kind": pd.array(np.where(indoors, "treadmill", "outdoor"), dtype="str"),
            "detail": pd.array(np.where(sampled, "samples", "summary"), dtype="str"),
        }
    )
    form.attrs = {"metric": metric, "unit": unit, "speed_m_s": USUAL_SPEED_M_S, "excluded": []}
    logged = slice(7 * HISTORY_WEEKS, None)
    dose = pd.DataFrame(
        {
            "local_date": first + np.arange(7 * weeks) * np.timedelta64(1, "D"),
            "amount": amount[logged],
        }
    )
    dose.attrs = {"what": "strength", "measure": "sessions"}
    runs = pd.DataFrame(
        {
            "run_id": run_ids,
            "local_date": dates,
            "raw_value": np.exp(log_raw),
            "speed_m_s": speed,
            "distance_m": distance,
        }
    )
    truth = FormTruth(
        effect_pct=effect_pct,
        contrast=contrast,
        tau_weeks=tau_weeks,
        exposure_per_week=remembered[logged],
        in_phase=in_phase[HISTORY_WEEKS:],
        process_pct=weekly[HISTORY_WEEKS:],
        device_step_pct=device_step_pct,
    )
    return SimulatedForm(form, dose, truth, runs)


def _require(holds: bool, found: str, expected: str) -> None:
    if not holds:
        raise UsageError(f"cannot simulate {found}", hint=f"expected: {expected}")


def _missing(rng: np.random.Generator, weeks: int, share: float) -> Booleans:
    missing = np.zeros(weeks, dtype=np.bool_)
    while missing.sum() < round(share * weeks):
        begin = int(rng.integers(weeks))
        missing[begin : begin + int(rng.integers(1, 5))] = True
    return missing


def _skipped(rng: np.random.Generator, form: Floats, follows: float) -> Booleans:
    """Return on which days a session is skipped, given the weekly process in its own deviations."""
    before = np.repeat(np.concatenate([form[:1], form[:-1]]), 7)
    return np.asarray(ndtri(USUALLY_SKIPPED) + follows * before > rng.standard_normal(len(before)))


def _day_noise(
    rng: np.random.Generator,
    sampled: Booleans,
    sd_pct: float,
    student_df: float | None,
) -> tuple[Floats, Floats]:
    """Return each run's standard error, and noise of that error and of the day together, in %."""
    low, high = SE_SHARE
    n_runs = len(sampled)
    drawn = rng.uniform(0, 1, n_runs)
    least, most = np.where(sampled[:, None], SE_SHARE, SUMMARY_SE_SHARE).T
    se = sd_pct * (least + (most - least) * drawn)
    mean_se_squared = (low**2 + low * high + high**2) / 3 * sd_pct**2
    sd = np.sqrt(sd_pct**2 - mean_se_squared + se**2)
    if student_df is None:
        return se, sd * rng.standard_normal(n_runs)
    return se, sd * rng.standard_t(student_df, n_runs) * np.sqrt(1 - 2 / student_df)
