"""The vocabulary: movements, the programmes that prescribe them, and the claims on trial."""

from __future__ import annotations

from runanalytics.movements.garmin import from_garmin
from runanalytics.movements.matcher import Match, match
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
    "from_garmin",
    "in_category",
    "is_strength",
    "is_technique",
    "match",
    "members",
    "movement",
    "programmes",
]
