"""The vocabulary: movements, the programmes that prescribe them, and the claims on trial."""

from __future__ import annotations

from runanalytics.movements.garmin import from_garmin, is_garmin_endurance
from runanalytics.movements.matcher import Match, folded, match, named
from runanalytics.movements.own_claims import read_claims
from runanalytics.movements.sources import Claim, Programme, Target, claims, programmes
from runanalytics.movements.vocabulary import (
    CATEGORIES,
    Movement,
    catalogue,
    in_category,
    is_strength,
    is_technique,
    members,
    movement,
    session_kind,
)

__all__ = [
    "CATEGORIES",
    "Claim",
    "Match",
    "Movement",
    "Programme",
    "Target",
    "catalogue",
    "claims",
    "folded",
    "from_garmin",
    "in_category",
    "is_garmin_endurance",
    "is_strength",
    "is_technique",
    "match",
    "members",
    "movement",
    "named",
    "programmes",
    "read_claims",
    "session_kind",
]
