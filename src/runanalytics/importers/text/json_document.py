"""JSON documents: what the format leaves open is noted or refused, never taken silently."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Note, counted_note
from runanalytics.importers.text.delimited import DelimitedTable, Row, column_key
from runanalytics.importers.text.plain_numbers import unread_note

#: An integer of more digits is no number of a runner's.
_MOST_DIGITS = 300
_HINT = "save or export it once more"


def has_names(head: bytes, signatures: Iterable[Iterable[str]]) -> bool:
    """Return whether a document begins as JSON and has all the words of one of some signatures.

    Parameters
    ----------
    head : bytes
        Its first bytes.
    signatures : iterable of iterable of str
        Words that only one source's documents have together.

    Examples
    --------
    >>> has_names(b'[{"a": 1, "b": 2}]', [('"a"', '"b"')]), has_names(b"a,b", [("a", "b")])
    (True, False)
    """
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text.startswith((b"[", b"{")):
        return False
    words = text.decode("utf-8", errors="replace")
    return any(all(word in words for word in together) for together in signatures)


def read_json(data: bytes) -> tuple[object, list[Note]]:
    """Return a document, and notes on numbers and keys that are not as they should be.

    Parameters
    ----------
    data : bytes
        UTF-8, UTF-16 or UTF-32.

    Returns
    -------
    document : object
        As `json.loads` gives it; NaN, infinities and numbers too large to be held are None, and
        of two values of one key in one object the last is taken, as by most readers.
    notes : list of Note
        How many of these there are.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, or nested too deeply.

    Examples
    --------
    >>> document, notes = read_json(b'{"a": 1e999, "a": 2, "b": NaN}')
    >>> document, len(notes)
    ({'a': 2, 'b': None}, 2)
    """
    seen = _Seen()
    try:
        text = data.decode(json.detect_encoding(data), errors="replace").removeprefix("\ufeff")
        document = json.loads(
            text,
            parse_float=seen.number,
            parse_int=seen.integer,
            parse_constant=seen.constant,
            object_pairs_hook=seen.mapping,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFileError(
            f"the JSON is torn or broken ({error.msg})", where=place, hint=_HINT
        ) from error
    except RecursionError as error:
        raise UnreadableFileError(
            "the JSON cannot be read (nested too deeply)", hint=_HINT
        ) from error
    repeated = "keys that stand twice in one object with different values, the last of which counts"
    return document, [
        *unread_note(seen.n_unread, "the JSON"),
        *counted_note(seen.n_repeated, repeated, "warning"),
    ]


@dataclass
class _Seen:
    """What was met while a document was read."""

    n_unread: int = 0
    n_repeated: int = 0

    def number(self, text: str) -> float | None:
        number = float(text)
        if not math.isfinite(number):
            self.n_unread += 1
            return None
        return number

    def integer(self, text: str) -> int | None:
        if len(text) > _MOST_DIGITS:
            self.n_unread += 1
            return None
        return int(text)

    def constant(self, _: str) -> None:
        self.n_unread += 1

    def mapping(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self.n_repeated += sum(found[key] != value for key, value in pairs)
        return found


def table_of(records: Sequence[Mapping[str, object]]) -> DelimitedTable:
    """Return records of plain values as a table, as a CSV file of them would be read.

    Parameters
    ----------
    records : sequence of mapping
        Name of a column -> text, number, truth value or None. A row's line is its place,
        counted from 1.

    Examples
    --------
    >>> table = table_of([{"reps": 5, "weight_kg": 80.0}, {"reps": None}])
    >>> table.columns, table.rows[0]["weight_kg"], table.rows[1]["reps"]
    (('reps', 'weight_kg'), '80.0', '')
    """
    names = tuple(dict.fromkeys(name for record in records for name in record))
    keys = {name: column_key(name) for name in names}
    rows = tuple(
        Row(place, {keys[name]: _cell(value) for name, value in record.items()})
        for place, record in enumerate(records, start=1)
    )
    return DelimitedTable(tuple(keys[name] for name in names), names, rows, (), ",")


def _cell(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).casefold() if isinstance(value, bool) else str(value).strip()
