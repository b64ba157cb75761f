"""Movements: their catalogue, the programmes that prescribe them, and names as logged."""

from __future__ import annotations

from runanalytics.movements.amounts import Amounts, read_amounts, take_amounts
from runanalytics.movements.garmin import from_garmin
from runanalytics.movements.matcher import Match, folded, match, named
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.sources import Programme, Target, programme_named, programmes
from runanalytics.movements.vocabulary import (
    CATEGORIES,
    CONTROLS,
    KINDS_OF_WORK,
    Movement,
    catalogue,
    categories_of,
    groups,
    is_strength,
    is_technique,
    kind_of_category,
    kind_of_work,
    log_of,
    members,
    movement,
    movement_id,
    nearest,
    session_kind,
    work_of_set,
)
from runanalytics.movements.work import NamedWork, named_work

__all__ = [
    "CATEGORIES",
    "CONTROLS",
    "KINDS_OF_WORK",
    "Amounts",
    "Match",
    "Movement",
    "NamedWork",
    "Programme",
    "Reading",
    "Target",
    "catalogue",
    "categories_of",
    "folded",
    "from_garmin",
    "groups",
    "is_strength",
    "is_technique",
    "kind_of_category",
    "kind_of_work",
    "log_of",
    "match",
    "members",
    "movement",
    "movement_id",
    "named",
    "named_work",
    "nearest",
    "programme_named",
    "programmes",
    "read_amounts",
    "read_name",
    "session_kind",
    "take_amounts",
    "work_of_set",
]
