"""The programmes that the founding articles prescribe.

Their wording and figures stand in `programmes.toml`, and which movements belong to them in
`catalogue.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runanalytics.errors import UsageError
from runanalytics.movements.vocabulary import catalogue, movement_id, nearest


@dataclass(frozen=True)
class Target:
    """What a programme prescribes for one movement; None where it is left open.

    Parameters
    ----------
    movement : str
        Id of the movement.
    sets, reps : tuple of int, optional
        Least and most; repetitions are per set, and per side where `per_side`.
    work_s, rest_s : float, optional
        Time of work and of rest, in s.
    hold_s : float, optional
        Hold in each repetition, in s.
    per_side : bool
        Whether the repetitions are for each side.
    """

    movement: str
    sets: tuple[int, int] | None = None
    reps: tuple[int, int] | None = None
    work_s: float | None = None
    rest_s: float | None = None
    hold_s: float | None = None
    per_side: bool = False


@dataclass(frozen=True)
class Programme:
    """A set of movements and how they are to be done.

    Parameters
    ----------
    id, name : str
        Its name in tables, and in print.
    prescription : str
        The prescription in words.
    movements : tuple of str
        Ids, in the order of the catalogue.
    targets : tuple of Target
        Figures, for the movements that have them.
    sessions_per_week : float, optional
        None where it is left open.
    after_run_min : tuple of int, optional
        Least and most minutes after every run.
    followed_by : str, optional
        What comes after it in the same session.
    """

    id: str
    name: str
    prescription: str
    movements: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    sessions_per_week: float | None = None
    after_run_min: tuple[int, int] | None = None
    followed_by: str | None = None


@cache
def programmes() -> Mapping[str, Programme]:
    """Return every programme by its id.

    Examples
    --------
    >>> programmes()["legs_at_home"].targets[0].work_s
    40
    """
    import tomllib

    text = Path(__file__).with_name("programmes.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["id"]: _programme(row) for row in tomllib.loads(text)["programme"]}
    )


def programme_named(text: str) -> Programme:
    """Return the programme that `text` names, by its id or its name.

    Parameters
    ----------
    text : str
        Such as "technique-drills" or "Gym and after the run".

    Raises
    ------
    UsageError
        If there is none, naming the nearest and all that there are.

    Examples
    --------
    >>> programme_named("technique drills").id, programme_named("Gym and after the run").id
    ('technique_drills', 'gym_and_after_run')
    """
    wanted, known = movement_id(text), programmes()
    for programme in known.values():
        if wanted in (programme.id, movement_id(programme.name)):
            return programme
    raise UsageError(
        f"no programme '{text}'",
        hint=f"did you mean {nearest(text, known)}? There are: {', '.join(known)}",
    )


def _programme(row: dict[str, Any]) -> Programme:
    targets = tuple(Target(**_pairs_as_tuples(target)) for target in row.get("target", ()))
    fields = _pairs_as_tuples({name: value for name, value in row.items() if name != "target"})
    members = tuple(m.id for m in catalogue().values() if row["id"] in m.programmes)
    return Programme(**fields, movements=members, targets=targets)


def _pairs_as_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
