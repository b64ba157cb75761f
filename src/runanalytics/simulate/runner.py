"""The parameters of a simulated runner, and everything that a watch and a log would hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.simulate.form import DEVICES
from runanalytics.simulate.sessions import Session


@dataclass(frozen=True)
class Training:
    """A kind of training: when it is done, and its true effects.

    Parameters
    ----------
    per_week : float
        Sessions a week while it is done.
    cadence_pct, contact_pct, race_time_pct : float
        Change that `contrast` sessions a week, held long, cause, %.
    contrast : float
        Sessions a week that these changes are for.
    tau_weeks : float
        Time constant with which the changes build up and fade, weeks.
    blocks : tuple of (int, int), optional
        First and last week of each block, from 0; by default they are drawn.
    sessions : tuple of Session
        What is done in a session: these in turn; by default `GYM` or `DRILLS`. Effects are those
        of sessions, whatever is done in them.
    """

    per_week: float
    cadence_pct: float = 0.0
    contact_pct: float = 0.0
    race_time_pct: float = 0.0
    contrast: float = 2.0
    tau_weeks: float = 4.0
    blocks: tuple[tuple[int, int], ...] | None = None
    sessions: tuple[Session, ...] = ()


STRENGTH = Training(per_week=2.5, contact_pct=-3.0, race_time_pct=-1.5)
TECHNIQUE = Training(per_week=2.25, cadence_pct=2.0)


@dataclass(frozen=True)
class Runner:
    """True parameters of a simulated runner.

    Parameters
    ----------
    reference_speed_m_s : float
        Speed at which the next two hold, m/s.
    cadence_spm, ground_contact_ms : float
        Steps per minute of both feet, and contact time per step, ms, on the flat, at the
        start of a run, without training or noise.
    cadence_exponent, contact_exponent : float
        d log metric / d log speed.
    cadence_drift_pct_per_h, contact_drift_pct_per_h : float
        Change within a run, %/h.
    cadence_grade_pct : float
        Change of cadence per percent of grade, %.
    cadence_day_sd_pct, contact_day_sd_pct : float
        Standard deviation from day to day, %.
    cadence_week_sd_pct, contact_week_sd_pct : float
        Standard deviation of the weekly fluctuations, %.
    week_rho : float
        Their correlation from one week to the next.
    strength, technique : Training
        Gym work and running drills.
    easy_speed_m_s : float
        Speed of easy running, m/s.
    slowdown_m_s : float
        How much slower runs are in weeks of a strength block, m/s.
    runs_per_week : tuple of int
        Fewest and most runs in a week.
    missing_weeks : tuple of int
        Weeks without training, from 0.
    race_weeks : int
        Weeks from one race to the next.
    race_5k_s : float
        Time over 5 km at the beginning, s.
    race_gain_pct_per_year : float
        Change of race times over the years without training, %/year.
    race_sd_pct : float
        Standard deviation from race to race, %.
    speed_error_pct : float
        Standard deviation of the watch's speed from instant to instant, %.
    treadmill_speed_pct : float
        Error of the watch's speed on a treadmill, %.
    dynamics_week : int
        Week from which contact time is recorded, from 0.
    new_watch_week : int, optional
        Week from which the second watch records.
    new_watch_contact_pct, new_watch_cadence_pct : float
        Step that the second watch shows, %.
    devices : tuple of str
        Names of the watches.
    """

    reference_speed_m_s: float = 3.0
    cadence_spm: float = 166.0
    ground_contact_ms: float = 262.0
    cadence_exponent: float = 0.28
    contact_exponent: float = -0.62
    cadence_drift_pct_per_h: float = -0.8
    contact_drift_pct_per_h: float = 1.5
    cadence_grade_pct: float = 0.5
    cadence_day_sd_pct: float = 0.9
    contact_day_sd_pct: float = 1.3
    cadence_week_sd_pct: float = 0.5
    contact_week_sd_pct: float = 0.7
    week_rho: float = 0.8
    strength: Training = STRENGTH
    technique: Training = TECHNIQUE
    easy_speed_m_s: float = 2.95
    slowdown_m_s: float = 0.12
    runs_per_week: tuple[int, int] = (2, 4)
    missing_weeks: tuple[int, ...] = ()
    race_weeks: int = 9
    race_5k_s: float = 1_330.0
    race_gain_pct_per_year: float = -1.5
    race_sd_pct: float = 1.3
    speed_error_pct: float = 3.0
    treadmill_speed_pct: float = 4.0
    dynamics_week: int = 0
    new_watch_week: int | None = None
    new_watch_contact_pct: float = 2.0
    new_watch_cadence_pct: float = 0.0
    devices: tuple[str, str] = DEVICES

    def __post_init__(self) -> None:
        low, high = self.runs_per_week
        if not 0 <= low <= high <= 7:
            raise UsageError(f"runs_per_week of {self.runs_per_week}", hint="0 to 7, ascending")
        if not 0 <= self.week_rho < 1:
            raise UsageError(f"week_rho of {self.week_rho}", hint="at least 0 and below 1")


@dataclass(frozen=True)
class RunnerTruth:
    """The truth behind a simulated runner's data.

    Parameters
    ----------
    runner : Runner
        The parameters.
    daily : DataFrame
        local_date, strength_per_week, technique_per_week: true exposures, 1/week.
    runs : DataFrame
        run_id, local_date, cadence_spm, ground_contact_ms: the runner's own on that day at
        the reference speed, before any watch's step.
    dynamics_from, new_watch_from : Timestamp or None
        First day with contact time, and first day of the second watch.
    """

    runner: Runner
    daily: pd.DataFrame
    runs: pd.DataFrame
    dynamics_from: pd.Timestamp
    new_watch_from: pd.Timestamp | None

    def to_dict(self) -> dict[str, object]:
        """Return parameters and dates as plain values that JSON can hold."""
        watch, runner = self.new_watch_from, asdict(self.runner)
        for what in ("strength", "technique"):
            turn = getattr(self.runner, what).sessions
            # How often each stands in a turn.
            runner[what]["sessions"] = dict(Counter(session.title for session in turn))
        return {
            **runner,
            "dynamics_from": self.dynamics_from.date().isoformat(),
            "new_watch_from": None if watch is None else watch.date().isoformat(),
        }


@dataclass(frozen=True)
class SimulatedRunner:
    """A simulated runner's data, each frame in the shape of its table, and the truth."""

    runs: pd.DataFrame
    samples: pd.DataFrame
    sessions: pd.DataFrame
    sets: pd.DataFrame
    races: pd.DataFrame
    log_spans: pd.DataFrame
    truth: RunnerTruth = field(repr=False)
