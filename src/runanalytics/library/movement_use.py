"""The movement that a name stands for: its programmes, and how often it was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from runanalytics.movements import Match, Movement, Programme, match, movement, programmes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Practice:
    """How often a movement was done, on the days on which a log would have it.

    Parameters
    ----------
    sessions, sets : int
        In all.
    sessions_per_week : float or None
        None if no log would have it.
    last_date : str or None
        Last day it was done, as 2026-03-01.
    weeks_logged : int
        Weeks in which a log shows whether it was done.
    """

    sessions: int
    sets: int
    sessions_per_week: float | None
    last_date: str | None
    weeks_logged: int

    @classmethod
    def from_doses(cls, sessions: pd.DataFrame, sets: pd.DataFrame) -> Practice:
        """Return it from two tables "dose": sessions a day, and sets a day."""
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
    """The movement that a name stands for, and what is known of it.

    Parameters
    ----------
    match : Match
        The movement that the name stands for, and why.
    movement : Movement or None
        None if the name is not matched, or is that of no movement; so is `done`.
    programmes : tuple of Programme
        Those that prescribe the movement.
    done : Practice or None
        How often it was done.
    category : str or None
        The category of work that the user states, where the name is that of no movement.
    """

    match: Match
    movement: Movement | None = None
    programmes: tuple[Programme, ...] = ()
    done: Practice | None = None
    category: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        answer = {**asdict(self.match), "details": None}
        if self.category is not None:
            answer["category"] = self.category
        if self.movement is None or self.done is None:
            return answer
        return {
            **answer,
            "details": asdict(self.movement),
            "programmes": [
                {"programme": each.name, "prescription": each.prescription}
                for each in self.programmes
            ],
            "done": asdict(self.done),
        }


def movement_use(
    name: str,
    corrections: Mapping[str, str],
    dose: Callable[[str, str], pd.DataFrame],
    category: str | None = None,
) -> MovementUse:
    """Return the movement that a name stands for, and what is known of it.

    Parameters
    ----------
    name : str
        As it stands in a log.
    corrections : mapping of str to str
        As for `runanalytics.match`.
    dose : callable
        From a movement's id and a measure to its table "dose".
    category : str, optional
        The category of work that the user states of the name.
    """
    found = match(name, corrections=corrections)
    if not found.movement:
        return MovementUse(found, category=category)
    known = movement(found.movement)
    return MovementUse(
        found,
        known,
        tuple(programmes()[each] for each in known.programmes),
        Practice.from_doses(dose(known.id, "sessions"), dose(known.id, "sets")),
    )
