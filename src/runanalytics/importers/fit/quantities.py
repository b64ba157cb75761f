"""Columns of table "samples" and the FIT fields that hold them, with their units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
        Pattern of names that apps give to such a field, as
        `runanalytics.importers.fit.developer_fields.plain_name` writes them.
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
        names=r"(?:(?:ground |foot )?contact|ground|stance) ?time|groundcontact ?time|gct",
    ),
    Quantity("contact_balance_left_pct", ("stance_time_balance",), zero_is_missing=True),
    Quantity(
        "vertical_oscillation_mm",
        ("vertical_oscillation",),
        zero_is_missing=True,
        natives=(39,),
        names=r"vert(?:ical)? ?osc(?:illation)?",
    ),
    Quantity("vertical_ratio_pct", ("vertical_ratio",), zero_is_missing=True, natives=(83,)),
    Quantity("step_length_m", ("step_length",), 0.001, zero_is_missing=True, natives=(85,)),
    Quantity("heart_rate_bpm", ("heart_rate",), zero_is_missing=True, natives=(3,)),
    Quantity("power_w", ("power",), natives=(7,), names=r"power"),
    # Stryd's own, which have no native field.
    Quantity(
        "leg_spring_stiffness_kn_m", (), zero_is_missing=True, names=r"leg spring stiffness|lss"
    ),
    Quantity("form_power_w", (), zero_is_missing=True, names=r"form power"),
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
    if q.fields and q.column not in {"distance_m", "speed_m_s", "cadence_spm", "altitude_m"}
}

#: Quantities that no run has at 0 throughout: if all records have 0, they were not measured.
NEVER_0_THROUGHOUT = frozenset({"distance_m", "speed_m_s", "cadence_spm", "power_w"})
#: Written by devices that know no altitude: 0 before the offset is taken off.
NO_ALTITUDE_M = -500.0
