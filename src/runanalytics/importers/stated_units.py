"""Units in which sources state a quantity of a runner, as factors to ours.

The mile and the foot are exact by definition (see `runanalytics.units`).
"""

from __future__ import annotations

from collections.abc import Mapping

from runanalytics.units import KILOMETRE_M, MILE_M, YARD_M

_FOOT_M = YARD_M / 3
_INCH_M = _FOOT_M / 12

_LENGTHS_M: Mapping[str, float] = {
    **dict.fromkeys(("m", "meter", "meters", "metres"), 1.0),
    **dict.fromkeys(("cm", "centimeters"), 0.01),
    **dict.fromkeys(("mm", "millimeters"), 0.001),
    **dict.fromkeys(("km", "kilometers"), KILOMETRE_M),
    **dict.fromkeys(("mi", "mile", "miles"), MILE_M),
    **dict.fromkeys(("ft", "foot", "feet"), _FOOT_M),
    **dict.fromkeys(("yd", "yards"), YARD_M),
    **dict.fromkeys(("in", "inches"), _INCH_M),
}
_TIMES_S: Mapping[str, float] = {
    **dict.fromkeys(("ms", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "seconds"), 1.0),
    **dict.fromkeys(("min", "minutes"), 60.0),
    **dict.fromkeys(("hr", "h", "hours"), 3600.0),
}

#: Column of table "samples" -> unit, in lower case -> factor to the column's own unit.
FACTORS: Mapping[str, Mapping[str, float]] = {
    "cadence_spm": {
        **dict.fromkeys(("spm", "steps/min", "count/min"), 1.0),
        **dict.fromkeys(("rpm", "strides/min"), 2.0),
    },
    "ground_contact_ms": {unit: 1000 * factor for unit, factor in _TIMES_S.items()},
    "vertical_oscillation_mm": {unit: 1000 * factor for unit, factor in _LENGTHS_M.items()},
    "vertical_ratio_pct": {"%": 1.0, "percent": 1.0},
    "step_length_m": _LENGTHS_M,
    "power_w": dict.fromkeys(("w", "watt", "watts"), 1.0),
    "distance_m": _LENGTHS_M,
    "altitude_m": _LENGTHS_M,
    "speed_m_s": {
        "m/s": 1.0,
        **dict.fromkeys(("km/h", "km/hr", "kph"), KILOMETRE_M / 3600),
        **dict.fromkeys(("mi/h", "mi/hr", "mph"), MILE_M / 3600),
        **dict.fromkeys(("ft/s",), _FOOT_M),
    },
    "heart_rate_bpm": dict.fromkeys(("bpm", "count/min", "beats/min"), 1.0),
    "elapsed_s": _TIMES_S,
    "temperature_c": dict.fromkeys(("c", "°c", "degc"), 1.0),
}


def factor(column: str, unit: str) -> float | None:
    """Return what a number in `unit` is multiplied by; None if the unit is not known.

    Examples
    --------
    >>> factor("vertical_oscillation_mm", "cm"), factor("power_w", "W/kg")
    (10.0, None)
    """
    return FACTORS.get(column, {}).get(" ".join(unit.split()).lower())
