"""Movements: their catalogue, the programmes that prescribe them, and names as logged."""

from __future__ import annotations

from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.cells import (
    CellAmount,
    beside_bodyweight,
    is_bodyweight,
    parse_amounts,
    side_word,
    without_side,
)
from runanalytics.movements.diary_lines.before_colons import KINDS
from runanalytics.movements.diary_lines.lines import (
    LONGEST_LINE,
    DiaryLine,
    read_diary_line,
)
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.programme_lines import programme_line, programme_of_line
from runanalytics.movements.garmin import from_garmin
from runanalytics.movements.matcher import Match, folded, match, named
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.sources import Programme, Target, programme_named, programmes
from runanalytics.movements.vocabulary import (
    CATEGORIES,
    CONTROLS,
    KINDS_OF_WORK,
    WHOLES,
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
    "KINDS",
    "KINDS_OF_WORK",
    "LONGEST_LINE",
    "WHOLES",
    "Amounts",
    "CellAmount",
    "DiaryLine",
    "Match",
    "Movement",
    "NamedWork",
    "Part",
    "Programme",
    "Reading",
    "Target",
    "beside_bodyweight",
    "catalogue",
    "categories_of",
    "folded",
    "from_garmin",
    "groups",
    "is_bodyweight",
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
    "parse_amounts",
    "programme_line",
    "programme_named",
    "programme_of_line",
    "programmes",
    "read_diary_line",
    "read_name",
    "session_kind",
    "side_word",
    "take_amounts",
    "without_side",
    "work_of_set",
]
