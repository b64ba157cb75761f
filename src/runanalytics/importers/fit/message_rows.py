"""Messages of a FIT file as rows, with those of their fields that the tables are made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from runanalytics.importers.fit.codec.decoder import FitFile
from runanalytics.importers.fit.codec.values import Array

#: Fields of message ``session`` that summaries are made of.
_SESSION_FIELDS = frozenset(
    {
        "timestamp",
        "start_time",
        "sport",
        "sub_sport",
        "total_elapsed_time",
        "total_timer_time",
        "total_distance",
        "total_ascent",
        "avg_temperature",
        "avg_heart_rate",
        "avg_cadence",
        "avg_running_cadence",
        "avg_fractional_cadence",
        "avg_stance_time",
        "avg_stance_time_balance",
        "avg_vertical_oscillation",
        "avg_vertical_ratio",
        "avg_step_length",
        "avg_power",
        "sport_event",
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
    "exercise_title": frozenset({"exercise_category", "exercise_name", "wkt_step_name"}),
}


def columns(file: FitFile, message: str, wanted: frozenset[str] | None = None) -> dict[str, Array]:
    """Return the columns of a message type; none of a type that the file lacks."""
    if message not in file:
        return {}
    return file.messages(message, wanted if wanted is not None else _FIELDS.get(message)).arrays()


def rows(table: Mapping[str, Array]) -> list[dict[str, object]]:
    """Return columns as one mapping a row, without what is missing."""
    count = len(table["damaged"]) if table else 0
    return [
        {
            name: value
            for name, column in table.items()
            if name != "damaged" and not _is_void(value := _python(column[row]))
        }
        for row in range(count)
    ]


def _python(value: object) -> object:
    return value.item() if isinstance(value, np.floating) else value


def _is_void(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return isinstance(value, np.datetime64) and bool(np.isnat(value))


def instant_us(value: object) -> int | None:
    """Return an instant as microseconds since 1970; None if it is none.

    Examples
    --------
    >>> instant_us(np.datetime64("1970-01-01T00:00:01", "us"))
    1000000
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        return int(value.astype("M8[us]").astype(np.int64))
    return None


def number_of(value: object) -> float:
    """Return a field's value as a number; NaN where it is missing or none."""
    return float(value) if isinstance(value, int | float) else float("nan")
