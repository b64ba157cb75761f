"""Logged sessions and sets of any strength app as tables `sessions`, `sets`, `log_spans`.

Each app's importer turns its rows into `LoggedSession` and `LoggedSet`. Which movement a name
means, what kind of session the work in it makes, and over which days each log was kept is decided
here for all of them. Every row is kept, whatever its work: a name that is settled later counts
then without a new import.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pandas as pd

from runanalytics import schema
from runanalytics.importers.contract import Imported, Note, counted_note, log_spans, stable_id
from runanalytics.importers.text.local_time import Moment, clock_of, instants
from runanalytics.movements import (
    Reading,
    is_technique,
    movement,
    read_name,
    session_kind,
    work_of_set,
)
from runanalytics.units import POUND_KG, Load

#: A gym session longer than this is a timer that was left on, and so is a ride or a hike that is
#: longer than the other.
LONGEST_SESSION_S, LONGEST_SPORT_S = 6 * 3600.0, 24 * 3600.0

#: Words that mean that the load assists: it reduces the body's weight.
_ASSISTED = re.compile(r"\b(?:assist|asist|unterstütz)", re.IGNORECASE)
#: Words that mean that there was a weight, whether or not it was entered.
_EQUIPMENT = re.compile(
    r"barbell|dumbbell|machine|cable|kettlebell|smith|plate|weighted|ez.?bar|trap.?bar|sled",
    re.IGNORECASE,
)
#: Main categories of movements that are without a weight unless one is logged.
_BODYWEIGHT = ("plyometric", "pull", "isometric", "core", "technique", "speed")
_BODYWEIGHT_NAMES = re.compile(
    r"body ?weight|\bbw\b|push.?up|press.?up|pull.?up|chin.?up|\bdips?\b|burpee|air squat|pistol",
    re.IGNORECASE,
)
#: A load that rises or falls by the factor from kg to lb, to within this share, is suspect.
_UNIT_JUMP, _UNIT_JUMP_WITHIN = 1 / POUND_KG, 0.04
#: Sessions with a load on either side of such a jump.
_JUMP_SESSIONS = 3
#: Log -> kinds of session that show that it was kept.
SHOWN_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}
)
#: How many unmatched names a note lists before it only counts them.
_SHOWN_NAMES = 5


@dataclass(frozen=True)
class LoggedSet:
    """One set as an app has it, or `n_sets` equal ones; None is what was not logged.

    A load of 0 was stated: the body alone. `assisted` states that the load assists, which some
    names state too. `means` is the full name, where the app's own is short.
    """

    name: str
    reps: float | None = None
    load: Load | None = None
    hold_s: float | None = None
    distance_m: float | None = None
    set_type: str = "normal"
    n_sets: int = 1
    side: str | None = None
    effort_rpe: float | None = None
    assisted: bool = False
    means: str | None = None
    #: The row of the file that states it, as the file's `Ledger` calls it.
    row: Hashable = None

    @property
    def names(self) -> tuple[str, str]:
        """The name as logged, and the one by which it is matched."""
        return self.name, self.means or self.name


@dataclass(frozen=True)
class LoggedSession:
    """One session as an app has it; `kind` only where the source states it.

    `key` identifies it in place of start and title, since a title may be edited between two
    exports.
    """

    start: Moment
    title: str | None = None
    kind: str | None = None
    duration_s: float | None = None
    effort_rpe: float | None = None
    sets: list[LoggedSet] = field(default_factory=list)
    key: str | None = None


@dataclass(frozen=True)
class _NamedMovement:
    said: Reading
    bodyweight: bool
    assisted: bool

    @property
    def movement(self) -> str | None:
        return self.said.movement

    @property
    def work(self) -> str | None:
        return work_of_set(self.movement)


#: What each name means, by the name as logged and the one by which it is matched.
_Known = Mapping[tuple[str, str], _NamedMovement]


def strength_tables(
    source: str,
    sessions: Sequence[LoggedSession],
    timezone: str | None,
    of_unknown_names: str = "strength",
) -> Imported:
    """Return sessions as tables.

    Parameters
    ----------
    source : str
        Name of the source: part of each session's identifier, with its key, or else with its
        start and title.
    sessions : sequence of LoggedSession
        At least one.
    timezone : str, optional
        IANA name of the zone of naive starts; by default this machine's.
    of_unknown_names : str
        Kind of a session all of whose names are unknown: an app of lifts says "strength", a
        table that may hold anything "unknown".

    Returns
    -------
    Imported
        With `sessions`, `sets` and `log_spans`, and notes on names that match no movement,
        on work that is neither strength nor technique, and on timers that were left on.

    Raises
    ------
    UsageError
        If there is no zone called `timezone`.
    """
    names = {one.names for session in sessions for one in session.sets}
    known = {each: _named_movement(each[1]) for each in names}
    kinds = [
        session.kind
        or session_kind((known[logged.names].work for logged in session.sets), of_unknown_names)
        for session in sessions
    ]
    when, notes = instants([session.start for session in sessions], timezone)
    longest_s = [
        longest_session_s(session.kind, (known[logged.names].work for logged in session.sets))
        for session in sessions
    ]
    overlong = [
        (session.duration_s or 0) > longest
        for session, longest in zip(sessions, longest_s, strict=True)
    ]
    rows = [
        {
            "session_id": identifier,
            "kind": kind,
            "title": session.title,
            "duration_s": None if is_overlong else session.duration_s or None,
            "effort_rpe": session.effort_rpe,
        }
        for session, kind, identifier, is_overlong in zip(
            sessions, kinds, _identifiers(source, sessions, known), overlong, strict=True
        )
    ]
    frame = schema.check(pd.concat([when, pd.DataFrame(rows)], axis="columns"), "sessions")
    for longest in sorted({*longest_s}):
        n_over = sum(over and own == longest for over, own in zip(overlong, longest_s, strict=True))
        message = f"durations over {longest / 3600:g} h taken as a timer left on"
        notes += counted_note(n_over, message)
    sets = _sets(frame["session_id"], sessions, known)
    return Imported(
        sessions=frame,
        sets=sets,
        log_spans=spans(source, frame, sets),
        notes=[*notes, *_name_notes(sessions, known), *_unit_notes(sessions, frame["local_date"])],
        clock=clock_of([session.start for session in sessions]),
    )


def longest_session_s(kind: str | None, work: Iterable[str | None]) -> float:
    """Return the longest time (s) that a session of some work can have taken.

    Parameters
    ----------
    kind : str or None
        As the source states it: a recorded ride is "other".
    work : iterable of (str or None)
        Kind of work of each of its sets.
    """
    is_sport = kind == "other" and {*work} <= {"endurance", "other_sport"}
    return LONGEST_SPORT_S if is_sport else LONGEST_SESSION_S


def spans(source: str, sessions: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
    """Return over which days each kind of work in `sessions` was logged.

    A log is opened by work of its own kind alone.

    Parameters
    ----------
    source : str
        Name of the source.
    sessions : DataFrame
        With the columns ``session_id``, ``kind`` and ``local_date``.
    sets : DataFrame
        With the columns ``session_id``, ``movement`` and ``category``.

    Returns
    -------
    DataFrame
        Table ``log_spans``.
    """
    work: dict[str, set[str]] = {}
    rows = zip(sets["session_id"], sets["movement"], sets["category"], strict=True)
    for session_id, movement_id, category in rows:
        work.setdefault(work_of_set(movement_id, category) or "", set()).add(session_id)
    days = {}
    for log in schema.LOG_KINDS:
        if log in SHOWN_BY:
            of_log = sessions["kind"].isin(SHOWN_BY[log])
        else:
            of_log = sessions["session_id"].isin(work.get(log, ()))
        days[log] = sessions.loc[of_log, "local_date"]
    return log_spans(source, days)


def _named_movement(name: str) -> _NamedMovement:
    assisted = bool(_ASSISTED.search(name))
    said = read_name(name)
    matched = said.movement
    bodyweight = bool(_BODYWEIGHT_NAMES.search(name)) or (
        matched is not None and movement(matched).categories[0] in _BODYWEIGHT
    )
    bodyweight = bodyweight and not _EQUIPMENT.search(name)
    return _NamedMovement(said, bodyweight, assisted)


def _identifiers(source: str, sessions: Iterable[LoggedSession], known: _Known) -> list[str]:
    """Return an identifier per session; those that would be the same have a number added."""
    seen: Counter[tuple[str, ...]] = Counter()
    identifiers = []
    for session in sessions:
        title = session.title or session.kind or _word_for_identity(session, known)
        key: tuple[str, ...] = (session.start.isoformat(), title)
        if session.key is not None:
            key = (session.key,)
        number = (seen[key],) if seen[key] else ()
        identifiers.append(stable_id(source, *key, *number))
        seen[key] += 1
    return identifiers


def _word_for_identity(session: LoggedSession, known: _Known) -> str:
    """Return the word that stands for the title of a session without one in its identifier.

    It is the kind as the first versions told it, so that what users decided on a session still
    finds it; what the session counts as does not depend on it.
    """
    drills = {
        name.movement is not None and is_technique(name.movement)
        for name in (known[logged.names] for logged in session.sets)
        if name.work != "endurance"
    }
    if drills == {True, False}:
        return "mixed"
    return "technique" if drills == {True} else "strength"


def _with_amounts_in_name(logged: LoggedSet, said: Reading) -> LoggedSet:
    """Return a set with what its name says of it where its row says nothing: "Fly 30 m"."""
    if logged.reps is None and logged.hold_s is None and logged.distance_m is None:
        reps = set(said.reps)
        logged = replace(
            logged,
            reps=reps.pop() if len(reps) == 1 else None,
            hold_s=said.hold_s,
            distance_m=said.distance_m,
        )
    return replace(
        logged,
        load=said.load if logged.load is None else logged.load,
        side=logged.side or said.side,
        effort_rpe=logged.effort_rpe or said.effort_rpe,
    )


def _load_kind(logged: LoggedSet, known: _NamedMovement) -> str | None:
    if logged.load is None:
        return "bodyweight" if known.bodyweight else None
    if not logged.load.kg:
        return "bodyweight"
    return "assisted" if known.assisted or logged.assisted else "external"


def _sets(
    session_ids: Iterable[str], sessions: Iterable[LoggedSession], known: _Known
) -> pd.DataFrame:
    rows = []
    for session_id, session in zip(session_ids, sessions, strict=True):
        for position, written in enumerate(session.sets, start=1):
            logged = _with_amounts_in_name(written, known[written.names].said)
            loaded = logged.load if logged.load and logged.load.kg else None
            rows.append(
                {
                    "session_id": session_id,
                    "position": position,
                    "movement": known[logged.names].movement,
                    "name_as_logged": logged.name,
                    "set_type": logged.set_type,
                    "n_sets": logged.n_sets,
                    "reps": logged.reps,
                    "load_kg": loaded.kg if loaded else None,
                    "load_kind": _load_kind(logged, known[logged.names]),
                    "hold_s": logged.hold_s,
                    "distance_m": logged.distance_m,
                    "side": logged.side,
                    "effort_rpe": logged.effort_rpe,
                    "load_unit": loaded.unit if loaded else None,
                }
            )
    return schema.check(pd.DataFrame(rows), "sets") if rows else schema.empty("sets")


def _name_notes(sessions: Sequence[LoggedSession], known: _Known) -> list[Note]:
    counts: Counter[tuple[str, str]] = Counter()
    for session in sessions:
        for logged in session.sets:
            counts[logged.names] += logged.n_sets
    unmatched = [
        f"{names[0]!r} ({count})"
        for names, count in counts.most_common()
        if known[names].movement is None
    ]
    other: Counter[str] = Counter()
    for names, count in counts.items():
        work = known[names].work
        if work not in (None, "strength", "technique", "speed"):
            other[str(work).replace("_", " ")] += count
    notes = []
    if unmatched:
        more = f" and {len(unmatched) - _SHOWN_NAMES} more" if len(unmatched) > _SHOWN_NAMES else ""
        message = "names that match no movement, and decide nothing beside known ones"
        listed = ", ".join(unmatched[:_SHOWN_NAMES])
        notes.append(Note("warning", f"{message}: {listed}{more}"))
    if other:
        listed = ", ".join(f"{count} {kind}" for kind, count in other.most_common())
        message = "sets of other work, kept but neither strength nor technique"
        notes.append(Note("info", f"{message}: {listed}"))
    return notes


def _unit_notes(sessions: Sequence[LoggedSession], days: pd.Series) -> list[Note]:
    """Return a note on each exercise whose loads change by the factor from kg to lb, and stay."""
    heaviest: dict[str, list[tuple[pd.Timestamp, float]]] = {}
    for day, session in sorted(zip(days, sessions, strict=True), key=lambda pair: pair[0]):
        loads: dict[str, float] = {}
        for logged in session.sets:
            if logged.load and logged.load.kg:
                loads[logged.name] = max(loads.get(logged.name, 0.0), logged.load.kg)
        for name, kg in loads.items():
            heaviest.setdefault(name, []).append((day, kg))
    notes = []
    for name, history in heaviest.items():
        for index in range(_JUMP_SESSIONS, len(history) - _JUMP_SESSIONS + 1):
            before = [kg for _, kg in history[index - _JUMP_SESSIONS : index]]
            after = [kg for _, kg in history[index : index + _JUMP_SESSIONS]]
            if _is_unit_jump(before, after) or _is_unit_jump(after, before):
                day = f"{history[index][0]:%Y-%m-%d}"
                message = f"loads of {name!r} change {_UNIT_JUMP:.1f}-fold on {day}"
                notes.append(Note("warning", f"{message}: did their unit change?"))
    return notes


def _is_unit_jump(low: Sequence[float], high: Sequence[float]) -> bool:
    ratio = statistics.median(high) / statistics.median(low)
    return max(low) < min(high) and abs(ratio / _UNIT_JUMP - 1) <= _UNIT_JUMP_WITHIN
