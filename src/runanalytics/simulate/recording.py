"""Runs as a watch records them and sessions as a log holds them, of a simulated runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Booleans
from runanalytics.simulate.life import Calendar, Life
from runanalytics.simulate.runner import Runner
from runanalytics.simulate.sessions import DRILLS, GYM, Exercise
from runanalytics.simulate.streams import Conditions, stream
from runanalytics.simulate.training import PlannedRun

#: Earliest minute of the day at which each begins, and by how many minutes it may be later.
RUN_MINUTES, RACE_MINUTES = (420, 120), (600, 1)
SESSION_MINUTES = {"strength": (1110, 30), "technique": (990, 30)}
#: Shortest and longest session, s.
SESSION_S = {"strength": (2_400, 3_900), "technique": (1_200, 1_800)}
#: Gain of load in the gym over a year, and the smallest step of a load, kg.
LOAD_GAIN_PER_YEAR, PLATE_STEP_KG = 0.25, 2.5
#: Error of the length of a whole run as a watch measures it, as a share.
COURSE_ERROR = 0.004
#: Cadence below which an instant counts as walking, steps/min.
RUNNING_SPM = 140.0


def recorded_runs(
    rng: np.random.Generator,
    runner: Runner,
    planned: Sequence[PlannedRun],
    own: pd.DataFrame,
    life: Life,
    calendar: Calendar,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the planned runs as the watches record them: tables "runs" and "samples"."""
    renewed_day = np.inf if runner.new_watch_week is None else 7 * runner.new_watch_week
    rows = []
    streams: list[dict[str, npt.NDArray[np.generic]]] = []
    for run in planned:
        renewed = run.day >= renewed_day
        runner_today = replace(
            runner,
            cadence_spm=float(own["cadence_spm"].iloc[run.day])
            * (1 + renewed * runner.new_watch_cadence_pct / 100),
            ground_contact_ms=float(own["ground_contact_ms"].iloc[run.day])
            * (1 + renewed * runner.new_watch_contact_pct / 100),
        )
        indoor = run.kind == "treadmill"
        course = 1 + COURSE_ERROR * rng.standard_normal()
        conditions = Conditions(
            hill_grade_pct=0.0 if indoor else run.hill_grade_pct,
            temperature_c=float(life.weather_c[run.day]),
            speed_error=runner.speed_error_pct / 100,
            speed_factor=1 + runner.treadmill_speed_pct / 100 if indoor else course,
            indoor=indoor,
            dynamics=run.day >= 7 * runner.dynamics_week,
            lap_m=1_000.0 if run.kind in ("easy", "long", "race") else None,
        )
        columns = stream(rng, run.stretches, runner_today, conditions)
        begin, span = RACE_MINUTES if run.kind == "race" else RUN_MINUTES
        start, offset = calendar.instant(
            run.day, 60 * (begin + int(rng.integers(span))) + int(rng.integers(60))
        )
        streams.append(columns)
        rows.append(
            {
                "run_id": calendar.run_id(run.day),
                "start_utc": start,
                "utc_offset_s": offset,
                "local_date": calendar.date(run.day),
                "title": f"Simulated {run.kind} run" if run.kind != "race" else "Simulated race",
                "kind": run.kind,
                "moving_s": float(sum(stretch.duration_s for stretch in run.stretches) - 1),
                "device": runner.devices[int(renewed)],
                "detail": "samples",
                **_summary(columns),
            }
        )
    if not rows:
        return schema.empty("runs"), schema.empty("samples")
    names = [name for name in schema.table("samples").names if any(name in s for s in streams)]
    samples = pd.DataFrame(
        {name: np.concatenate([_column(columns, name) for columns in streams]) for name in names}
    )
    lengths = [len(columns["elapsed_s"]) for columns in streams]
    samples["run_id"] = np.repeat([str(row["run_id"]) for row in rows], lengths)
    runs = pd.DataFrame(rows)
    runs["speed_m_s"] = runs["distance_m"] / runs["moving_s"]
    return runs, samples


def _column(columns: Mapping[str, npt.NDArray[np.generic]], name: str) -> npt.NDArray[np.generic]:
    missing: npt.NDArray[np.generic] = np.full(len(columns["elapsed_s"]), np.nan)
    return columns.get(name, missing)


def _summary(columns: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, float]:
    """Return averages over running, as a watch shows them at the end."""
    running = columns["cadence_spm"].astype(np.float64) >= RUNNING_SPM
    summary = {
        "distance_m": float(columns["distance_m"][-1]),
        "elapsed_s": float(columns["elapsed_s"][-1]),
    }
    for name in ("heart_rate_bpm", "temperature_c", *schema.FORM_METRICS):
        if name in columns:
            summary[name] = float(np.mean(columns[name][running].astype(np.float64)))
    climbed = np.diff(columns["altitude_m"].astype(np.float64))
    if not np.isnan(climbed).any():
        summary["ascent_m"] = float(climbed[climbed > 0].sum())
    return summary


def logged_sessions(
    rng: np.random.Generator, runner: Runner, done: Mapping[str, Booleans], calendar: Calendar
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return gym and drill sessions: tables "sessions" and "sets"."""
    sessions, sets = [], []
    for what, days in done.items():
        of_kind = getattr(runner, what).sessions or (GYM if what == "strength" else DRILLS)
        for number, day in enumerate(np.flatnonzero(days).tolist()):
            planned = of_kind[number % len(of_kind)]
            begin, span = SESSION_MINUTES[what]
            start, offset = calendar.instant(day, 60 * (begin + int(rng.integers(span))))
            session_id = f"{what}-{calendar.date(day):%Y-%m-%d}"
            sessions.append(
                {
                    "session_id": session_id,
                    "start_utc": start,
                    "utc_offset_s": offset,
                    "local_date": calendar.date(day),
                    "kind": what,
                    "title": planned.title,
                    "duration_s": 60.0 * int(rng.integers(*SESSION_S[what]) // 60),
                }
            )
            rows = _set_rows(planned.exercises, day / 365.25)
            sets += [
                {"session_id": session_id, "position": position, **values}
                for position, values in enumerate(rows, start=1)
            ]
    return pd.DataFrame(sessions), pd.DataFrame(sets)


def _set_rows(exercises: Sequence[Exercise], years: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for exercise in exercises:
        load = exercise.load_kg
        if load is not None:
            raised = load * (1 + LOAD_GAIN_PER_YEAR * years)
            load = PLATE_STEP_KG * round(raised / PLATE_STEP_KG)
        rows += [
            {
                "movement": exercise.movement,
                "name_as_logged": exercise.name,
                "set_type": "normal",
                "n_sets": 1,
                "reps": exercise.reps,
                "load_kg": load,
                "load_kind": "bodyweight" if load is None else "external",
                "load_unit": None if load is None else "kg",
                "hold_s": exercise.hold_s,
                "distance_m": exercise.distance_m,
            }
        ] * exercise.n_sets
    return rows
