"""Columns of table "samples" and the FIT fields that hold them, with their units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.codec.values import Array
from runanalytics.importers.text.stated_units import factor


@dataclass(frozen=True)
class Quantity:
    """A column of table "samples" and where it comes from.

    Parameters
    ----------
    column : str
        Name in `runanalytics.schema`.
    fields : tuple of str
        Fields of message ``record``, the best first; each fills what those before it lack.
    factor : float
        From the profile's unit to ours.
    zero_is_missing : bool
        Whether devices write 0 for "not measured".
    natives : tuple of int
        Numbers of native fields for which a developer field may state to stand.
    names : str
        Pattern of names that apps give to such a field.
    """

    column: str
    fields: tuple[str, ...]
    factor: float = 1.0
    zero_is_missing: bool = False
    natives: tuple[int, ...] = ()
    names: str = ""


QUANTITIES = (
    Quantity("distance_m", ("distance",), names=r"distance", natives=(5,)),
    Quantity("speed_m_s", ("enhanced_speed", "speed"), names=r"speed", natives=(6, 73)),
    Quantity("cadence_spm", ("cadence", "cadence256"), 2.0, names=r"cadence", natives=(4,)),
    Quantity(
        "ground_contact_ms",
        ("stance_time",),
        zero_is_missing=True,
        # 40 is the contact's share of the step, but some apps state it for the time itself.
        natives=(41, 40),
        names=r"(rs_)?(ground|contact|stance|ground[ _]?contact)[ _]?time(_[lr])?",
    ),
    Quantity("contact_balance_left_pct", ("stance_time_balance",), zero_is_missing=True),
    Quantity(
        "vertical_oscillation_mm",
        ("vertical_oscillation",),
        zero_is_missing=True,
        natives=(39,),
        names=r"vertical[ _]?oscillation",
    ),
    Quantity("vertical_ratio_pct", ("vertical_ratio",), zero_is_missing=True, natives=(83,)),
    Quantity("step_length_m", ("step_length",), 0.001, zero_is_missing=True, natives=(85,)),
    Quantity("heart_rate_bpm", ("heart_rate",), zero_is_missing=True, natives=(3,)),
    Quantity("power_w", ("power",), natives=(7,), names=r"(rp_)?power"),
    Quantity("altitude_m", ("enhanced_altitude", "altitude")),
    Quantity("temperature_c", ("temperature",)),
)

#: Fields of message ``record`` from which samples are made.
RECORD_FIELDS = frozenset(
    {"timestamp", "fractional_cadence", *(name for q in QUANTITIES for name in q.fields)}
)

#: Read only where distance is not stated, and dropped afterwards.
POSITION_FIELDS = frozenset({"position_lat", "position_long"})
#: Degrees in one of FIT's semicircles.
DEGREES = 180 / 2**31

#: Field of message ``session`` for the average of each quantity that needs no more than scaling.
SESSION_AVERAGES: Mapping[str, str] = {
    q.column: f"avg_{q.fields[0]}"
    for q in QUANTITIES
    if q.column not in {"distance_m", "speed_m_s", "cadence_spm", "altitude_m"}
}

#: Quantities that no run has at 0 throughout: if all records have 0, they were not measured.
NEVER_0_THROUGHOUT = frozenset({"distance_m", "speed_m_s", "cadence_spm", "power_w"})
#: Written by devices that know no altitude: 0 before the offset is taken off.
_NO_ALTITUDE_M = -500.0
#: A contact time below this is a share of the step in percent, whatever the field's name.
_LEAST_CONTACT_MS = 80.0


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
    pattern = re.compile(quantity.names or r"(?!)", re.IGNORECASE)
    found = []
    for field in described:
        by_number = (field.native_message in (None, 20)) and field.native_field in quantity.natives
        if not (by_number or pattern.fullmatch(field.name.strip())):
            continue
        to_ours = factor(quantity.column, field.unit)
        if to_ours is None and not field.unit.strip() and quantity.column == "ground_contact_ms":
            to_ours = 1.0  # apps that leave the unit out write milliseconds
        if to_ours is not None:
            found.append((field, to_ours))
    return found


def quantity_values(
    quantity: Quantity, record: Mapping[str, Array], described: Sequence[DeveloperField]
) -> tuple[Floats, DeveloperField | None]:
    """Return a quantity's values in our unit, and the developer field they come from, if any.

    A native field that holds any value is used; developer fields only where there is none.

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
    """
    length = len(record["damaged"])
    values = np.full(length, np.nan)
    for name in quantity.fields:
        column = record.get(name)
        if column is not None and column.dtype.kind == "f":
            values = np.where(np.isnan(values), column * quantity.factor, values)
    if quantity.column == "cadence_spm" and {"cadence", "fractional_cadence"} <= record.keys():
        whole, fraction = record["cadence"], record["fractional_cadence"]
        if whole.dtype.kind == fraction.dtype.kind == "f":
            known = np.isfinite(whole)
            values[known] += quantity.factor * np.nan_to_num(fraction[known])
    if quantity.column == "altitude_m":
        values[values == _NO_ALTITUDE_M] = np.nan
    values = _without_zeros(values, quantity)
    if (values[np.isfinite(values)] != 0).any():
        return values, None
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
            candidates.append((field, scaled))
    if not candidates:
        unmeasured = quantity.column in NEVER_0_THROUGHOUT
        return np.where((values == 0) & unmeasured, np.nan, values), None
    first, scaled = candidates[0]
    # Some apps have a field for each foot.
    if re.search(r"_[lr]$", first.name, re.IGNORECASE) and len(candidates) > 1:
        scaled = (scaled + candidates[1][1]) / 2
    return scaled, first


def _without_zeros(values: Floats, quantity: Quantity) -> Floats:
    return np.where(values == 0, np.nan, values) if quantity.zero_is_missing else values
