"""Values of a quantity in a FIT file: of native fields, and of fields that apps describe.

Native fields come first. A field that an app describes in the file itself fills what they lack,
where they lack much: a strap that drops out is backed up by the pod on the shoe. Apps name such
fields as they like; one that looks like running form and is not understood is named in a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.codec.values import Array
from runanalytics.importers.fit.quantities import (
    NEVER_0_THROUGHOUT,
    NO_ALTITUDE_M,
    QUANTITIES,
    Quantity,
)
from runanalytics.importers.runs.words import plain_words
from runanalytics.importers.text.stated_units import factor

#: A contact time below this is a share of the step in percent, whatever the field's name.
_LEAST_CONTACT_MS = 80.0
#: Native fields are incomplete if they lack more than this share of what an app's field has.
_LACKING = 0.1
#: Message ``record`` in FIT's profile.
_RECORD = 20
#: What apps put around the name: brackets with the unit, their own prefix, the side of the body.
_AROUND = re.compile(r"[\[(][^\])]*[\])]|[-./:]+")
_PREFIX = re.compile(r"^(?:(?:rs|rp|curr|current|live) )+(?=.)")
_SIDE = re.compile(r"^(left|right) (?=.)| (left|right|l|r)$")
#: Words of names that look like a quantity of running form -> the quantity in words.
_LOOKS_LIKE = (
    (re.compile(r"balance"), "balance"),
    (re.compile(r"contact|stance|\bgct|ground ?time"), "contact time"),
    (re.compile(r"cadence"), "cadence"),
    (re.compile(r"oscillation|\bvert\w* osc"), "oscillation"),
)


@dataclass(frozen=True)
class _Candidate:
    """A field that may hold a quantity: its values in our unit, and of which foot they are."""

    field: DeveloperField
    values: Floats
    side: str


def plain_name(name: str) -> str:
    """Return what an app's field is called, without unit, prefix and side of the body.

    Examples
    --------
    >>> plain_name("currContactTime"), plain_name("rs_contact_time_L"), plain_name("GCT (ms)")
    ('contact time', 'contact time', 'gct')
    """
    return _SIDE.sub("", _PREFIX.sub("", plain_words(_AROUND.sub(" ", name))))


def _side(name: str) -> str:
    found = _SIDE.search(_PREFIX.sub("", plain_words(_AROUND.sub(" ", name))))
    return "" if found is None else (found[1] or found[2])[0]


def developer_columns(
    quantity: Quantity, described: Sequence[DeveloperField]
) -> list[tuple[DeveloperField, float]]:
    """Return the developer fields that may hold a quantity, each with the factor to our unit.

    Examples
    --------
    >>> contact = next(q for q in QUANTITIES if q.column == "ground_contact_ms")
    >>> field = DeveloperField(0, 1, "Ground Time", "Milliseconds", "Ground Time", 132)
    >>> [factor for _, factor in developer_columns(contact, [field])]
    [1.0]
    """
    if not described:
        return []
    pattern = re.compile(quantity.names or r"(?!)", re.IGNORECASE)
    found = []
    for field in described:
        by_number = _is_of_records(field) and field.native_field in quantity.natives
        if not (by_number or pattern.fullmatch(plain_name(field.name))):
            continue
        to_ours = factor(quantity.column, field.unit)
        if to_ours is None and not field.unit.strip() and quantity.column == "ground_contact_ms":
            to_ours = 1.0  # apps that leave the unit out write milliseconds
        if to_ours is not None:
            found.append((field, to_ours))
    return found


def not_understood(record: Mapping[str, Array], described: Sequence[DeveloperField]) -> list[Note]:
    """Return a note on each app's field that looks like running form and is not read.

    Parameters
    ----------
    record : mapping of str to array
        Columns of message ``record``.
    described : sequence of DeveloperField
        The developer fields of the file.
    """
    read = {
        field.column
        for quantity in QUANTITIES
        for field, _ in developer_columns(quantity, described)
    }
    notes = []
    for field in described:
        column = record.get(field.column)
        if column is None or field.column in read or not _has_values(column):
            continue
        name = plain_name(field.name)
        looks = next((what for pattern, what in _LOOKS_LIKE if pattern.search(name)), None)
        if looks is not None:
            unit = f" in '{field.unit.strip()}'" if field.unit.strip() else " without a unit"
            words = f"the app's field '{field.name}'{unit} looks like {looks}"
            notes.append(Note("warning", f"{words} and is not understood: it was not read"))
    return notes


def _has_values(column: Array) -> bool:
    if column.dtype.kind == "f":
        return bool((np.nan_to_num(column) != 0).any())
    return column.dtype.kind == "O" and any(cell is not None for cell in column.tolist())


def _is_of_records(field: DeveloperField) -> bool:
    return field.native_message in (None, _RECORD)


def quantity_values(
    quantity: Quantity, record: Mapping[str, Array], described: Sequence[DeveloperField]
) -> tuple[Floats, DeveloperField | None]:
    """Return a quantity's values in our unit, and the developer field most of them come from.

    Native fields count; a developer field fills what they lack, if they lack more than a tenth
    of what it has.

    Parameters
    ----------
    quantity : Quantity
        The quantity to look for.
    record : mapping of str to array
        Columns of message ``record``.
    described : sequence of DeveloperField
        The developer fields of the file.

    Returns
    -------
    values : array of float
        One for each record; NaN where missing.
    source : DeveloperField or None
        None if most values are of native fields.
    """
    values = _without_zeros(_native_values(quantity, record), quantity)
    known = np.isfinite(values)
    is_measured = bool((values[known] != 0).any())
    if is_measured and known.all():
        return values, None
    candidates = _candidates(quantity, record, described)
    if not candidates:
        unmeasured = quantity.column in NEVER_0_THROUGHOUT and not is_measured
        return np.where((values == 0) & unmeasured, np.nan, values), None
    first = candidates[0]
    # Some apps have a field for each foot.
    others = [c.values for c in candidates[1:] if {c.side, first.side} == {"l", "r"}]
    filled = _mean_of_feet(first.values, others[0]) if others else first.values
    if not is_measured:
        return filled, first.field
    lacking = np.isfinite(filled) & ~known
    # A distance goes on from the one before, so two of them cannot be joined.
    if quantity.column == "distance_m" or lacking.sum() <= _LACKING * np.isfinite(filled).sum():
        return values, None
    is_mostly_native = 2 * int(known.sum()) >= int(known.sum() + lacking.sum())
    return np.where(lacking, filled, values), None if is_mostly_native else first.field


def _native_values(quantity: Quantity, record: Mapping[str, Array]) -> Floats:
    stated = [record[name] for name in quantity.fields if name in record]
    scaled = [column * quantity.factor for column in stated if column.dtype.kind == "f"]
    values = scaled[0] if scaled else np.full(len(record["damaged"]), np.nan)
    for other in scaled[1:]:
        values = np.where(np.isnan(values), other, values)
    if quantity.column == "cadence_spm" and {"cadence", "fractional_cadence"} <= record.keys():
        whole, fraction = record["cadence"], record["fractional_cadence"]
        if whole.dtype.kind == fraction.dtype.kind == "f":
            known = np.isfinite(whole)
            values[known] += quantity.factor * np.nan_to_num(fraction[known])
    if quantity.column == "altitude_m":
        values[values == NO_ALTITUDE_M] = np.nan
    return values


def _candidates(
    quantity: Quantity, record: Mapping[str, Array], described: Sequence[DeveloperField]
) -> list[_Candidate]:
    candidates = []
    for field, to_ours in developer_columns(quantity, described):
        column = record.get(field.column)
        if column is None or column.dtype.kind != "f":
            continue
        scaled = _without_zeros(column * to_ours, quantity)
        known = scaled[np.isfinite(scaled)]
        if not known.size:
            continue
        if quantity.column != "ground_contact_ms" or np.median(known) >= _LEAST_CONTACT_MS:
            candidates.append(_Candidate(field, scaled, _side(field.name)))
    return candidates


def _mean_of_feet(one: Floats, other: Floats) -> Floats:
    """Return the mean of both feet, or of the one whose pod has not dropped out."""
    mean = (one + other) / 2
    return np.where(np.isnan(mean), np.where(np.isnan(one), other, one), mean)


def _without_zeros(values: Floats, quantity: Quantity) -> Floats:
    return np.where(values == 0, np.nan, values) if quantity.zero_is_missing else values
