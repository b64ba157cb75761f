"""Which offset from UTC that a file states is believed.

Some makers do not know the runner's zone and write local times that are UTC; some files state a
local time that was taken at another instant than the one beside it. What is not believed ranks
below the zone that the user states and below the offsets of neighbouring runs.
"""

from __future__ import annotations

#: Offsets that are no whole hours and in use at any time since 2000, in hours (IANA tz database
#: 2024a): Marquesas, Newfoundland in winter and summer, Venezuela to 2016, Iran in winter and
#: summer, Afghanistan, India, Nepal, Myanmar, North Korea to 2018, Eucla in winter and
#: summer, central Australia in winter and summer, Lord Howe, Chatham in winter and summer.
_BROKEN_H = (
    *(-9.5, -3.5, -2.5, -4.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.5, 8.75, 9.75, 9.5, 10.5, 12.75, 13.75),
    11.5,  # Norfolk Island to 2015
)
#: All offsets of places, in s.
PLACES_S = frozenset(round(hours * 3600) for hours in (*range(-12, 15), *_BROKEN_H))
#: All of them are multiples of this.
_QUARTER_S = 900
#: Both times are read within this time of each other (s).
_NEAR_S = 60.0
#: Makers of whom files with offsets other than 0 are known, so that their 0 is a place's. COROS
#: and qdomyos-zwift write 0 wherever the run is.
_STATE_THE_ZONE = frozenset(
    ("garmin", "dynastream", "dynastream_oem", "suunto", "wahoo_fitness", "bryton")
)


def believed_offset_s(stated_s: float | None, maker: object = None) -> float | None:
    """Return an offset from UTC as a place has it; None where it is not believed.

    Parameters
    ----------
    stated_s : float or None
        Local time minus UTC (s), as a file states it.
    maker : object, optional
        The maker by FIT's name of it, whose 0 may be no place's; anything else if not known.

    Returns
    -------
    float or None
        Local time minus UTC (s).

    Examples
    --------
    >>> believed_offset_s(7202.0, "bryton"), believed_offset_s(7502.0, "bryton")
    (7200.0, None)
    >>> believed_offset_s(0.0, "garmin"), believed_offset_s(0.0, "coros")
    (0.0, None)
    """
    if stated_s is None:
        return None
    place_s = round(stated_s / _QUARTER_S) * _QUARTER_S
    if place_s not in PLACES_S or abs(place_s - stated_s) > _NEAR_S:
        return None
    return float(place_s) if place_s or maker in _STATE_THE_ZONE else None
