"""A programme as it is prescribed, as if it were a line of a diary: "programme: legs at home"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from runanalytics.errors import UsageError
from runanalytics.movements.diary_lines.before_colons import KINDS
from runanalytics.movements.diary_lines.lines import DiaryLine, read_diary_line
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.reading import read_name
from runanalytics.movements.sources import Target, programme_named
from runanalytics.movements.vocabulary import movement, session_kind


def programme_line(name: str) -> DiaryLine:
    """Return a programme as it is prescribed, as if it were a line.

    Parameters
    ----------
    name : str
        Its id or name. Where it prescribes a range, the least counts; what it leaves open is not
        stated.

    Raises
    ------
    UsageError
        If there is no such programme.

    Examples
    --------
    >>> [part.reading.hold_s for part in programme_line("legs at home").parts][:4]
    [None, None, 40.0, None]
    """
    programme = programme_named(name)
    targets = {target.movement: target for target in programme.targets}
    parts = tuple(_prescribed(each, targets.get(each)) for each in programme.movements)
    return DiaryLine(programme.name, session_kind(part.work for part in parts), parts)


def programme_of_line(text: str) -> DiaryLine | None:
    """Return the programme that a line names, "programme: legs at home"; None if it names none.

    What follows a comma or semicolon is how long it lasted, or what else was done.

    Examples
    --------
    >>> programme_of_line("Programme: Technique drills").kind, programme_of_line("drills")
    ('technique', None)
    >>> programme_of_line("programme: pull; 25 min in all, 6 strides").duration_s
    1500.0
    """
    found = _programme_prefix().fullmatch(text.strip())
    if found is None:
        return None
    try:
        line = programme_line(found["name"])
    except UsageError:
        return None
    line = replace(line, text=text.strip(), kind=(found["kind"] or line.kind).casefold())
    if not found["beside"]:
        return line
    beside = read_diary_line(found["beside"])
    parts = (*line.parts, *beside.parts)
    return replace(
        beside,
        text=line.text,
        kind=line.kind if found["kind"] else session_kind(part.work for part in parts),
        parts=parts,
        unknown=beside.unknown if beside.parts else (),
    )


@cache
def _programme_prefix() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<kind>{'|'.join(KINDS)})\s*:\s*)?(?:{joining('programme')})\s*:"
        r"\s*(?P<name>[^,;]+)(?:[,;]\s*(?P<beside>.+))?",
        re.IGNORECASE,
    )


def _prescribed(id: str, target: Target | None) -> Part:
    name = movement(id).name
    reading = read_name(name)
    if target is not None:
        reading = replace(
            reading,
            n_sets=target.sets[0] if target.sets else None,
            reps=target.reps[:1] if target.reps else (),
            hold_s=float(target.work_s) if target.work_s is not None else None,
            rest_s=float(target.rest_s) if target.rest_s is not None else None,
            side="both" if target.per_side else None,
        )
    return Part(name, reading)
