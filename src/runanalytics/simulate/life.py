"""What a simulated runner does on each day, and the cadence and contact time of that day.

What is assumed beyond `Runner`:

1. A day's log cadence and log contact time are a sum: the runner's own, the effects of exposure
   to strength and technique, weekly fluctuations with memory, the day's noise.
2. Race times follow distance, years, exposure and chance.
3. Temperature is a yearly wave with a day's noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.exposure import exposure
from runanalytics.simulate.runner import Runner
from runanalytics.simulate.training import RACES, PlannedRun, in_blocks, race_plan, week_of_runs
from runanalytics.simulate.weeks import drawn_days, phases, weekly_process

#: Exponent of race time on distance (Riegel 1981, American Scientist 69:285).
RACE_EXPONENT = 1.06
#: First race, weeks into the log.
FIRST_RACE_WEEK = 5
#: Yearly wave of the temperature: mean, amplitude, °C; its coldest day; a day's noise, °C.
CLIMATE_MEAN_C, CLIMATE_AMPLITUDE_C, COLDEST_DAY, WEATHER_SD_C = 10.0, 9.0, 20, 3.0


@dataclass(frozen=True)
class Calendar:
    """Days of the log as dates and instants, in the runner's own zone."""

    first: pd.Timestamp
    zone: ZoneInfo

    def date(self, day: int) -> pd.Timestamp:
        """Return the date of a day of the log."""
        return self.first + pd.Timedelta(days=day)

    def run_id(self, day: int) -> str:
        """Return the identifier of the run of a day: there is at most one."""
        return f"run-{self.date(day):%Y-%m-%d}"

    def instant(self, day: int, second: int) -> tuple[datetime, float]:
        """Return UTC and offset in s of a second of the local day."""
        local = datetime.combine(self.date(day).date(), datetime.min.time(), self.zone)
        local += timedelta(seconds=second)
        offset = local.utcoffset() or timedelta()
        return (local - offset).replace(tzinfo=None), offset.total_seconds()


@dataclass(frozen=True)
class Life:
    """What the runner does, and the weather.

    Parameters
    ----------
    in_strength, away : ndarray of bool, shape (n_weeks,)
        Weeks in a strength block; weeks without any training.
    done : mapping of str to ndarray of bool, shape (n_days,)
        Days with a session of "strength", of "technique".
    exposures : mapping of str to ndarray, shape (n_days,)
        Exposure to each, 1/week.
    weather_c : ndarray, shape (n_days,)
        Temperature, °C.
    """

    in_strength: Booleans
    away: Booleans
    done: Mapping[str, Booleans]
    exposures: Mapping[str, Floats]
    weather_c: Floats


def draw_life(rng: np.random.Generator, runner: Runner, weeks: int, calendar: Calendar) -> Life:
    """Draw when the runner does strength and technique, and the exposure to each."""
    away = np.isin(np.arange(weeks), runner.missing_weeks)
    blocks, done, exposures = {}, {}, {}
    for what, training in (("strength", runner.strength), ("technique", runner.technique)):
        if training.blocks is None:
            blocks[what] = phases(rng, weeks)
        else:
            blocks[what] = in_blocks(weeks, training.blocks)
        fewest = int(training.per_week)
        more = rng.random(weeks) < training.per_week - fewest
        done[what] = drawn_days(rng, (fewest + more) * (blocks[what] & ~away))
        # A runner who begins the log in a block did the same before it.
        initial = training.per_week if blocks[what][0] else 0.0
        amount = done[what].astype(np.float64)
        exposures[what] = exposure(amount, training.tau_weeks, initial)
    of_year = calendar.first.day_of_year + np.arange(7 * weeks)
    wave = -np.cos(2 * np.pi * (of_year - COLDEST_DAY) / 365.25)
    weather = CLIMATE_MEAN_C + CLIMATE_AMPLITUDE_C * wave
    weather += WEATHER_SD_C * rng.standard_normal(7 * weeks)
    return Life(blocks["strength"], away, done, exposures, np.round(weather) + 0.0)


def planned_runs(
    rng: np.random.Generator, runner: Runner, life: Life, calendar: Calendar
) -> tuple[list[PlannedRun], pd.DataFrame]:
    """Return the planned runs, and the races among them as table "races"."""
    planned: list[PlannedRun] = []
    races: list[dict[str, object]] = []
    for week in np.flatnonzero(~life.away).tolist():
        runs = week_of_runs(
            rng,
            7 * week,
            int(rng.integers(*runner.runs_per_week, endpoint=True)),
            easy_speed_m_s=runner.easy_speed_m_s - runner.slowdown_m_s * life.in_strength[week],
            month=calendar.date(7 * week).month,
        )
        if week >= FIRST_RACE_WEEK and (week - FIRST_RACE_WEEK) % runner.race_weeks == 0:
            sunday = 7 * week + 6
            distance, title = RACES[len(races) % len(RACES)]
            time = round(_race_time(rng, runner, distance, sunday, life))
            runs = [run for run in runs if run.day != sunday]
            runs.append(race_plan(sunday, distance, time))
            races.append(
                {
                    "race_id": f"race-{calendar.date(sunday):%Y-%m-%d}",
                    "local_date": calendar.date(sunday),
                    "title": f"Simulated {title}",
                    "distance_m": distance,
                    "time_s": float(time),
                    "temperature_c": life.weather_c[sunday],
                    "run_id": calendar.run_id(sunday),
                }
            )
        planned += runs
    return planned, pd.DataFrame(races)


def _race_time(
    rng: np.random.Generator, runner: Runner, distance_m: float, day: int, life: Life
) -> float:
    log_time = np.log(runner.race_5k_s) + RACE_EXPONENT * np.log(distance_m / 5_000)
    log_time += runner.race_gain_pct_per_year / 100 * day / 365.25
    for what, training in (("strength", runner.strength), ("technique", runner.technique)):
        per_session = np.log1p(training.race_time_pct / 100) / training.contrast
        log_time += per_session * life.exposures[what][day]
    return float(np.exp(log_time + runner.race_sd_pct / 100 * rng.standard_normal()))


def own_form(rng: np.random.Generator, runner: Runner, weeks: int, life: Life) -> pd.DataFrame:
    """Return the runner's own cadence and contact time of each day, at the reference speed."""
    strength, technique = runner.strength, runner.technique
    columns = {}
    for name, base, week_sd, day_sd, changes in (
        (
            "cadence_spm",
            runner.cadence_spm,
            runner.cadence_week_sd_pct,
            runner.cadence_day_sd_pct,
            (strength.cadence_pct, technique.cadence_pct),
        ),
        (
            "ground_contact_ms",
            runner.ground_contact_ms,
            runner.contact_week_sd_pct,
            runner.contact_day_sd_pct,
            (strength.contact_pct, technique.contact_pct),
        ),
    ):
        log_value = np.full(7 * weeks, np.log(base))
        for training, change, level in zip(
            (strength, technique), changes, life.exposures.values(), strict=True
        ):
            log_value += np.log1p(change / 100) / training.contrast * level
        fluctuation = weekly_process(rng, weeks, sd=week_sd / 100, rho=runner.week_rho)
        log_value += np.repeat(fluctuation, 7)
        log_value += day_sd / 100 * rng.standard_normal(7 * weeks)
        columns[name] = np.exp(log_value)
    return pd.DataFrame(columns)
