"""What the founding articles prescribe and assert: programmes and claims.

The wording and the figures stand in `programmes.toml` and `claims.toml`; which movements belong
to a programme stands in `catalogue.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runanalytics.movements.vocabulary import catalogue

#: What a claim may be about: outcome -> unit of its change.
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "ground_contact_ms": "ms at the reference pace",
        "cadence_spm": "steps/min at the reference pace",
        "step_length_m": "m at the reference pace",
        "ground_contact_drift": "change of contact time within a run",
        "speed_at_heart_rate": "m/s at a reference heart rate",
        "race_performance": "race time on one scale",
        "peak_force_bw": "estimated peak force in body weights",
    }
)
#: Doses of a claim beside the categories of movements.
OTHER_DOSES: Mapping[str, str] = MappingProxyType(
    {
        "elapsed_time": "time since the start of the run",
        "run_duration": "how long the run lasts",
        "adherence": "how far a programme was followed",
        "speed": "running speed",
    }
)
EXPECTATIONS = ("up", "down", "faster", "no further change")


@dataclass(frozen=True)
class Target:
    """What a programme prescribes of one movement; None is left open.

    Parameters
    ----------
    movement : str
        Id of the movement.
    sets, reps : tuple of int, optional
        Least and most; repetitions are a set, and a side where `per_side`.
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
    """A set of movements and how they are meant to be done.

    Parameters
    ----------
    id, name : str
        How it is called in tables and in print.
    prescription : str
        In words.
    movements : tuple of str
        Ids, in the order of the catalogue.
    targets : tuple of Target
        Figures, for the movements that have some.
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


@dataclass(frozen=True)
class Claim:
    """One assertion that can be held against data.

    Parameters
    ----------
    id : str
        How it is called.
    statement : str
        What is asserted.
    outcome : str
        From `OUTCOMES`.
    dose : str
        A category of movements, or from `OTHER_DOSES`.
    expected : str
        Direction of the outcome as the dose grows, from `EXPECTATIONS`.
    research : str
        What others have found.
    sources : tuple of str
        Where they said so.
    programme : str, optional
        The programme whose following is meant, where `dose` is "adherence".
    beyond_per_week : float, optional
        Only what goes beyond this many sessions a week is meant.
    """

    id: str
    statement: str
    outcome: str
    dose: str
    expected: str
    research: str
    sources: tuple[str, ...]
    programme: str | None = None
    beyond_per_week: float | None = None


@cache
def programmes() -> Mapping[str, Programme]:
    """Return every programme by its id.

    Examples
    --------
    >>> programmes()["legs_at_home"].targets[0].work_s
    40
    """
    return MappingProxyType(
        {row["id"]: _programme(row) for row in _tables("programmes.toml", "programme")}
    )


@cache
def claims() -> Mapping[str, Claim]:
    """Return every claim by its id.

    Examples
    --------
    >>> claims()["drills-cadence"].expected
    'up'
    """
    return MappingProxyType(
        {
            row["id"]: Claim(**row | {"sources": tuple(row["sources"])})
            for row in _tables("claims.toml", "claim")
        }
    )


def _tables(file: str, key: str) -> list[dict[str, Any]]:
    import tomllib

    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[key]
    return rows


def _programme(row: dict[str, Any]) -> Programme:
    targets = tuple(Target(**_pairs_as_tuples(target)) for target in row.get("target", ()))
    fields = _pairs_as_tuples({name: value for name, value in row.items() if name != "target"})
    held = tuple(m.id for m in catalogue().values() if row["id"] in m.programmes)
    return Programme(**fields, movements=held, targets=targets)


def _pairs_as_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
