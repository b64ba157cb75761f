"""What a name in a log is taken for, what is prescribed of that, and how often it was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from runanalytics.movements import Match, Movement, Programme, match, movement, programmes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Done:
    """How often a movement was done, within the days on which the log tells of it.

    Parameters
    ----------
    sessions, sets : int
        In all.
    sessions_per_week : float or None
        None if no log tells of it.
    last_date : str or None
        Last day it was done, as 2026-03-01.
    weeks_logged : int
        Weeks on which a log tells whether it was done.
    """

    sessions: int
    sets: int
    sessions_per_week: float | None
    last_date: str | None
    weeks_logged: int

    @classmethod
    def of(cls, sessions: pd.DataFrame, sets: pd.DataFrame) -> Done:
        """Return it from two tables "dose": sessions and sets a day."""
        days = sessions.loc[sessions["amount"] > 0, "local_date"]
        return cls(
            sessions=round(float(sessions["amount"].sum())),
            sets=round(float(sets["amount"].sum())),
            sessions_per_week=7 * float(sessions["amount"].mean()) if len(sessions) else None,
            last_date=f"{days.max():%Y-%m-%d}" if len(days) else None,
            weeks_logged=round(len(sessions) / 7),
        )


@dataclass(frozen=True)
class MovementUse:
    """What a name is taken for, and what is known of that movement.

    Parameters
    ----------
    match : Match
        What the name is taken for, and why.
    movement : Movement or None
        None if the name is not matched, or is that of no movement; so is `done`.
    programmes : tuple of Programme
        Those that prescribe the movement.
    done : Done or None
        How often it was done.
    """

    match: Match
    movement: Movement | None = None
    programmes: tuple[Programme, ...] = ()
    done: Done | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        answer = {**asdict(self.match), "details": None}
        if self.movement is None or self.done is None:
            return answer
        prescribed = [
            {"programme": one.name, "prescription": one.prescription} for one in self.programmes
        ]
        return {
            **answer,
            "details": asdict(self.movement),
            "programmes": prescribed,
            "done": asdict(self.done),
        }


def movement_use(
    name: str, corrections: Mapping[str, str], dose: Callable[[str, str], pd.DataFrame]
) -> MovementUse:
    """Return what a name is taken for, and what is known of that movement.

    Parameters
    ----------
    name : str
        As it stands in a log.
    corrections : mapping of str to str
        As for `runanalytics.match`.
    dose : callable
        From a movement's id and a measure to its table "dose".
    """
    found = match(name, corrections=corrections)
    if not found.movement:
        return MovementUse(found)
    known = movement(found.movement)
    return MovementUse(
        found,
        known,
        tuple(programmes()[each] for each in known.programmes),
        Done.of(dose(known.id, "sessions"), dose(known.id, "sets")),
    )
