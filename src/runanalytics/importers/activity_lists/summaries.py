"""From the rows of a list of activities to tables and notes, once for Garmin and Strava."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.importers.activity_lists.units import (
    OSCILLATION_UNITS_MM,
    STEP_UNITS_M,
    agreeing,
    oscillation_unit,
    step_unit,
)
from runanalytics.importers.contract import Imported, Note
from runanalytics.importers.strength.activity_types import TypedWork
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet, strength_tables
from runanalytics.importers.text.local_time import Moment, clock_of, instants
from runanalytics.units.numerals import READ_DECIMALS

#: What a list states in a unit of its own, or beside the columns of table "runs".
_UNITLESS = ("step_length", "oscillation", "other_time_s")
#: Numbers of table "runs" that a list may hold.
_NUMBERS = (
    *("distance_m", "moving_s", "elapsed_s", "ascent_m", "heart_rate_bpm", "cadence_spm"),
    *("ground_contact_ms", "contact_balance_left_pct", "vertical_ratio_pct", "power_w"),
)
#: Far beyond what is plausible: such numbers are left out later with a note; larger ones overflow.
_BEYOND_ANY = 1e15
#: How many kinds of activity a note lists before it only counts them.
_SHOWN_TYPES = 6
#: Below this many steps per minute a run's average has walking in it.
_WALKING_SPM = 130.0


def list_tables(
    source: str,
    runs: Sequence[tuple[Moment, Mapping[str, object]]],
    sessions: Sequence[LoggedSession],
    others: Counter[str],
    timezone: str | None,
) -> Imported:
    """Return the runs and gym sessions of a list as tables.

    Parameters
    ----------
    source : str
        Name of the importer.
    runs : sequence of (date or datetime, mapping)
        When each run began, and its row as `runs_table` takes it.
    sessions : sequence of LoggedSession
        Gym sessions.
    others : Counter of str
        How many activities of each other type the list has.
    timezone : str, optional
        IANA name of the zone of local times; by default this machine's.

    Returns
    -------
    Imported
        Runs, sessions and the days between which both were logged, with notes on numbers that
        disagree, on what was passed over, and on times that were assumed.
    """
    run_starts, gym_starts = [start for start, _ in runs], [session.start for session in sessions]
    when, _ = instants(run_starts, timezone)
    table, notes = runs_table([row for _, row in runs], when)
    gym = strength_tables(source, sessions, timezone) if sessions else Imported()
    # Times that were assumed are counted once for runs and sessions together.
    _, time_notes = instants([*run_starts, *gym_starts], timezone)
    _, gym_time_notes = instants(gym_starts, timezone)
    gym_notes = [note for note in gym.notes if note not in gym_time_notes]
    return replace(
        gym,
        runs=table,
        log_spans=pd.concat([runs_span(source, table), gym.log_spans], ignore_index=True),
        notes=[*notes, *passed_over(others), *time_notes, *gym_notes],
        clock=clock_of([*run_starts, *gym_starts]),
    )


def runs_table(
    rows: Sequence[Mapping[str, object]], when: pd.DataFrame
) -> tuple[pd.DataFrame, list[Note]]:
    """Return listed runs as table "runs", with what disagrees made missing.

    Parameters
    ----------
    rows : sequence of mappings
        Columns of table "runs", and: `step_length` and `oscillation` in whichever unit the list
        has them, `other_time_s` another time (s) that its averages may be over.
    when : DataFrame
        Columns ``start_utc``, ``utc_offset_s`` (s) and ``local_date``, one row a run.

    Returns
    -------
    runs : DataFrame
        Table "runs".
    notes : list of Note
        Units that were not the usual ones, and runs whose numbers disagree.
    """
    if not rows:
        return schema.empty("runs"), []
    frame = pd.DataFrame(rows)
    values = {name: _floats(frame, name) for name in (*_UNITLESS, *_NUMBERS)}
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = values["distance_m"] / values["moving_s"]
        other_speed = values["distance_m"] / values["other_time_s"]
    speed = np.where(np.isfinite(speed) & (speed > 0), speed, np.nan)
    unit = step_unit(values["step_length"], values["cadence_spm"], speed)
    step_m = values["step_length"] * STEP_UNITS_M[unit]
    rise = oscillation_unit(values["oscillation"], values["vertical_ratio_pct"], step_m)
    rise_mm = values["oscillation"] * OSCILLATION_UNITS_MM[rise]
    values |= {
        "distance_m": np.round(values["distance_m"], READ_DECIMALS),
        "speed_m_s": speed,
        "step_length_m": np.round(step_m, READ_DECIMALS),
        "vertical_oscillation_mm": np.round(rise_mm, READ_DECIMALS),
    }
    runs = frame.drop(columns=[name for name in values if name in frame.columns])
    numbers = pd.DataFrame(
        {name: column for name, column in values.items() if name not in _UNITLESS}
    )
    runs = pd.concat([runs, numbers, when], axis="columns").assign(detail="summary")
    runs, notes = agreeing(schema.check(runs, "runs"), other_speed)
    slow = int((runs["cadence_spm"] < _WALKING_SPM).sum())
    if slow:
        message = f"runs whose average cadence has walking in it (below {_WALKING_SPM:.0f})"
        notes.append(Note("info", f"{message}: {slow}"))
    return runs, notes


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.clip(numbers, -_BEYOND_ANY, _BEYOND_ANY))


def listed_session(
    start: Moment,
    title: str | None,
    typed: TypedWork | None,
    duration_s: float | None,
    key: str | None = None,
) -> LoggedSession:
    """Return an activity of a list without exercises as a session.

    Parameters
    ----------
    start, title
        As of a `LoggedSession`.
    typed : TypedWork or None
        What its type names; None for strength work.
    duration_s, key
        As of a `LoggedSession`.
    """
    if typed is None:
        return LoggedSession(start, title, "strength", duration_s, key=key)
    sets = [LoggedSet(typed.name, means=typed.stands_for)]
    return LoggedSession(start, title, "other", duration_s, sets=sets, key=key)


def runs_span(source: str, runs: pd.DataFrame) -> pd.DataFrame:
    """Return table "log_spans" with the first to the last day of `runs`."""
    if runs.empty:
        return schema.empty("log_spans")
    days = runs["local_date"]
    row = {"what": "runs", "first_date": days.min(), "last_date": days.max(), "source": source}
    return schema.check(pd.DataFrame([row]), "log_spans")


def passed_over(types: Counter[str]) -> list[Note]:
    """Return a note on the activities of a list of which neither runs nor sessions are made."""
    if not types:
        return []
    shown = [f"{name or 'without a type'} {n}" for name, n in types.most_common(_SHOWN_TYPES)]
    more = f" and {len(types) - _SHOWN_TYPES} more kinds" if len(types) > _SHOWN_TYPES else ""
    message = "activities that are neither runs nor strength work were passed over"
    return [Note("info", f"{message} ({types.total()}): {', '.join(shown)}{more}")]
