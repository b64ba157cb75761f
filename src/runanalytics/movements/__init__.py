"""Movements: their catalogue, the programmes that prescribe them, and names as logged."""

from __future__ import annotations

from runanalytics.movements.amounts import Amounts, read_amounts, take_amounts
from runanalytics.movements.garmin import from_garmin, is_garmin_endurance
from runanalytics.movements.matcher import Match, folded, match, named
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.sources import Programme, Target, programme_named, programmes
from runanalytics.movements.vocabulary import (
    CATEGORIES,
    Movement,
    catalogue,
    is_strength,
    is_technique,
    members,
    movement,
    movement_id,
    nearest,
    session_kind,
)

__all__ = [
    "CATEGORIES",
    "Amounts",
    "Match",
    "Movement",
    "Programme",
    "Reading",
    "Target",
    "catalogue",
    "folded",
    "from_garmin",
    "is_garmin_endurance",
    "is_strength",
    "is_technique",
    "match",
    "members",
    "movement",
    "movement_id",
    "named",
    "nearest",
    "programme_named",
    "programmes",
    "read_amounts",
    "read_name",
    "session_kind",
    "take_amounts",
]
