"""The definitions of the tables, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from runanalytics.errors import UsageError

#: pandas dtypes of columns.
Dtype = Literal["str", "float64", "Int64", "bool", "datetime64[us, UTC]", "datetime64[us]"]
STRING: Final = "str"
FLOAT: Final = "float64"
INTEGER: Final = "Int64"
BOOLEAN: Final = "bool"
INSTANT: Final = "datetime64[us, UTC]"
DATE: Final = "datetime64[us]"

RUN_KINDS = ("easy", "workout", "long", "race", "treadmill", "trail", "unknown")
#: Kinds of course, of races and of other runs.
COURSES = ("road", "track", "trail", "cross-country", "obstacle", "orienteering", "treadmill")
#: "mixed" is strength and technique; "other" is neither; "unknown" is of unknown names only.
SESSION_KINDS = ("strength", "technique", "mixed", "other", "unknown")
#: Main categories of work; `runanalytics.movements` says what belongs to each.
WORK_CATEGORIES = (
    *("max_strength", "plyometric", "pull", "isometric", "core", "strength", "technique", "speed"),
    *("mobility", "conditioning", "endurance", "other_sport", "warm_up", "rest"),
)
SET_TYPES = ("warmup", "normal", "failure", "drop")
LOAD_KINDS = ("external", "bodyweight", "assisted")
LOAD_UNITS = ("kg", "lb")
SIDES = ("left", "right", "both")
DETAILS = ("samples", "summary")
LOG_KINDS = (
    *("runs", "strength", "technique"),
    *("mobility", "conditioning", "endurance", "other_sport"),
)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Ending in its unit where it has one.
    dtype : str
        A pandas dtype.
    meaning : str
        What a value means.
    unit : str
        Unit in words; empty where it has none.
    low, high : float, optional
        Plausible range for a runner, inclusive. A value outside counts as an error of the
        source and becomes missing, with a note.
    choices : tuple of str
        The closed vocabulary, where there is one.
    required : bool
        Whether every row must have a value.
    resolution : float, optional
        Smallest step that is stored for a sample: at least as fine as any watch records.
    """

    name: str
    dtype: Dtype
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    resolution: float | None = None


@dataclass(frozen=True)
class Table:
    """A named, ordered set of columns; `key` names the columns that identify a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(
            f"table '{self.name}' has no column '{name}'", hint=f"it has: {', '.join(self.names)}"
        )

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)


def _quantity(
    name: str,
    meaning: str,
    unit: str,
    low: float,
    high: float,
    resolution: float | None = None,
) -> Column:
    return Column(name, FLOAT, meaning, unit, low, high, resolution=resolution)


_RUN_ID = Column("run_id", STRING, "Identifier of the run", required=True)
_SESSION_ID = Column("session_id", STRING, "Identifier of the session", required=True)
_LOCAL_DATE = Column("local_date", DATE, "Day on the runner's own calendar", required=True)
_TITLE = Column("title", STRING, "Title as logged")
_NOTES = Column("notes", STRING, "Description, notes and names of its workout's steps, a line each")
_COURSE = Column("course", STRING, "Kind of course, where the source states it", choices=COURSES)
_WHEN = (
    Column("start_utc", INSTANT, "First instant, UTC"),
    Column("utc_offset_s", FLOAT, "Local time minus UTC", "s", -50_400, 50_400),
    _LOCAL_DATE,
)
_ASCENT = _quantity("ascent_m", "Climbed in all", "m", 0, 15_000)
_TEMPERATURE = _quantity("temperature_c", "Air or sensor temperature", "°C", -40, 60, 1)
_HEART_RATE = _quantity("heart_rate_bpm", "Heart rate", "beats/min", 25, 240, 1)
_POWER = _quantity("power_w", "Running power as the device estimates it", "W", 0, 1_500, 1)

#: Measures of the stride: the metrics that form, trend and effect work on.
_FORM = (
    _quantity("cadence_spm", "Steps per minute of both feet", "steps/min", 30, 300, 1 / 64),
    _quantity("ground_contact_ms", "Ground contact time per step", "ms", 80, 1_200, 0.1),
    _quantity("contact_balance_left_pct", "Left foot's share of contact", "%", 30, 70, 0.01),
    _quantity("vertical_oscillation_mm", "Rise and fall of the trunk per step", "mm", 10, 250, 0.1),
    _quantity("vertical_ratio_pct", "Vertical oscillation per step length", "%", 1, 35, 0.01),
    _quantity("step_length_m", "Ground covered per step", "m", 0.1, 2.8, 0.0001),
    _quantity(
        "leg_spring_stiffness_kn_m",
        "Leg spring stiffness as the pod estimates it",
        "kN/m",
        *(1, 40, 0.001),
    ),
    _quantity("form_power_w", "Form power as the pod estimates it", "W", 1, 400, 0.1),
)
FORM_METRICS = tuple(column.name for column in _FORM)

_FIRMWARE = Column("firmware", STRING, "Software version of the device that recorded the run")

_DETAIL = Column("detail", STRING, "Whether samples stand behind it", choices=DETAILS)

_DEVICE = (
    Column("device", STRING, "Watch or app that recorded the run"),
    _FIRMWARE,
    Column("sensor", STRING, "What measured the running dynamics"),
    Column("power_sensor", STRING, "What estimated running power"),
    Column("shoe", STRING, "Shoe as logged"),
    _DETAIL,
)

_TABLES = (
    Table(
        "runs",
        "One row a run; averages are over moving, running time",
        (
            _RUN_ID,
            *_WHEN,
            _TITLE,
            _COURSE,
            Column("kind", STRING, "Kind of run", choices=RUN_KINDS),
            _quantity("distance_m", "Distance", "m", 0, 1_000_000),
            _quantity("moving_s", "Time in motion", "s", 0, 864_000),
            _quantity("elapsed_s", "Time from first to last instant", "s", 0, 864_000),
            _quantity("speed_m_s", "Distance per time in motion", "m/s", 0.3, 9),
            _ASCENT,
            _TEMPERATURE,
            _HEART_RATE,
            *_FORM,
            _POWER,
            *_DEVICE,
            _NOTES,
            Column("n_bursts", INTEGER, "Short bursts in its samples, as of strides", "1", 0, 100),
        ),
        key=("run_id",),
    ),
    Table(
        "samples",
        "One row a recorded instant of a run",
        (
            _RUN_ID,
            _quantity("elapsed_s", "Time since the run's start", "s", 0, 864_000, 0.001),
            _quantity("distance_m", "Distance since the run's start", "m", 0, 1_000_000, 0.01),
            _quantity("speed_m_s", "Speed", "m/s", 0, 13, 0.001),
            # Unlike a run's or a segment's, a sample's cadence may be 0: the runner stands.
            replace(_FORM[0], low=0),
            *_FORM[1:],
            _HEART_RATE,
            _POWER,
            _quantity("altitude_m", "Altitude", "m", -500, 9_000, 0.2),
            _TEMPERATURE,
            Column("moving", BOOLEAN, "Whether the runner was in motion", required=True),
            Column("lap", INTEGER, "Lap, counted from 1", "1", 1, 10_000, resolution=1),
        ),
    ),
    Table(
        "segments",
        "One row a steady stretch of a run; a run without samples is one row",
        (
            _RUN_ID,
            _LOCAL_DATE,
            Column("segment", INTEGER, "Number of the segment within its run, from 1"),
            _quantity("elapsed_s", "Time from the run's start to its middle", "s", 0, 864_000),
            _quantity("duration_s", "Duration", "s", 0, 864_000),
            _quantity("n_steps", "Steps in it", "1", 0, 2_000_000),
            _quantity("speed_m_s", "Distance per time", "m/s", 0.3, 9),
            _quantity("speed_cv", "Coefficient of variation of its speed", "1", 0, 5),
            _quantity("grade_pct", "Rise per distance", "%", -60, 60),
            _HEART_RATE,
            _POWER,
            _TEMPERATURE,
            *_FORM,
            *_DEVICE,
        ),
        key=("run_id", "segment"),
    ),
    Table(
        "sessions",
        "One row a session of work other than a run; one without sets is normal, and counts",
        (
            _SESSION_ID,
            *_WHEN,
            Column("kind", STRING, "Kind of session", choices=SESSION_KINDS, required=True),
            _TITLE,
            _quantity("duration_s", "Duration", "s", 0, 86_400),
            _quantity("effort_rpe", "Rating of perceived exertion", "0 to 10", 0.5, 10),
        ),
        key=("session_id",),
    ),
    Table(
        "sets",
        "One row a set, or several alike",
        (
            _SESSION_ID,
            Column("position", INTEGER, "Order within the session, from 1", required=True),
            Column("movement", STRING, "Movement of the catalogue; missing if unmatched"),
            Column("name_as_logged", STRING, "Name as the source has it"),
            Column("set_type", STRING, "Kind of set", choices=SET_TYPES),
            Column("n_sets", INTEGER, "Sets the row stands for", "1", 1, 100, required=True),
            _quantity("reps", "Repetitions per set", "1", 0, 2_000),
            _quantity("load_kg", "Load, or help where assisted", "kg", 0, 1_000),
            Column("load_kind", STRING, "What the load is", choices=LOAD_KINDS),
            _quantity("hold_s", "Time held or worked per set", "s", 0, 86_400),
            _quantity("distance_m", "Distance per set", "m", 0, 100_000),
            Column("side", STRING, "Side of the body", choices=SIDES),
            _quantity("effort_rpe", "Rating of perceived exertion", "0 to 10", 0.5, 10),
            Column("load_unit", STRING, "Unit in which the load was logged", choices=LOAD_UNITS),
            Column(
                "category",
                STRING,
                "Main category of the work, where no movement tells it",
                choices=WORK_CATEGORIES,
            ),
        ),
        key=("session_id", "position"),
    ),
    Table(
        "races",
        "One row a race",
        (
            Column("race_id", STRING, "Identifier of the race", required=True),
            _LOCAL_DATE,
            _TITLE,
            _COURSE,
            _quantity("distance_m", "Distance of the course", "m", 20, 1_000_000),
            _quantity("time_s", "Finishing time", "s", 2, 864_000),
            _ASCENT,
            _TEMPERATURE,
            Column("run_id", STRING, "The run that recorded it"),
        ),
        key=("race_id",),
    ),
    Table(
        "log_spans",
        "From when to when something was logged: outside, absence of a row says nothing",
        (
            Column("what", STRING, "What was logged", choices=LOG_KINDS, required=True),
            Column("first_date", DATE, "First day of the log", required=True),
            Column("last_date", DATE, "Last day of the log", required=True),
            Column("source", STRING, "Where the span is known from"),
        ),
        key=("what", "first_date", "source"),
    ),
    Table(
        "events",
        "One row an event of a calendar: what was planned, whether or not it was done",
        (
            Column("event_id", STRING, "Identifier of the event", required=True),
            *_WHEN,
            _TITLE,
            _NOTES,
            _quantity("duration_s", "Duration", "s", 0, 86_400),
        ),
        key=("event_id",),
    ),
    Table(
        "sources",
        "One row a file that was met",
        (
            Column("digest", STRING, "Digest of its bytes", required=True),
            Column("name", STRING, "File name", required=True),
            Column("importer", STRING, "Importer that read it"),
            Column("importer_version", INTEGER, "Version of that importer"),
            Column("added_utc", INSTANT, "When it was added", required=True),
            Column(
                "outcome",
                STRING,
                "added, duplicate, nothing, ignored, skipped, opened (an archive) or replaced",
                required=True,
            ),
            Column("reason", STRING, "Why, where it was skipped"),
        ),
        key=("digest",),
    ),
    Table(
        "form",
        "One row a run: a metric at the reference speed",
        (
            _RUN_ID,
            _LOCAL_DATE,
            Column("value", FLOAT, "The metric at the reference speed, in its own unit"),
            Column("se", FLOAT, "Standard error of value within the run, in its unit", low=0),
            Column("mean_speed_m_s", FLOAT, "Mean speed of the run's segments", "m/s"),
            Column("duration_s", FLOAT, "Duration of the run's segments", "s"),
            _TEMPERATURE,
            Column("device", STRING, "Watch and sensor that measured it"),
            _FIRMWARE,
            Column("shoe", STRING, "Shoe as logged"),
            Column("kind", STRING, "treadmill, or any other word for running outdoors"),
            _DETAIL,
        ),
        key=("run_id",),
    ),
    Table(
        "dose",
        "One row a day of the logged span",
        (
            _LOCAL_DATE,
            Column("amount", FLOAT, "Done that day, in the measure's unit", low=0, required=True),
        ),
        key=("local_date",),
    ),
)

#: Every table by name.
TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})


def table(name: str) -> Table:
    """Return the table called `name`.

    Raises
    ------
    UsageError
        If there is none; the message lists those that there are.
    """
    try:
        return TABLES[name]
    except KeyError:
        raise UsageError(
            f"no table '{name}'", hint=f"the tables are: {', '.join(TABLES)}"
        ) from None
