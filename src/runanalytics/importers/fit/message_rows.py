"""Messages of a FIT file as rows, with only those fields from which tables are made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from runanalytics.importers.fit.codec.decoder import FitFile
from runanalytics.importers.fit.codec.values import Array
from runanalytics.importers.fit.quantities import SESSION_AVERAGES

#: Fields of message ``session`` from which summaries are made.
_SESSION_FIELDS = frozenset(
    {
        *("timestamp", "start_time", "sport", "sub_sport", "sport_event"),
        *("total_elapsed_time", "total_timer_time", "total_distance", "total_ascent"),
        *("avg_cadence", "avg_running_cadence", "avg_fractional_cadence"),
        *SESSION_AVERAGES.values(),
    }
)
_FIELDS: Mapping[str, frozenset[str]] = {
    "session": _SESSION_FIELDS,
    "lap": frozenset({"start_time", "timestamp", "sport", "sub_sport", "intensity"}),
    "event": frozenset({"timestamp", "event", "event_type"}),
    "activity": frozenset({"timestamp", "local_timestamp"}),
    "timestamp_correlation": frozenset({"timestamp", "local_timestamp"}),
    "sport": frozenset({"sport", "sub_sport"}),
    "workout": frozenset({"wkt_name", "num_valid_steps", "sport"}),
    "workout_step": frozenset({"wkt_step_name", "notes"}),
    "exercise_title": frozenset({"exercise_category", "exercise_name", "wkt_step_name"}),
}


def columns(file: FitFile, message: str, wanted: frozenset[str] | None = None) -> dict[str, Array]:
    """Return the columns of a message type; none if the file has no such messages."""
    if message not in file:
        return {}
    return file.messages(message, wanted if wanted is not None else _FIELDS.get(message)).arrays()


def rows(table: Mapping[str, Array]) -> list[dict[str, object]]:
    """Return columns as one mapping for each row, without missing values."""
    result: list[dict[str, object]] = [{} for _ in table.get("damaged", ())]
    for name, column in table.items():
        if name != "damaged":
            # Few rows: one by one they are found missing sooner than as arrays. NaN, NaT: unequal.
            cells = column if column.dtype.kind == "M" else column.tolist()
            for row, cell in zip(result, cells, strict=True):
                if cell is not None and cell == cell:
                    row[name] = cell
    return result


def instant_us(value: object) -> int | None:
    """Return an instant as microseconds since 1970; None for any other value.

    Examples
    --------
    >>> instant_us(np.datetime64("1970-01-01T00:00:01", "us"))
    1000000
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        return int(value.astype("M8[us]").astype(np.int64))
    return None


def number_of(value: object) -> float:
    """Return a field's value as a number; NaN where it is missing or not a number."""
    return float(value) if isinstance(value, int | float) else float("nan")
