"""Reads the user's own claims from a file like `claims.toml`, and names everything wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from runanalytics.claims.model import EXPECTATIONS, OTHER_DOSES, OUTCOMES, Claim, claim_of, claims
from runanalytics.errors import UsageError
from runanalytics.movements import (
    CATEGORIES,
    catalogue,
    members,
    movement_id,
    nearest,
    programme_named,
    programmes,
)

#: Keys of a claim and the type of each value; the first five must be given.
_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "statement": str,
    "outcome": str,
    "dose": str,
    "expected": str,
    "research": str,
    "sources": list,
    "programme": str,
    "beyond_per_week": (int, float),
}
_NEEDED = tuple(_KEYS)[:5]
_KINDS = {str: "text in quotes", list: "a list of texts", (int, float): "a number"}
_DRIFT, _FORCE, _RACES = "ground_contact_drift", "peak_force_bw", "race_performance"
#: Doses that go with the drift inside runs only.
_INSIDE_RUNS = ("elapsed_time", "run_duration")
_FURTHER = "no further change"


def read_claims(data: bytes, where: str) -> dict[str, Claim]:
    """Return the claims of a file, by id.

    Parameters
    ----------
    data : bytes
        TOML: one ``[[claim]]`` each, with id, statement, outcome, dose and expected; research,
        sources, programme and beyond_per_week may be left out.
    where : str
        The file, for messages.

    Raises
    ------
    UsageError
        If it is no such file, or a claim is wrong; every one is named with its line.

    Examples
    --------
    >>> text = b'''[[claim]]
    ... id = "squats-cadence"
    ... statement = "Squats raise my cadence."
    ... outcome = "cadence_spm"
    ... dose = "squat"
    ... expected = "up"
    ... '''
    >>> read_claims(text, "claims.toml")["squats-cadence"].dose
    'squat'
    """
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"line {line} is not UTF-8", where=where, hint="save it so") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        hint = 'write values as: dose = "squat"'
        raise UsageError(f"not TOML: {error}", where=where, hint=hint) from error
    others = sorted(set(table) - {"claim"})
    rows = table.get("claim", [])
    if others or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"'{others[0]}' is no claim" if others else "'claim' is no list of claims"
        raise UsageError(message, where=where, hint="begin each claim with a line [[claim]]")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[claim]]"]
    read: dict[str, Claim] = {}
    problems = []
    for number, row in enumerate(rows):
        place = f"line {lines[number]}" if len(lines) == len(rows) else f"claim {number + 1}"
        wrong = list(_problems(row)) or list(_clashes(row, read))
        problems += [f"{place}: {problem}" for problem in wrong]
        if not wrong:
            read[row["id"]] = claim_of(row)
    if problems:
        raise UsageError(
            "; ".join(problems), where=where, hint="docs/howto/corrections.md shows one"
        )
    return read


def _clashes(row: Mapping[str, Any], read: Mapping[str, Claim]) -> Iterator[str]:
    """Yield what is wrong with a claim beside those read before."""
    if row["id"] in claims():
        yield f"the sources have a claim '{row['id']}' already: give it another id"
    elif row["id"] in read:
        yield f"'{row['id']}' stands above already: give it another id"


def _problems(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a claim by itself."""
    for name in row:
        if name not in _KEYS:
            yield f"there is no '{name}' in a claim, only {_listed(_KEYS, name)}"
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        yield f"no {' and no '.join(missing)}"
    wrong = [
        name
        for name, kind in _KEYS.items()
        if name in row and (not isinstance(row[name], kind) or isinstance(row[name], bool))
    ]
    for name in wrong:
        yield f"{name} must be {_KINDS[_KEYS[name]]}, not {row[name]!r}"
    if wrong or missing:
        return
    if not row["id"].strip():
        yield "the id is empty"
    if not all(isinstance(source, str) for source in row.get("sources", ())):
        yield "sources must be a list of texts"
    outcome, expected = row["outcome"], row["expected"]
    if outcome not in OUTCOMES:
        yield f"no outcome '{outcome}': there are {_listed(OUTCOMES, outcome)}"
    elif expected not in EXPECTATIONS:
        yield f"nothing is expected as '{expected}': say {_listed(EXPECTATIONS, expected)}"
    else:
        yield from _contradictions(row)


def _listed(accepted: Collection[str], given: str) -> str:
    """Return the accepted values in words, and the one that was probably meant."""
    near = get_close_matches(given.casefold(), accepted, n=1)
    return ", ".join(accepted) + (f" (did you mean '{near[0]}'?)" if near else "")


def _contradictions(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield which values of a claim do not go together."""
    outcome, dose, expected = row["outcome"], movement_id(row["dose"]), row["expected"]
    beyond = row.get("beyond_per_week")
    if dose in _INSIDE_RUNS and outcome != _DRIFT:
        yield f"dose '{dose}' goes with outcome {_DRIFT} only"
    if outcome == _FORCE and dose != "speed":
        yield f"outcome '{outcome}' goes with dose 'speed' only"
    if dose == "adherence":
        yield from _programme_problem(row.get("programme"))
    elif "programme" in row:
        yield "a programme goes with dose 'adherence' only"
    elif dose not in OTHER_DOSES:
        yield from _dose_problem(row["dose"])
    if expected == "faster" and outcome != _RACES:
        yield f"'faster' goes with outcome {_RACES} only: say up or down"
    if (expected == _FURTHER) != (beyond is not None):
        yield f"'{_FURTHER}' and beyond_per_week go together"
    if beyond is not None:
        if not beyond > 0:
            yield f"beyond_per_week must be above 0, not {beyond:g}"
        if outcome in (_DRIFT, _FORCE, _RACES):
            yield f"beyond_per_week does not go with outcome {outcome}"
        if dose == "adherence":
            yield "beyond_per_week counts sessions: give a category, programme or movement as dose"


def _programme_problem(name: str | None) -> Iterator[str]:
    if name is None:
        yield f"dose 'adherence' needs a programme, of {', '.join(programmes())}"
        return
    try:
        programme_named(name)
    except UsageError as error:
        yield str(error)


def _dose_problem(dose: str) -> Iterator[str]:
    try:
        members(dose)
    except UsageError:
        choices = dict.fromkeys((*CATEGORIES, *programmes(), *OTHER_DOSES, *catalogue()))
        yield (
            f"'{dose}' is no category, programme, movement or other dose: did you mean "
            f"{nearest(dose, choices)}? Categories: {', '.join(CATEGORIES)}. Programmes: "
            f"{', '.join(programmes())}. Others: {', '.join(OTHER_DOSES)}. `runanalytics "
            "movements` lists the movements"
        )
