"""The model of a claim, and the claims of the founding articles, from `claims.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runanalytics.errors import one_line
from runanalytics.movements import movement_id, programme_named

#: Outcome that a claim may be about -> its unit.
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
#: Doses of a claim besides categories, programmes and movements -> what they are.
OTHER_DOSES: Mapping[str, str] = MappingProxyType(
    {
        "elapsed_time": "time since the start of the run",
        "run_duration": "how long the run lasts",
        "adherence": "how far a programme was followed",
        "speed": "running speed",
    }
)
#: Direction of the outcome as the dose grows.
EXPECTATIONS = ("up", "down", "faster", "no further change")


@dataclass(frozen=True)
class Claim:
    """A statement that can be tested on a runner's data.

    Parameters
    ----------
    id : str
        Its short name.
    statement : str
        The statement.
    outcome : str
        From `OUTCOMES`.
    dose : str
        A category of movements, a programme, or a movement by its id or its name, as in
        `runanalytics.dose`; or from `OTHER_DOSES`.
    expected : str
        From `EXPECTATIONS`.
    research : str
        What research has found.
    sources : tuple of str
        Publications of it.
    programme : str, optional
        Id of the programme that is followed, where `dose` is "adherence".
    beyond_per_week : float, optional
        The claim is about sessions beyond this many a week.
    """

    id: str
    statement: str
    outcome: str
    dose: str
    expected: str
    research: str = ""
    sources: tuple[str, ...] = ()
    programme: str | None = None
    beyond_per_week: float | None = None


#: The claims of the founding articles.
FILE = Path(__file__).with_name("claims.toml")


@cache
def claims() -> Mapping[str, Claim]:
    """Return every claim of the founding articles by its id, in the order of the file.

    Examples
    --------
    >>> claims()["drills-cadence"].expected
    'up'
    """
    import tomllib

    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["claim"]
    return MappingProxyType({row["id"]: claim_of(row) for row in rows})


def claim_of(row: Mapping[str, Any]) -> Claim:
    """Return the claim that an entry of a file states.

    Parameters
    ----------
    row : mapping of str to object
        The fields of `Claim` that the entry has, `sources` as a list; spaces and hyphens may
        stand for underscores in a dose, and a programme may go by its name.

    Examples
    --------
    >>> entry = {"id": "late", "statement": "Late in a run contact takes longer.",
    ...          "outcome": "ground_contact_drift", "dose": "elapsed time", "expected": "up"}
    >>> claim_of(entry).dose, claim_of(entry).sources
    ('elapsed_time', ())
    """
    fields: dict[str, Any] = {
        name: one_line(value, None) if isinstance(value, str) else value
        for name, value in row.items()
    }
    fields["sources"] = tuple(one_line(source, None) for source in row.get("sources", ()))
    dose = movement_id(row["dose"])
    if dose in OTHER_DOSES:
        fields["dose"] = dose
    if "programme" in row:
        fields["programme"] = programme_named(row["programme"]).id
    return Claim(**fields)
