"""The user's own claims: a file like `claims.toml`, read with care for what it may get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runanalytics.claims.model import EXPECTATIONS, OTHER_DOSES, OUTCOMES, Claim, claims
from runanalytics.errors import UsageError
from runanalytics.movements import members, programmes

#: What a claim says, and of which kind each value is; the first five cannot be done without.
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
#: The only outcomes that these doses go with; other doses go with all but the last of them.
_OUTCOMES_OF = {
    "elapsed_time": ("ground_contact_drift",),
    "run_duration": ("ground_contact_drift",),
}
_FORCE, _RACES, _FURTHER = "peak_force_bw", "race_performance", "no further change"


def read_claims(data: bytes, where: str) -> dict[str, Claim]:
    """Return the claims of a file, by id.

    Parameters
    ----------
    data : bytes
        TOML: one ``[[claim]]`` each, with id, statement, outcome, dose and expected, and where
        wanted research, sources, programme and beyond_per_week.
    where : str
        The file, for messages.

    Raises
    ------
    UsageError
        If it is no such file, naming every claim that makes no sense, and its line.

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
    except tomllib.TOMLDecodeError as error:
        hint = 'write values as: dose = "squat"'
        raise UsageError(f"not TOML: {error}", where=where, hint=hint) from error
    others = sorted(set(table) - {"claim"})
    rows = table.get("claim", [])
    if others or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        named = f"'{others[0]}' is no claim" if others else "'claim' is no list of claims"
        raise UsageError(named, where=where, hint="begin each claim with a line [[claim]]")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[claim]]"]
    found: dict[str, Claim] = {}
    problems = []
    for number, row in enumerate(rows):
        place = f"line {lines[number]}" if len(lines) == len(rows) else f"claim {number + 1}"
        wrong = list(_problems(row)) or list(_clashes(row, found))
        problems += [f"{place}: {problem}" for problem in wrong]
        if not wrong:
            found[row["id"]] = Claim(
                **{"research": "", **row, "sources": tuple(row.get("sources", ()))}
            )
    if problems:
        raise UsageError("; ".join(problems), where=where, hint="README.md shows a claim")
    return found


def _clashes(row: Mapping[str, Any], found: Mapping[str, Claim]) -> Iterator[str]:
    if row["id"] in claims():
        yield f"the sources have a claim '{row['id']}' already: give it another id"
    elif row["id"] in found:
        yield f"'{row['id']}' stands above already: give it another id"


def _problems(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a claim."""
    for name in row:
        if name not in _KEYS:
            yield f"there is no '{name}' in a claim, only {', '.join(_KEYS)}"
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        yield f"no {' and no '.join(missing)}"
    wrong = [
        name
        for name, kind in _KEYS.items()
        if name in row and (not isinstance(row[name], kind) or isinstance(row[name], bool))
    ]
    for name in wrong:
        kind = _KEYS[name]
        yield f"{name} must be {_KINDS[kind]}, not {row[name]!r}"
    if wrong or missing:
        return
    if not row["id"].strip():
        yield "the id is empty"
    if not all(isinstance(source, str) for source in row.get("sources", ())):
        yield "sources must be a list of texts"
    if row["outcome"] not in OUTCOMES:
        yield f"no outcome '{row['outcome']}': there are {', '.join(OUTCOMES)}"
    elif row["expected"] not in EXPECTATIONS:
        yield f"nothing is expected as '{row['expected']}': say {', '.join(EXPECTATIONS)}"
    else:
        yield from _together(row)


def _together(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not go together in a claim."""
    outcome, dose, expected = row["outcome"], row["dose"], row["expected"]
    beyond = row.get("beyond_per_week")
    if dose in _OUTCOMES_OF and outcome not in _OUTCOMES_OF[dose]:
        yield f"dose '{dose}' goes with outcome {', '.join(_OUTCOMES_OF[dose])} only"
    if outcome == _FORCE and dose != "speed":
        yield f"outcome '{outcome}' goes with dose 'speed' only"
    if dose == "adherence":
        if row.get("programme") not in programmes():
            yield f"dose 'adherence' needs a programme, of {', '.join(programmes())}"
    elif "programme" in row:
        yield "a programme goes with dose 'adherence' only"
    elif dose not in OTHER_DOSES:
        try:
            members(dose)
        except UsageError as error:
            yield str(error)
    if expected == "faster" and outcome != _RACES:
        yield f"'faster' goes with outcome {_RACES} only: say up or down"
    if (expected == _FURTHER) != (beyond is not None):
        yield f"'{_FURTHER}' and beyond_per_week go together"
    if beyond is not None and (not beyond > 0 or outcome in (_RACES, _FORCE)):
        yield "beyond_per_week must be above 0, and be about form"
