"""What the columns of a strength log are, by their names: the quantity, and its unit.

A name is a word of one of the languages (tables ``strength_headers`` in `runanalytics.words`),
with or without a unit: ``Gewicht (kg)``, ``load_kg``, ``Hold [s]``, or the unit alone (``kg``).
A word that means different things in two languages is read in the language of the other columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from runanalytics.errors import MissingColumnError
from runanalytics.importers.text.delimited import DelimitedTable, column_key
from runanalytics.movements.amount_words import amount_words
from runanalytics.units import LENGTHS_M, LOAD_UNITS, TIMES_S
from runanalytics.words import languages, words

#: Quantities that no column may state without being read, and how they are called in a question.
ASKED_ABOUT: Mapping[str, str] = {
    "load": "a load",
    "reps": "repetitions",
    "hold": "a hold",
    "distance": "a distance",
    "date": "a date",
}
#: Quantity -> the units that its numbers may have.
_UNITS: Mapping[str, frozenset[str]] = {
    "load": frozenset(LOAD_UNITS),
    "distance": frozenset(LENGTHS_M) - {"in", "k"},
    "hold": frozenset(TIMES_S) - {"m", "'", '"'},
    "duration": frozenset(TIMES_S) - {"m", "'", '"'},
    "time": frozenset(TIMES_S) - {"m", "'", '"'},
}
#: Kind of words beside numbers (`amount_words`) -> the unit that they mean, as we spell it.
_UNIT_WORDS = {
    **{"kilograms": "kg", "pounds": "lb", "seconds": "s", "minutes": "min"},
    **{"metres": "m", "kilometres": "km"},
}
#: Quantities that words of any language resemble, whatever the other columns are written in.
_IN_ANY_LANGUAGE = ("load", "reps", "hold")
#: A whole name that is a unit -> the quantity. "m" alone may be minutes as well.
_UNIT_ALONE = {
    **dict.fromkeys(LOAD_UNITS, "load"),
    **dict.fromkeys(("km", "mi", "miles", "meters", "metres"), "distance"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "hold"),
}
#: A unit in brackets, or at the end after a space, a comma, a slash or an underscore.
_BRACKETED = re.compile(r"(?P<name>.*?)[ _]?[(\[{（［](?:in )?(?P<unit>[^)\]}）］]*)[)\]}）］]")
_AFTER = re.compile(r"(?P<name>.+?)(?:,[ _]?|[ _]in[ _]|[ _/])(?P<unit>[^\W\d_]+)")
_NUMBERED = re.compile(r" ?[0-9]+$")
_WORD = re.compile(r"[^\W\d_]+|[0-9]rm|[%]")


@dataclass(frozen=True)
class Column:
    """What a column is: its quantity, as in ``strength_headers``, and the unit of its numbers."""

    quantity: str
    unit: str = ""


@dataclass(frozen=True)
class Headers:
    """The names of a file's columns, and the language in which they are written."""

    keys: tuple[str, ...]
    language: str

    @classmethod
    def of(cls, keys: Sequence[str]) -> Headers:
        """Return the headers of columns as `column_key` spells them.

        Examples
        --------
        >>> Headers.of(("fecha", "ejercicio", "serie", "peso_(kg)")).language
        'es'
        """
        plain = [_split(key)[0] for key in keys]
        counts = {code: sum(one in _names(code) for one in plain) for code in languages()}
        return cls(tuple(keys), max(counts, key=lambda code: counts[code]))

    def column(self, key: str) -> Column | None:
        """Return what a column is; None if its name does not say.

        Examples
        --------
        >>> headers = Headers.of(("datum", "übung", "wdh.", "gewicht_[kg]", "hold_s", "kg"))
        >>> [headers.column(key) for key in headers.keys[3:]]
        [Column(quantity='load', unit='kg'), Column(quantity='hold', unit='s'),
         Column(quantity='load', unit='kg')]
        """
        if key in _UNIT_ALONE:
            return Column(_UNIT_ALONE[key], key)
        for code in dict.fromkeys((self.language, "en", *languages())):
            if (quantity := _names(code).get(key.replace("_", " "))) is not None:
                return Column(quantity)
        name, unit = _split(key)
        for code in dict.fromkeys((self.language, "en", *languages())):
            quantity = _names(code).get(name)
            if quantity is not None and unit in _UNITS.get(quantity, ()):
                return Column(quantity, unit)
        return None

    def resembles(self, key: str) -> str | None:
        """Return the quantity that a column seems to state, by one of its words or its unit.

        None if it seems to state none of `ASKED_ABOUT`, or what its words make another thing: a
        target, the body's weight, a total.

        Examples
        --------
        >>> headers = Headers.of(("date", "exercise", "reps"))
        >>> [headers.resembles(key) for key in ("load_per_hand_(kg)", "target_reps", "mood")]
        ['load', None, None]
        """
        name, unit = _split(key)
        parts = set(_WORD.findall(name))
        for code in dict.fromkeys((self.language, "en")):
            if parts & _passed_over(code):
                return None
        if unit in LOAD_UNITS or parts & set(LOAD_UNITS):
            return "load"
        if _NUMBERED.sub("", name) in keys_of("order") and _NUMBERED.search(name):
            return "reps"  # sets side by side
        for code in dict.fromkeys((self.language, "en", *languages())):
            asked_about = ASKED_ABOUT if code in (self.language, "en") else _IN_ANY_LANGUAGE
            for word, quantity in _names(code).items():
                if quantity in asked_about and word in parts:
                    return quantity
        return None


def question(table: DelimitedTable, column: str, quantity: str) -> MissingColumnError:
    """Return the error for a column that seems to state a quantity and is not understood."""
    return MissingColumnError(
        f"the column '{table.written(column)}' looks like {ASKED_ABOUT[quantity]},"
        " and it is not known what it states",
        hint="rename it to what it is, such as 'Weight (kg)', 'Reps', 'Hold (s)', 'Distance (m)' or"
        " 'Date', or to a name such as 'Notes' if it is to be passed over",
    )


def unread_columns(
    table: DelimitedTable, read: Iterable[str], known: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the columns of a strength log that are not read, as the file names them.

    Parameters
    ----------
    table : DelimitedTable
        The log.
    read : iterable of str
        Keys of the columns that are read.
    known : iterable of str
        Keys of columns that the app is known to write, and that are passed over, with or without
        the unit in their name.

    Raises
    ------
    MissingColumnError
        If one of the others looks like a load, repetitions, a hold, a distance or a date.
    """
    headers, taken, passed_over = Headers.of(table.columns), set(read), set(known)
    unread = []
    for key, name in zip(table.columns, table.names, strict=True):
        if not key or key in taken:
            continue
        named = {key, _split(key)[0].replace(" ", "_")}
        quantity = None if named & passed_over else headers.resembles(key)
        if quantity is not None and _states_something(table, key):
            raise question(table, key, quantity)
        unread.append(name)
    return tuple(dict.fromkeys(unread))


def without_unit(key: str) -> str:
    """Return the key of a column without the unit that it states.

    Examples
    --------
    >>> without_unit("peso_(kg)"), without_unit("weight_unit"), without_unit("set_1_(reps)")
    ('peso', 'weight_unit', 'set_1_(reps)')
    """
    name, unit = _split(key)
    return name.replace(" ", "_") if any(unit in units for units in _UNITS.values()) else key


def keys_of(quantity: str) -> tuple[str, ...]:
    """Return the names of a quantity's columns in all languages, as `column_key` spells them.

    Examples
    --------
    >>> "übung" in keys_of("movement")
    True
    """
    table = words("strength_headers")
    return tuple(
        dict.fromkeys(column_key(name) for code in table for name in table[code][quantity])
    )


def _states_something(table: DelimitedTable, key: str) -> bool:
    """Return whether any cell of a column is more than empty or 0."""
    return any(row[key].strip("0., -") and column_key(row[key]) != key for row in table.rows)


def _split(key: str) -> tuple[str, str]:
    """Return the name in a column's key, words apart, and the unit that it states."""
    if found := _BRACKETED.fullmatch(key):
        unit = found["unit"].replace("_", " ").strip(" .")
        return found["name"].replace("_", " ").strip(), _as_we_spell_it(unit)
    if found := _AFTER.fullmatch(key):
        unit = _as_we_spell_it(found["unit"])
        if any(unit in units for units in _UNITS.values()):
            return found["name"].replace("_", " ").strip(), unit
    return key.replace("_", " ").strip(), ""


def _as_we_spell_it(unit: str) -> str:
    """Return a unit that is written in another language or script as we write it."""
    if any(unit in units for units in _UNITS.values()):
        return unit
    known = amount_words(in_cells=True)
    return next((ours for kind, ours in _UNIT_WORDS.items() if unit in known.get(kind, ())), unit)


@cache
def _names(code: str) -> Mapping[str, str]:
    """Return the names of columns in a language, in lower case -> their quantity."""
    table = words("strength_headers").get(code, {})
    return {
        column_key(name).replace("_", " "): quantity
        for quantity, names in table.items()
        if quantity != "passed_over"
        for name in names
    }


@cache
def _passed_over(code: str) -> frozenset[str]:
    return frozenset(words("strength_headers").get(code, {}).get("passed_over", ()))
