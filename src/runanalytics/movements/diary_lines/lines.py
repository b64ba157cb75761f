"""A line of a training diary: "gym: squat 3x5 80 kg; calf raise 3x12, 6 strides".

`pieces` parts a line, `parts` reads each part, a name with its amounts, without what `remarks`
tells beside it, and `gathered` puts them together: amounts alone belong to the part before them,
or to the whole session. A name that stands for a whole, such as "drills", tells the kind of the
session and is no set. What is not understood, or not for certain, is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from runanalytics.arguments import checked_arguments
from runanalytics.errors import UsageError
from runanalytics.movements.amounts import Amounts
from runanalytics.movements.diary_lines.before_colons import BeforeColons
from runanalytics.movements.diary_lines.brackets import opened, unfolded
from runanalytics.movements.diary_lines.circumstances import (
    without_circumstances,
)
from runanalytics.movements.diary_lines.done_on import as_jumped, as_uphill
from runanalytics.movements.diary_lines.doubts import (
    amounts_of_either,
    beyond_a_stop,
    open_amounts,
    open_in_words,
    open_rounds,
    rounds_ahead,
    unlikely_amounts,
)
from runanalytics.movements.diary_lines.gathered import Gathered
from runanalytics.movements.diary_lines.held import as_held
from runanalytics.movements.diary_lines.languages import is_foreign, languages_of_generic
from runanalytics.movements.diary_lines.parts import CHOICE, Part
from runanalytics.movements.diary_lines.pieces import (
    pieces,
    then_or_stop,
)
from runanalytics.movements.diary_lines.reasons import without_reasons
from runanalytics.movements.diary_lines.remarks import (
    is_called_off,
    is_remark,
    read_part,
    read_with,
    read_with_less,
    time_of_day,
)
from runanalytics.movements.diary_lines.rounds_of_all import rounds_of_all
from runanalytics.movements.diary_lines.shared_amounts import (
    one_each,
    shared_with_others,
    with_amounts,
)
from runanalytics.movements.diary_lines.skips import (
    skip_of_its_language,
    with_letters_together,
)
from runanalytics.movements.diary_lines.stretches import stretches
from runanalytics.movements.diary_lines.tidying import tidied
from runanalytics.movements.diary_lines.unread import unread
from runanalytics.movements.diary_lines.weights_of_parts import (
    by_weight,
    perhaps_apart,
    perhaps_with,
    with_load,
)
from runanalytics.movements.diary_lines.work_and_rest import work_and_rest
from runanalytics.movements.names import words
from runanalytics.movements.reading import Reading, has_sets
from runanalytics.movements.vocabulary import (
    movement,
    session_kind,
)
from runanalytics.units import Load

#: Letters of a line of training. Finding what belongs together in it takes time with the square
#: of its length, so a longer one is refused.
LONGEST_LINE = 2_000
#: Spaces in a row, each of which patterns would try as the beginning of all others.
_SPACES = re.compile(r"[^\S\n]+")
#: Where a line ends within several, and the sign that ends it already.
_NEW_LINE = re.compile(r"(?:(?P<sign>[,;:+&])|(?<! )) ?\n\s*(?:[-*•] (?=\S))?")
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+(?=\D))")
#: Three numbers or more with spaces between them are one list of repetitions.
_SPACED_LIST = re.compile(
    r"(?<![\w.,])\d{1,3}(?:\s*,\s+\d{1,3}){2,}(?!\w|[.,]\d|\s*(?:[x×*\"'″′]|(?:s|secs?|sek|seg|min|k?m|kg|lbs?)\b))"
)
#: Repetitions of as many sets, and nothing else.
_LIST = re.compile(r"\s*\d{1,3}(?:\s*,\s*\d{1,3})+\s*")
#: A dash between two parts; "8 - 12" is a range, but for a load behind repetitions.
_DASH = re.compile(r"(?<=\D)\s+[-–—]\s+|(?<=\d)\s+[-–—]\s+(?=\D)")
_BEFORE_LOAD = re.compile(
    r"((?:[x×*]|\d\s[^\W\d_]{3,6}\s[^\W\d_]{1,3})\s*\d{1,2})\s+[-–—]\s+"
    r"(?=\d+(?:[.,]\d+)?(?:\s*[,/]\s*\d+(?:[.,]\d+)?)*\s*(?:kg|lbs?)\b)",
    re.IGNORECASE,
)
#: What somebody was not sure of themselves: "strides?? 5".
_ASKED = re.compile(r"\s*\?+")


@dataclass(frozen=True)
class DiaryLine:
    """What a line of a diary means.

    Parameters
    ----------
    text : str
        As written.
    kind : str
        What the session counts for: strength, technique, mixed, other, or unknown.
    parts : tuple of Part
        What was done, in order.
    duration_s : float, optional
        How long the session lasted, in s.
    effort_rpe : float, optional
        Rating of perceived exertion of the whole session.
    unknown : tuple of str
        What was not understood, or not for certain: "fondos: read as 'Dip', could be 'Push-up'".
    remarks : tuple of str
        What it says beside the work in words that nothing else is known of, which is not asked
        about: "behind the pub", "no gym".
    """

    text: str
    kind: str
    parts: tuple[Part, ...]
    duration_s: float | None = None
    effort_rpe: float | None = None
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """Return the line as rows of plain values: one a number of equal sets.

        Returns
        -------
        list of dict
            part (as written), movement, counts_for (a kind of work), n_sets, reps, load_kg, hold_s,
            distance_m, side, effort_rpe, rest_s, not_understood; None is what is not stated.
        """
        return [
            {
                "part": part.text,
                "movement": part.reading.movement,
                "counts_for": part.work,
                "n_sets": n_sets,
                "reps": reps,
                "load_kg": part.reading.load.kg if part.reading.load else None,
                "hold_s": None if part.is_whole else part.reading.hold_s,
                "distance_m": part.reading.distance_m,
                "side": part.reading.side,
                "effort_rpe": part.reading.effort_rpe,
                "rest_s": part.reading.rest_s,
                "not_understood": ", ".join(part.reading.not_understood) or None,
            }
            for part in self.parts
            for n_sets, reps in ([(None, None)] if part.is_whole else part.sets())
        ]


@checked_arguments
def read_diary_line(text: str, *, corrections: Mapping[str, str] | None = None) -> DiaryLine:
    """Return what a line of a training diary means.

    Parameters
    ----------
    text : str
        ``[kind:] part (separator part)*``, in any language: "A-skips 3x30 m, 6 strides".
    corrections : mapping of str to str, optional
        As for `match`.

    Returns
    -------
    DiaryLine

    Raises
    ------
    UsageError
        If it is longer than `LONGEST_LINE`.

    Examples
    --------
    >>> line = read_diary_line("gym: squat 3x5 80 kg; calf raise 3x12, 6 strides")
    >>> line.kind, [part.reading.movement for part in line.parts if not part.is_whole]
    ('mixed', ['squat', 'calf_raise', 'strides'])
    >>> read_diary_line("10 min drills").duration_s, read_diary_line("squat 3x5, zorbing").unknown
    (600.0, ('zorbing',))
    """
    read: Callable[[str], Reading] = partial(read_part, corrections=corrections)
    text = text.strip()
    if len(text) > LONGEST_LINE:
        raise UsageError(
            f"a line of {len(text):,} letters; a line of training has up to {LONGEST_LINE:,}",
            hint="write each session on a line of its own",
        )
    text = _SPACES.sub(" ", text)
    if "\n" in text:
        text = _NEW_LINE.sub(_parted, text)
    asked = _ASKED.search(text) if "?" in text else None
    counted = tidied(with_letters_together(_ASKED.sub("", text) if asked else text))
    body = _DASH.sub("; ", _BEFORE_LOAD.sub(r"\1 ", counted))
    body = _SPACED_LIST.sub(lambda found: re.sub(r"\s", "", found[0]), _BULLET.sub("", body))
    body = opened(time_of_day().sub("", body) if ":" in body else body, read)
    of_each, body = work_and_rest(unfolded(body, read))
    ahead = BeforeColons(read, corrections, of_each)
    body = ahead.take_from(body)
    read, of_each, unknown, remarks = ahead.read, ahead.of_each, ahead.unknown, ahead.remarks
    if asked:
        unknown.insert(0, f"{text[: asked.end()].split()[-1]}: certain?")
    of_all = rounds_of_all(body, ahead.rounds, of_each)
    rounds, body = of_all.rounds, of_all.body
    unknown += of_all.doubts
    gathered = Gathered(
        read,
        unknown,
        partial(read_with_less, corrections=corrections),
        rounds=rounds,
        duration_s=ahead.lasted_s,
        heading=ahead.name,
        source=ahead.source,
    )
    gathered.of_session += [Amounts(hold_s=ahead.lasted_s), of_all.beside]
    of_list, loads, reasons = has_sets(of_each), list[Load | None](), list[str]()
    for weight, text_of_it in by_weight(body):
        if weight is not None:
            alike = partial(read_part, corrections=corrections)
            read = partial(read_with, equipment=weight.equipment, read=alike)
            gathered.read = read if weight.equipment else alike
        for of_stretch, stretch in stretches(text_of_it):
            of_list = of_list or isinstance(of_stretch, Amounts)
            is_list = isinstance(of_stretch, int) and _LIST.fullmatch(stretch)
            if is_list and stretch.count(",") + 1 != of_stretch:
                unknown.append(f"{of_stretch} sets: of {stretch}?")  # "7 sets (6, 5, 5, 4)"
            done = without_reasons(pieces(stretch, gathered.read), reasons)
            gathered.add_all(done, of_stretch)
        load = of_each.load if weight is None else weight.load
        unknown += perhaps_apart(gathered.parts[len(loads) :], text_of_it, load)
        loads = [*loads[: len(gathered.parts)], *[load] * (len(gathered.parts) - len(loads))]
    if gathered.rounds and rounds is None and then_or_stop().search(body):
        unknown.append(f"{gathered.rounds} sets: of all?")  # "30 s plank; 6 squats, 3 sets"
    others = [part for part in gathered.parts if part not in gathered.in_own_rounds]
    if gathered.rounds and (twice := _perhaps_once(others)):
        unknown.append(f"{gathered.rounds} rounds: of '{twice[0].text}', too?")
    if rounds and rounds != gathered.rounds:
        unknown.append(f"{rounds} rounds: or {gathered.rounds}?")
    parts = with_amounts(gathered.in_rounds(), replace(of_each, load=None))
    parts = tuple(
        with_load(part, load) if ahead.load_of(part) else part
        for part, load in zip(parts, loads, strict=True)
    )
    parts = tuple(_in_its_language(skip_of_its_language(part, counted), counted) for part in parts)
    parts = tuple(as_held(as_uphill(as_jumped(part, ahead.jumped))) for part in parts)
    parts, listed = one_each(parts)
    parts, as_much = shared_with_others(parts)
    alone = all(part.is_whole for part in parts)
    held = [part.reading.hold_s for part in parts if part.reading.hold_s] if alone else []
    shown = (
        *unknown,
        *ahead.left_out(parts),
        *(each for part in parts for each in part.unknown if not _is_left_beside(part, each)),
        *as_much,
        *open_amounts(parts, gathered.rounds),
        *perhaps_with(parts),
        *open_in_words(text),
    )
    in_rounds = (Amounts(n_sets=rounds), Amounts(n_sets=gathered.rounds))
    # What is said of each is read only where some part has it; rest belongs to the session.
    read_of_it: tuple[Reading | Amounts, ...] = (
        *(part.reading for part in parts),
        *gathered.of_session,
        *in_rounds,
        *listed,
        *ahead.readings,
        Amounts(rest_s=of_each.rest_s),
    )
    left_out = (each for part in parts for each in part.unknown if _is_left_beside(part, each))
    told = (*shown, *remarks, *gathered.remarks, *reasons, *left_out)
    missed = unread(_BULLET.sub("", counted), read_of_it, told)
    kind = ahead.stated or session_kind(
        (part.work for part in parts), _source(ahead.source, gathered)
    )
    doubts = tuple(dict.fromkeys((*shown, *missed)))
    of_session = (gathered.rounds, (gathered.duration_s or 0.0) / 60.0)
    parts, open_, told_beside = without_circumstances(counted, parts, doubts, of_session)
    unlikely = unlikely_amounts(parts, gathered.rounds, gathered.duration_s)
    either = [*rounds_ahead(parts, counted, text)] if rounds is None else []
    either += amounts_of_either(parts, counted) if of_list else ()
    either += open_rounds(parts, text, gathered.rounds)
    either += beyond_a_stop(parts, text)
    # "felt great": nobody can tell what such a session was.
    untold = (text,) if kind == "unknown" and not parts else ()
    return DiaryLine(
        text,
        kind,
        parts,
        gathered.duration_s or (sum(held) if held else None),
        gathered.effort_rpe,
        tuple(dict.fromkeys((*open_, *unlikely, *either))) or untold,
        tuple(dict.fromkeys((*told_beside, *reasons))),
    )


def _parted(end: re.Match[str]) -> str:
    """Return what stands between two lines as what parts two parts: a sign that ends the first."""
    return f"{end['sign'] or ';'} "


def _is_left_beside(part: Part, text: str) -> bool:
    """Return whether what was left out of a name that is known tells where or how: "im Wald"."""
    return part.reading.movement is not None and is_remark(text)


def _source(source: str, gathered: Gathered) -> str:
    """Return what a line says of its kind where no work does: nothing was done, if it says so."""
    if source != "unknown":
        return source
    done = any(part.reading.movement for part in gathered.parts)
    said = " ".join(part.text for part in gathered.parts)
    # What is not known, "no exercises, foot sore", is shown; but nobody did a session.
    is_off = not done and not any(map(str.isdigit, said)) and is_called_off(said)
    return "other" if gathered.is_denied or is_off else source


def _perhaps_once(parts: Sequence[Part]) -> list[Part]:
    """Return parts that may not have been done in each round.

    "Lunges 3x12, plank 45 s, all of it 3 times" may be nine sets of lunges, and after "2 rounds: 15
    squats, 20 crunches; 5 strides" nobody need have run ten.
    """
    is_strength = any(one.work == "strength" and not one.is_whole for one in parts)
    # "50 kg x 5, 60 kg x 3" and "12, 10, 8" are sets in turn.
    in_turn = {
        id(each)
        for pair in pairwise(parts)
        for each in pair
        if pair[0].reading.movement == pair[1].reading.movement
        and (each.reading.load or _are_listed(*pair))
    }
    fast = {
        id(each)
        for each in parts
        if each.reading.movement and movement(each.reading.movement).is_fast_run
    }
    once = in_turn | (fast if is_strength else set())
    return [each for each in parts if has_sets(each.reading) or id(each) in once]


def _are_listed(before: Part, part: Part) -> bool:
    """Return whether parts are sets of one exercise in turn: "12, 10, 8", "30 s, 45 s"."""
    had, said = before.reading, part.reading
    of_reps, held = had.reps and said.reps, had.hold_s and said.hold_s
    return bool((of_reps and had.reps != said.reps) or (held and had.hold_s != said.hold_s))


def _in_its_language(part: Part, text: str) -> Part:
    """Return a part without a doubt that is one of another language than the line's.

    "Skipping" is done with a rope, or may be, in English alone: of "skipping 3x20 m, talones
    3x20 m" there is no doubt.
    """
    doubts = [each for each in part.unknown if CHOICE in each]
    if not doubts:
        return part
    listed = languages_of_generic(part.reading.name)
    beside = set(words(text)).difference(words(part.reading.name))
    if not listed or not any(is_foreign(word, listed) for word in beside):
        return part
    kept = tuple(each for each in part.unknown if each not in doubts)
    return replace(part, reading=replace(part.reading, not_understood=kept))
