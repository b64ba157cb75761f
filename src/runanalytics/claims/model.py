"""What a claim says, and those of the founding articles.

Their wording stands in `claims.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

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
def claims() -> Mapping[str, Claim]:
    """Return every claim by its id.

    Examples
    --------
    >>> claims()["drills-cadence"].expected
    'up'
    """
    import tomllib

    text = Path(__file__).with_name("claims.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["id"]: Claim(**row | {"sources": tuple(row["sources"])})
            for row in tomllib.loads(text)["claim"]
        }
    )
