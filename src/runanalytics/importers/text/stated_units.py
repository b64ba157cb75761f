"""Units in which sources state a quantity of a runner, as factors to ours.

Lengths, times and speeds may be spelled as in `runanalytics.units`.
"""

from __future__ import annotations

from collections.abc import Mapping

from runanalytics.units import LENGTHS_M, SPEEDS_M_S, TIMES_S

_WATTS = dict.fromkeys(("w", "watt", "watts"), 1.0)

#: Column of table "samples" -> unit, in lower case -> factor to the column's own unit.
FACTORS: Mapping[str, Mapping[str, float]] = {
    "cadence_spm": {
        **dict.fromkeys(("spm", "steps/min", "count/min"), 1.0),
        **dict.fromkeys(("steps/minute", "steps per minute"), 1.0),
        **dict.fromkeys(("rpm", "strides/min", "strides/minute", "strides per minute"), 2.0),
    },
    "ground_contact_ms": {unit: 1000 * factor for unit, factor in TIMES_S.items()},
    "vertical_oscillation_mm": {unit: 1000 * factor for unit, factor in LENGTHS_M.items()},
    "vertical_ratio_pct": {"%": 1.0, "percent": 1.0},
    "step_length_m": LENGTHS_M,
    "power_w": _WATTS,
    "form_power_w": _WATTS,
    "leg_spring_stiffness_kn_m": {"kn/m": 1.0, "n/m": 0.001},
    "distance_m": LENGTHS_M,
    "altitude_m": LENGTHS_M,
    "speed_m_s": SPEEDS_M_S,
    "heart_rate_bpm": dict.fromkeys(("bpm", "count/min", "beats/min"), 1.0),
    "elapsed_s": TIMES_S,
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
