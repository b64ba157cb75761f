"""Which FIT fields hold which of a runner's quantities, and in what unit."""

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
        Fields of message ``record``, the best first; the next fills what the one before lacks.
    factor : float
        From the profile's unit to ours.
    zero_is_missing : bool
        Whether devices write 0 for "not measured".
    natives : tuple of int
        Numbers of the native fields that a developer field may say to stand for.
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
        # 40 is the contact's share of the step: some apps name it for the time itself.
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

#: Fields of message ``record`` that samples are made of.
RECORD_FIELDS = frozenset(
    {"timestamp", "fractional_cadence", *(name for q in QUANTITIES for name in q.fields)}
)

#: Asked for only where distance is not stated, and then forgotten.
POSITION_FIELDS = frozenset({"position_lat", "position_long"})
#: Degrees to one of FIT's semicircles.
DEGREES = 180 / 2**31

#: What is 0 in all records was not measured, in a run at least.
_NEVER_0_THROUGHOUT = frozenset({"distance_m", "speed_m_s", "cadence_spm", "power_w"})
#: What devices write that know no altitude: 0 before its offset.
_NO_ALTITUDE_M = -500.0
#: A contact time below this is a share of the step in percent, whatever its field is called.
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
    for known in described:
        by_number = (known.native_message in (None, 20)) and known.native_field in quantity.natives
        if not (by_number or pattern.fullmatch(known.name.strip())):
            continue
        stated = factor(quantity.column, known.unit)
        if stated is None and not known.unit.strip() and quantity.column == "ground_contact_ms":
            stated = 1.0  # apps that leave the unit out write milliseconds
        if stated is not None:
            found.append((known, stated))
    return found


def quantity_values(
    quantity: Quantity, record: Mapping[str, Array], described: Sequence[DeveloperField]
) -> tuple[Floats, DeveloperField | None]:
    """Return a quantity's values in our unit, and the developer field they come from, if any.

    A native field that holds anything is believed; developer fields count where there is none.

    Parameters
    ----------
    quantity : Quantity
        What to look for.
    record : mapping of str to array
        Columns of message ``record``.
    described : sequence of DeveloperField
        Those of the file.

    Returns
    -------
    values : array of float
        One a record; NaN where missing.
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
            there = np.isfinite(whole)
            values[there] += quantity.factor * np.nan_to_num(fraction[there])
    if quantity.column == "altitude_m":
        values[values == _NO_ALTITUDE_M] = np.nan
    values = _without_zeros(values, quantity)
    if np.isfinite(values).any() and not (values[np.isfinite(values)] == 0).all():
        return values, None
    sides = []
    for known, to_ours in developer_columns(quantity, described):
        column = record.get(known.column)
        if column is None or column.dtype.kind != "f":
            continue
        stated = _without_zeros(column * to_ours, quantity)
        if quantity.column == "ground_contact_ms":
            there = stated[np.isfinite(stated)]
            if there.size and np.median(there) < _LEAST_CONTACT_MS:
                continue
        if np.isfinite(stated).any():
            sides.append((known, stated))
    if not sides:
        unmeasured = quantity.column in _NEVER_0_THROUGHOUT
        return np.where((values == 0) & unmeasured, np.nan, values), None
    first, stated = sides[0]
    if re.search(r"_[lr]$", first.name, re.IGNORECASE) and len(sides) > 1:
        stated = (stated + sides[1][1]) / 2
    return stated, first


def _without_zeros(values: Floats, quantity: Quantity) -> Floats:
    return np.where(values == 0, np.nan, values) if quantity.zero_is_missing else values
