"""Strength and technique work that the titles, descriptions and notes of runs name.

Words can only propose: whether they are true of what they stand beside is for the user to decide,
wording by wording.
"""

from __future__ import annotations

import pandas as pd

from runanalytics.movements.texts import NamedPart, named_parts
from runanalytics.schema.checking import require

#: Columns of `proposed_work`.
COLUMNS = (
    *("id", "local_date", "wording", "text", "kind", "movement", "n_sets", "reps", "hold_s"),
    *("distance_m", "load_kg", "load_unit", "side"),
)


def proposed_work(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the strength and technique work that titles and notes name.

    Parameters
    ----------
    rows : DataFrame
        Runs, or events of a calendar: id, local_date, and texts in `title` and `notes`, either
        possibly missing. Several rows may have one id: what they say is of one thing.

    Returns
    -------
    DataFrame
        One row for each thing done that an id's texts name, the title's first: id, local_date,
        wording (without amounts: what is alike in it is decided together), text (where it
        stands), kind ("strength" or "technique"), movement, and what is said of the amount:
        n_sets and reps (missing where nothing is said), hold_s (s), distance_m (m), load_kg (kg),
        load_unit and side. A movement that is named twice is there once for each wording.

    Raises
    ------
    SchemaError
        If a needed column is missing.

    Examples
    --------
    >>> runs = pd.DataFrame({"id": ["a", "b"], "local_date": pd.Timestamp("2026-05-03"),
    ...                      "title": ["Easy 8k + 6 strides", "Lunch Run"], "notes": None})
    >>> proposed_work(runs)[["id", "wording", "kind", "movement", "n_sets"]].to_numpy().tolist()
    [['a', 'strides', 'technique', 'strides', 6]]
    """
    require(rows, "rows", ("id", "local_date", "title", "notes"))
    found: dict[tuple[str, str], dict[str, object]] = {}
    texts = zip(rows["id"], rows["local_date"], rows["title"], rows["notes"], strict=True)
    for identifier, day, *said in texts:
        for text in said:
            if not isinstance(text, str):
                continue
            for line in text.splitlines():
                for part in named_parts(line):
                    row = {"id": identifier, "local_date": day, **_row(part, line)}
                    known = found.setdefault((identifier, part.wording), row)
                    if known["n_sets"] is None and row["n_sets"] is not None:
                        found[identifier, part.wording] = row
    table = pd.DataFrame(list(found.values()), columns=list(COLUMNS))
    return table.astype({"n_sets": "Int64", "local_date": "datetime64[us]"})


def _row(part: NamedPart, line: str) -> dict[str, object]:
    said = part.reading
    reps = set(said.reps)
    return {
        "wording": part.wording,
        "text": " ".join(line.split()),
        "kind": part.kind,
        "movement": said.movement,
        "n_sets": said.n_sets or (len(said.reps) if len(said.reps) > 1 else None),
        "reps": float(reps.pop()) if len(reps) == 1 else None,
        "hold_s": said.hold_s,
        "distance_m": said.distance_m,
        "load_kg": said.load.kg if said.load else None,
        "load_unit": said.load.unit if said.load else None,
        "side": said.side,
    }
