"""From the true parameters of a runner to the tables that a watch and a log would hold."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.errors import UsageError
from runanalytics.simulate.life import Calendar, draw_life, own_form, planned_runs
from runanalytics.simulate.recording import logged_sessions, recorded_runs
from runanalytics.simulate.runner import Runner, RunnerTruth, SimulatedRunner
from runanalytics.units.days import parse_day


@checked_arguments
def simulate_runner(
    seed: int | np.random.SeedSequence,
    *,
    runner: Runner | None = None,
    weeks: int = 78,
    start: str = "2025-04-07",
    timezone: str = "Europe/Berlin",
) -> SimulatedRunner:
    """Draw everything that a watch and a log would hold of a runner, sample by sample.

    Parameters
    ----------
    seed : int or SeedSequence
        The same seed and parameters give the same frames.
    runner : Runner, optional
        True parameters; by default those of `Runner`.
    weeks : int
        Length of the log, weeks.
    start : str
        First day of the log, ISO; a Monday.
    timezone : str
        IANA name of the zone the runner lives in.

    Returns
    -------
    SimulatedRunner
        Tables "runs", "samples", "sessions", "sets", "races", "log_spans", and the truth.

    Raises
    ------
    UsageError
        If `weeks` is not at least 1, or there is no such day or time zone.

    Examples
    --------
    >>> drawn = simulate_runner(3, weeks=2)
    >>> drawn.samples["run_id"].nunique() == len(drawn.runs)
    True
    >>> drawn.runs["device"].unique().tolist()
    ['Simulated watch A']
    """
    if weeks < 1:
        raise UsageError(f"cannot simulate {weeks} weeks", hint="at least 1")
    runner = runner or Runner()
    # Each part draws from a generator of its own: a parameter of one does not change the others.
    sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    days, body, plans, road, log = map(np.random.default_rng, sequence.spawn(5))
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"no time zone '{timezone}'", hint="write one as Europe/Paris") from error
    calendar = Calendar(pd.Timestamp(parse_day(start, "start")), zone)
    life = draw_life(days, runner, weeks, calendar)
    own = own_form(body, runner, weeks, life)
    planned, races = planned_runs(plans, runner, life, calendar)
    runs, samples = recorded_runs(road, runner, planned, own, life, calendar)
    sessions, sets = logged_sessions(log, runner, life.done, calendar)
    spans = pd.DataFrame(
        {
            "what": ("runs", "strength", "technique"),
            "first_date": calendar.date(0),
            "last_date": calendar.date(7 * weeks - 1),
            "source": "simulated",
        }
    )
    exposures = {f"{what}_per_week": level for what, level in life.exposures.items()}
    dates = pd.date_range(calendar.first, periods=7 * weeks, unit="us")
    ran = own.iloc[[run.day for run in planned]].reset_index(drop=True)
    watch_week = runner.new_watch_week
    truth = RunnerTruth(
        runner=runner,
        daily=pd.DataFrame({"local_date": dates, **exposures}),
        runs=pd.concat([runs[["run_id", "local_date"]], ran], axis=1),
        dynamics_from=calendar.date(7 * runner.dynamics_week),
        new_watch_from=None if watch_week is None else calendar.date(7 * watch_week),
    )
    return SimulatedRunner(
        runs=schema.check(runs, "runs"),
        samples=schema.check(samples, "samples"),
        sessions=schema.check(sessions, "sessions"),
        sets=schema.check(sets, "sets"),
        races=schema.check(races, "races"),
        log_spans=schema.check(spans, "log_spans"),
        truth=truth,
    )
