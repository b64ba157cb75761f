"""A recorded run as one row of table "runs" and its rows of table "samples".

All sources of samples but FIT, which states a summary of each run, use this module: it puts
samples in order and computes what the source does not state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from runanalytics import schema
from runanalytics.arrays import Floats, Integers
from runanalytics.importers.contract import Note, ReadOptions, stable_id
from runanalytics.importers.runs.cadence import steps_per_count
from runanalytics.importers.runs.sample_series import (
    MEASURED,
    STANDING_M_S,
    SampleSeries,
    plausible,
)
from runanalytics.importers.runs.speeds import checked_speed, checked_step_length
from runanalytics.importers.runs.witnesses import (
    Motion,
    Stated,
    legs_by_steps,
    settled_distance,
    with_stated,
)
from runanalytics.schema.columns import TableColumns, samples_frame

if TYPE_CHECKING:
    import pandas as pd

MICROSECONDS = 1_000_000
#: A run is at most this long; the time of a sample further from the others is wrong.
_LONGEST_US = 10 * 86_400 * MICROSECONDS
#: Further digits come from conversions of units, not from a sensor.
_DECIMALS = 6
#: Cadence times step length and speed may differ by this share before a note says so.
_AGREEMENT = 0.1


@dataclass(frozen=True)
class Run:
    """One run: its row of table "runs", its samples without its identifier, and notes on them."""

    row: Mapping[str, object]
    columns: TableColumns
    notes: tuple[Note, ...]

    @property
    def samples(self) -> pd.DataFrame:
        """Its rows of table "samples"."""
        return samples_frame({str(self.row["run_id"]): self.columns})


def tables_of(runs: Sequence[Run]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return tables "runs" and "samples" of a file, each run once.

    Parameters
    ----------
    runs : sequence of Run
        Of copies of a run, the one with the most samples is kept.
    """
    fullest: dict[object, Run] = {}
    for run in runs:
        kept = fullest.setdefault(run.row["run_id"], run)
        if len(run.columns) > len(kept.columns):
            fullest[run.row["run_id"]] = run
    return (
        schema.from_rows([run.row for run in fullest.values()], "runs"),
        samples_frame({str(run_id): run.columns for run_id, run in fullest.items()}),
    )


@dataclass(frozen=True)
class RecordedRun:
    """One run as its source has it.

    Parameters
    ----------
    source : str
        Name of the importer: part of the run's identifier, with its first instant.
    time_us : array of int
        Instants of the samples, microseconds since 1970 UTC, or `UNKNOWN_US`.
    quantities : mapping of str to array of float
        Columns of table "samples", in its units, as far as the source has them.
    laps : array of int, optional
        Lap of each sample, from 1.
    pauses_us : sequence of (int, int)
        Start and end of each pause of the timer, microseconds since 1970 UTC.
    known : mapping of str to object
        What else the source states about the whole run: columns of table "runs".
    stated : Stated
        Its distance and averages, as a summary or laps state them.
    offset_s : float, optional
        Local time minus UTC (s), where the source states it.
    positions : pair of arrays of float, optional
        Latitude and longitude in degrees: a witness of distance.
    counts_unstated : bool, default False
        Whether its cadence may count the steps of one leg or of both.
    """

    source: str
    time_us: Integers
    quantities: Mapping[str, Floats]
    laps: Integers | None = None
    pauses_us: Sequence[tuple[int, int]] = ()
    known: Mapping[str, object] = field(default_factory=dict)
    stated: Stated = field(default_factory=Stated)
    offset_s: float | None = None
    positions: tuple[Floats, Floats] | None = None
    counts_unstated: bool = False


#: In place of an instant that is not known.
UNKNOWN_US = int(np.iinfo(np.int64).min)


def instants_us(texts: Sequence[str | None]) -> Integers:
    """Return instants written in ISO 8601 as microseconds since 1970 UTC.

    Parameters
    ----------
    texts : sequence of str or None
        One without an offset is taken as UTC, as the formats that write them require.

    Returns
    -------
    array of int
        `UNKNOWN_US` where a text is not an instant.

    Examples
    --------
    >>> instants_us(["1970-01-01T00:00:01Z", "1970-01-01T01:00:00.5+01:00"]).tolist()
    [1000000, 500000]
    """
    import pandas as pd

    written = pd.Series(list(texts), dtype=object)
    parsed = pd.to_datetime(written, format="ISO8601", utc=True, errors="coerce")
    result = parsed.dt.as_unit("us").to_numpy(dtype="datetime64[us]").astype(np.int64)
    return np.where(parsed.isna(), UNKNOWN_US, result)


def run_of(recorded: RecordedRun, options: ReadOptions) -> Run | None:
    """Return a recorded run as tables; None if none of its samples has a time.

    Samples are sorted by time, one per instant; those with an impossible time are left out.
    Summary, samples and positions are the witnesses of distance
    (`runanalytics.importers.runs.witnesses`); positions are then dropped. Speed that is not
    stated, or is not distance per time, is computed from distance.

    Parameters
    ----------
    recorded : RecordedRun
        The run.
    options : ReadOptions
        `timezone` is used where the source does not state its own.

    Returns
    -------
    Run or None
    """
    notes: list[Note] = []
    order = _plausible_order(recorded.time_us, notes)
    if not order.size:
        return None
    start_us = int(recorded.time_us[order[0]])
    elapsed = (recorded.time_us[order] - start_us) / MICROSECONDS
    stopped = (np.array(recorded.pauses_us, dtype=np.float64).reshape(-1, 2) - start_us) / 1e6
    values = {
        name: plausible(name, recorded.quantities[name][order], notes)
        if name in recorded.quantities and name != "cadence_spm"
        else np.full(len(order), np.nan)
        for name in MEASURED
    }
    positions = recorded.positions
    if positions is not None:
        positions = (positions[0][order], positions[1][order])
    motion = Motion(elapsed, stopped, values["distance_m"], values["speed_m_s"], positions)
    on_treadmill = recorded.known.get("kind") == "treadmill"
    distance = settled_distance(recorded.stated, motion, notes, on_treadmill=on_treadmill)
    values["distance_m"] = distance.samples_m
    if distance.factor != 1:
        for name in ("speed_m_s", "step_length_m"):
            values[name] = values[name] * distance.factor
    speed = checked_speed(elapsed, values["speed_m_s"], distance.samples_m, stopped, notes)
    values["speed_m_s"] = plausible("speed_m_s", speed, notes)
    values["cadence_spm"] = _cadence(recorded, order, values["speed_m_s"], notes)
    values["step_length_m"] = checked_step_length(
        values["step_length_m"], values["cadence_spm"], values["speed_m_s"], notes
    )
    values = {name: np.round(column, _DECIMALS) for name, column in values.items()}
    series = SampleSeries.from_samples(elapsed, values, stopped)
    run_id = stable_id(recorded.source, start_us)
    row: dict[str, object] = {
        "run_id": run_id,
        **start_columns(start_us, recorded.offset_s, options.timezone, notes),
        "kind": "unknown",
        "elapsed_s": float(elapsed[-1]),
        **series.averages(distance.total_m),
    }
    row = {**with_stated(row, series, recorded.stated, notes), **recorded.known}
    laps = np.ones(len(order), dtype=np.int64) if recorded.laps is None else recorded.laps[order]
    notes += disagreements(series)
    return Run(_rounded(row), series.columns(laps), tuple(notes))


def _rounded(row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in row.items()
    }


def summary_of(
    source: str,
    start_us: int,
    known: Mapping[str, object],
    offset_s: float | None,
    options: ReadOptions,
) -> Run:
    """Return a run that has no samples, only totals and averages.

    Parameters
    ----------
    source : str
        Name of the importer.
    start_us : int
        First instant, microseconds since 1970 UTC.
    known : mapping of str to object
        What the source states about the run: columns of table "runs".
    offset_s : float, optional
        Local time minus UTC (s), where the source states it.
    options : ReadOptions
        `timezone` is used where it does not.
    """
    notes: list[Note] = []
    row: dict[str, object] = {
        **known,
        "run_id": stable_id(source, start_us),
        **start_columns(start_us, offset_s, options.timezone, notes),
        "detail": "summary",
    }
    distance_m, moving_s = known.get("distance_m"), known.get("moving_s")
    if isinstance(distance_m, float) and isinstance(moving_s, float) and moving_s > 0:
        row["speed_m_s"] = distance_m / moving_s
    return Run(_rounded(row), TableColumns("samples"), tuple(notes))


def start_columns(
    start_us: int, offset_s: float | None, timezone: str | None, notes: list[Note]
) -> dict[str, object]:
    """Return the columns `start_utc`, `utc_offset_s` and `local_date` of a run or session.

    Parameters
    ----------
    start_us : int
        First instant, microseconds since 1970 UTC.
    offset_s : float, optional
        Local time minus UTC (s), where the source states it.
    timezone : str, optional
        IANA name of the zone that is used where it does not; by default this machine's.
    notes : list of Note
        A note is added if this machine's zone is assumed.
    """
    import pandas as pd

    from runanalytics.importers.text.local_time import offset_in_zone_s

    start = pd.Timestamp(start_us, unit="us", tz="UTC")
    if offset_s is None:
        if timezone is None:
            notes.append(
                Note("info", "the file does not state its time zone: this machine's was assumed")
            )
        offset_s = offset_in_zone_s(start, timezone)
    local = pd.Timestamp(start_us + round(offset_s * MICROSECONDS), unit="us")
    return {"start_utc": start, "utc_offset_s": offset_s, "local_date": local.normalize()}


def _cadence(
    recorded: RecordedRun, order: NDArray[np.intp], speed_m_s: Floats, notes: list[Note]
) -> Floats:
    """Return steps per minute; 0 while moving is taken as not measured."""
    if "cadence_spm" not in recorded.quantities:
        return np.full(len(order), np.nan)
    cadence = recorded.quantities["cadence_spm"][order]
    if recorded.counts_unstated and (cadence > 0).any():
        typical = float(np.median(cadence[cadence > 0]))
        legs = legs_by_steps(typical, recorded.stated.steps_spm)
        cadence = cadence * (legs or steps_per_count(cadence, speed_m_s, notes))
    cadence = np.where((cadence == 0) & ~(speed_m_s <= STANDING_M_S), np.nan, cadence)
    return plausible("cadence_spm", cadence, notes)


def _plausible_order(time_us: Integers, notes: list[Note]) -> NDArray[np.intp]:
    """Return the indices of samples with a plausible time, sorted by it, one per instant."""
    kept = np.flatnonzero(time_us > 0)
    if kept.size:
        kept = kept[np.abs(time_us[kept] - np.median(time_us[kept])) <= _LONGEST_US]
    impossible = len(time_us) - len(kept)
    if impossible:
        message = f"left out for a missing or impossible time: {impossible} samples"
        notes.append(Note("warning", message))
    backwards = int((np.diff(time_us[kept]) < 0).sum())
    if backwards:
        notes.append(Note("warning", f"the clock went back {backwards} times: put in order"))
    _, first = np.unique(time_us[kept], return_index=True)
    return kept[first]


def disagreements(series: SampleSeries) -> list[Note]:
    """Return a note if cadence, step length and speed of a run contradict each other."""
    values = series.quantities
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values["cadence_spm"] / 60 * values["step_length_m"] / values["speed_m_s"]
    ratio = ratio[series.running & np.isfinite(ratio)]
    if not ratio.size or abs(float(np.median(ratio)) - 1) <= _AGREEMENT:
        return []
    message = (
        f"cadence times step length is {np.median(ratio):.2f} times the speed: "
        "one of them may be in another unit"
    )
    return [Note("warning", message)]
