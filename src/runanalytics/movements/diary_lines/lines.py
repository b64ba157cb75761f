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
from functools import cache, partial
from itertools import pairwise

from runanalytics.arguments import checked_arguments
from runanalytics.errors import UsageError
from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.brackets import opened
from runanalytics.movements.diary_lines.circumstances import (
    is_surely_denied,
    without_circumstances,
)
from runanalytics.movements.diary_lines.done_on import as_jumped, as_uphill, jumped_on
from runanalytics.movements.diary_lines.doubts import (
    amounts_of_either,
    open_amounts,
    open_in_words,
    rounds_ahead,
    unlikely_amounts,
)
from runanalytics.movements.diary_lines.equipment import is_equipment
from runanalytics.movements.diary_lines.gathered import HOW_MANY, SESSION_FROM_S, Gathered
from runanalytics.movements.diary_lines.languages import is_foreign, languages_of_generic
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.parts import CHOICE, Part, said_as
from runanalytics.movements.diary_lines.pieces import (
    begins_with_amounts,
    is_amounts,
    is_of_body,
    is_recovery,
    is_whole,
    joining,
    pieces,
    places,
    then_or_stop,
)
from runanalytics.movements.diary_lines.remarks import (
    NOT_DONE,
    amounts_alone,
    begins_denied,
    is_beside,
    is_called_off,
    is_remark,
    is_uphill,
    listed,
    on_a_hill,
    read_part,
    read_with,
    read_with_less,
    time_of_day,
)
from runanalytics.movements.diary_lines.shared_amounts import with_amounts
from runanalytics.movements.diary_lines.skips import skip_of_its_language
from runanalytics.movements.diary_lines.stretches import stretches
from runanalytics.movements.diary_lines.tidying import tidied, without_weekday
from runanalytics.movements.diary_lines.unread import unread
from runanalytics.movements.diary_lines.weights_of_parts import (
    by_weight,
    heading_of,
    is_unloaded,
    perhaps_apart,
    perhaps_with,
    with_load,
)
from runanalytics.movements.diary_lines.work_and_rest import work_and_rest
from runanalytics.movements.index import could_mean
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.movements.reading import Reading, has_amounts, has_sets
from runanalytics.movements.vocabulary import kind_of_work, movement, session_kind, work_of_set
from runanalytics.units import Load
from runanalytics.words.phrases import alternatives

#: Kinds of session that a line may begin with; they hold, whatever work follows.
KINDS = ("strength", "technique", "mixed", "other")
#: Work of this kind is so many rounds as one can, or one a minute: "EMOM 10 min: 10 swings".
_ROUNDS_UNKNOWN = "hiit"
#: Letters of a line of training. Finding what belongs together in it takes time with the square
#: of its length, so a longer one is refused.
LONGEST_LINE = 2_000
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+(?=\D))")
_PREFIX = re.compile(
    r"^(?P<prefix>(?:[^:;,+]|(?<=\w)\+(?=\w)){2,60}?)\s*:(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL
)
#: "Drills (A-skips, high knees) 2x20 m": what a whole was made of, and how much of each.
_MADE_OF = re.compile(
    r"(?P<whole>(?:[^(),;:+&/]|/(?!\s))+?)\s*\((?P<parts>[^()]*[,;+/&][^()]*)\)(?P<each>[^(),;+]*)(?=$|[,;+])"
)
#: Three numbers or more with spaces between them are one list of repetitions.
_SPACED_LIST = re.compile(
    r"(?<![\w.,])\d{1,3}(?:\s*,\s+\d{1,3}){2,}(?!\w|[.,]\d|\s*(?:[x×*\"'″′]|(?:s|secs?|sek|seg|min|k?m|kg|lbs?)\b))"
)
#: Repetitions of as many sets, and nothing else.
_LIST = re.compile(r"\s*\d{1,3}(?:\s*,\s*\d{1,3})+\s*")
#: A dash between two parts; "8 - 12" is a range, but for a load behind repetitions.
_DASH = re.compile(r"(?<=\D)\s+[-–—]\s+|(?<=\d)\s+[-–—]\s+(?=\D)")
_BEFORE_LOAD = re.compile(
    r"([x×*]\s*\d{1,2})\s+[-–—]\s+(?=\d+(?:[.,]\d+)?\s*(?:kg|lbs?)\b)", re.IGNORECASE
)
_GROUP = re.compile(
    r"^(?P<sets>\d{1,2})\s*[x×*]\s*[(\[](?P<inner>.+)[)\]]\s*[,;]?\s*(?P<rest>[^()]+)?$",
    re.DOTALL,
)
_TIMES_BEHIND = re.compile(r"(?<=[^\W\d_]{3})\s+[x×*]\s*(\d{1,2})[\s.]*$")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
#: "2x (high knees, A-skips) 30 m", "(high knees, A-skips) 2x30 m" and "(10 squats, 10 dips) x 3".
_ALIKE = re.compile(
    r"(?P<before>\d{1,2}\s*[x×*]\s*)?[(\[](?P<parts>[^()\[\]]*[,;+&/][^()\[\]]*)[)\]]"
    r"(?P<behind>[^(),;+]*\d[^(),;+]*)(?=$|[,;+])"
)
_SMALL_WORD = re.compile(r"^(?!x\s)[^\W\d_]{1,4}\s+(?=\d)")
#: What somebody was not sure of themselves: "strides?? 5".
_ASKED = re.compile(r"\s*\?+")
_SEVERAL_PARTS = re.compile(r"[,;+&/]")
_HILL_SPRINT = "hill_sprint"
_SEVERAL, _EACH = re.compile(r"\s[/&+]\s"), "each"
#: "(x2)" and "(2x)" at the end of a line, and a sign of sets.
_IN_BRACKETS_BEHIND = re.compile(
    r"\s*\(\s*(?:[x×*]\s*(\d{1,2})|(\d{1,2})\s*[x×*])\s*\)[\s.]*$", re.IGNORECASE
)
_SETS_OR_TIMES = re.compile(r"\d\s*[x×*]\s*\d|\(\s*[x×*]\s*\d|\(\d\s*[x×*]\)", re.IGNORECASE)
#: Sets of one exercise, also "3 planks of 40 s", and one of several with its weight.
_SETS_OR_LOADS = re.compile(
    r"\d\s*[x×*]\s*\d|(?:kg|lbs?)\s*[x×*]\s*\d|^\s*\d\s+[^\W\d_]{3}\D*\s\d+\s?[sm]", re.IGNORECASE
)
_A_LOAD = re.compile(r"\d+(?:[.,]\d+)?\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
#: What is beside an exercise in brackets: "6 hills (2 km home)", "75 kg (wind 20 km/h)".
_A_RUN_BESIDE = re.compile(
    r"^(?!.*[x×*,;+&])(?:.*\d\s?(?:km|mi|miles?|°)(?![^\W\d_])|\d{1,3}\s?min\s.*[^\W\d_]{4}"
    r"|[^\W\d_]{4}.*\d\s?min$)",
    re.IGNORECASE,
)
_A_NAME, _A_WORD = re.compile(r"[^\W\d_]{3}"), re.compile(r"[^\W\d_]{2,}")


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
    stated, source, unknown, remarks = None, "unknown", list[str](), list[str]()
    text = text.strip()
    if len(text) > LONGEST_LINE:
        raise UsageError(
            f"a line of {len(text):,} letters; a line of training has up to {LONGEST_LINE:,}",
            hint="write each session on a line of its own",
        )
    asked = _ASKED.search(text) if "?" in text else None
    counted = tidied(_ASKED.sub("", text) if asked else text)
    if asked:
        unknown.append(f"{text[: asked.end()].split()[-1]}: certain?")
    body = _DASH.sub("; ", _BEFORE_LOAD.sub(r"\1 ", counted))
    body = _SPACED_LIST.sub(lambda found: re.sub(r"\s", "", found[0]), _BULLET.sub("", body))
    body = opened(time_of_day().sub("", body) if ":" in body else body, read)
    if "(" in body:
        body = _MADE_OF.sub(partial(_unfolded, read=read), _BRACKETS.sub(_without_recovery, body))
    if "(" in body or "[" in body:
        body = _ALIKE.sub(_each_with_amounts, body)
    of_each, body = work_and_rest(body)
    found = _PREFIX.match(body)
    rounds, lasted, of_group, prefixes = None, None, Amounts(), list[Reading]()
    heading, lifted, jumped = "", None, None
    while found:
        prefix, rest = without_weekday(found["prefix"].strip()), found["rest"]
        said, name = take_amounts(prefix)
        *before, last = _sentences().split(prefix) if prefix != name else [prefix]
        if any(has_amounts(read(each)) for each in before) and is_whole(read(last)):
            body = f"{'; '.join(before)}; {last}: {rest}"  # "6 strides then gym: squats 3x8"
            break
        if prefix.casefold() in KINDS:
            stated = prefix.casefold()
        elif (times := _times(said)) and (
            not words(name) or is_whole(read(name)) or not begins_with_amounts(rest)
        ):
            # "3 sets: ..." as well as "Circuit 3 rounds: ..." and "Circuit x3: ...".
            rounds = times
            if words(name):
                circuit = read(name)
                source = session_kind([work_of_set(circuit.movement)], source)
                prefixes.append(Reading(circuit.match, circuit.name))
                if not is_whole(circuit) and not _rounds_before().fullmatch(f"{prefix}: "):
                    is_told = name.casefold() in places() or is_remark(name, is_heading=True)
                    (remarks if is_told else unknown).append(prefix)
        elif prefix.casefold() in places() or is_unloaded(prefix):
            pass  # tells no work
        elif (has_sets(said) or said.load or said.distance_m or len(said.reps) > 1) and (
            is_amounts(prefix) or is_of_body(name)
        ):
            of_each = said  # "2x20 m each: high knees, butt kicks", "@ 60 kg: squat 3x5"
        elif weight := heading_of(prefix):
            # "all with the 20 kg bar: squats 3x8", "3 rounds with 16 kg: 10 swings"
            rounds, of_each = weight.rounds or rounds, replace(of_each, load=weight.load)
            read = partial(read_with, equipment=weight.equipment, read=read)
        elif not said.load and lexicon().manner.issuperset(words(prefix) or " "):
            read = partial(read_with, equipment=prefix, read=read)  # "kettlebell: swings 5x15"
        elif (with_ := lexicon().loads.intersection(words(name if said.load else prefix))) and (
            read(prefix).movement is None
        ):
            # "Kettlebell 12 kg at Mary's: swings 4x20", "band around the knees: side steps 2x12"
            of_each = replace(of_each, load=said.load or of_each.load)
            read = partial(read_with, equipment=" ".join(with_), read=read)
            left = " ".join(each for each in name.split() if not is_beside(each))
            unknown += [left] if left else []
        elif (named := read(prefix)).movement is None:
            if _SEVERAL.search(prefix) and is_amounts(rest):
                body = f"{prefix} {rest} {_EACH}"  # "high knees / skips: 3x20 m"
                break
            if begins_with_amounts(rest) and _is_named_within(prefix, rest, corrections):
                body = f"{prefix} {rest}"  # "tried hip thrusts for once: 3x10"
                break
            is_told = is_remark(prefix, is_heading=True) and not is_amounts(rest)
            is_told = is_told or jumped_on(prefix) is not None
            (remarks if is_told else unknown).append(prefix)
            lasted = (
                named.hold_s if (named.hold_s or 0.0) >= SESSION_FROM_S else lasted
            )  # "Renfo triathlon 45': ..."
            if named.match.reason.startswith(NOT_DONE) or begins_denied(prefix):
                source = "other"  # "No gym: knee swollen"
        elif (is_whole(named) or not begins_with_amounts(rest)) and not _is_other_with_amounts(
            prefix, rest, named, read
        ):
            source = session_kind([work_of_set(named.movement)], source)
            of_each = replace(of_each, load=said.load or of_each.load)
            lifted = named if said.load and not is_whole(named) else lifted
            short = said.distance_m is not None and work_of_set(named.movement) == "technique"
            if has_sets(said) or short:
                of_each = said  # "drills 2x30 m each: A-skips, B-skips", "drills over 30 m: ..."
            prefixes.append(Reading(named.match, named.name))
            if _is_one_word_of_two(named):
                unknown.append(said_as(named.name, named))
            if with_weights := lexicon().loads.intersection(words(prefix)):
                # "kettlebell workout: swings 5x15"
                read = partial(read_with, equipment=" ".join(with_weights), read=read)
            if named.movement == _ROUNDS_UNKNOWN:
                unknown.append(prefix)
                one_a_minute = "emom" in prefix.casefold() and not _SEVERAL_PARTS.search(rest)
                rounds = round(named.hold_s / 60.0) if one_a_minute and named.hold_s else rounds
            lasted = named.hold_s or lasted
            # "Hops: single leg 3x10" are no session of jumps.
            heading = named.name if not is_whole(named) or could_mean(named.name) else heading
        else:
            rest = f"{prefix} {rest}"
            body = rest
            break
        if is_uphill(prefix) or named_exactly(prefix) == _HILL_SPRINT:
            read = partial(on_a_hill, read=read)  # "Hills behind the house: 10 sprints of 8 s"
        jumped = jumped_on(prefix) or jumped  # "Stadium steps: 5 x 10 jumps"
        body = rest
        found = _PREFIX.match(body)
    found = _rounds_before().match(body)
    of_one = found is not None and not found[0].rstrip().endswith((":", ";", ","))
    if (
        found
        and not (
            _sets_again().search(body, found.end())
            # "3 sets of 12 squats, lunges 3x15" are no rounds.
            or (of_one and _goes_on_with_sets(body[found.end() :], found[0]))
        )
    ):
        rounds, body = int(found["sets"]), body[found.end() :]
        if of_one and _SEVERAL_PARTS.search(body) and _sets_again().search(found[0]):
            unknown.append(f"{found[0].strip()}: of all?")  # "3 sets of 12 squats, 8 lunges"
    elif (found := _GROUP.match(body)) and (not found["rest"] or _rest_alone(found["rest"])):
        rounds, body = int(found["sets"]), found["inner"]
        of_group = take_amounts(found["rest"] or "")[0]
    if of_each.hold_s and of_each.n_sets is None:
        body = _TIMES_BEHIND.sub(r", x\1", body)  # "30 s on, 30 s off: squats, lunges x 3"
    if rounds is None and (found := _rounds_told_behind(body) or _rounds_in_brackets_behind(body)):
        times = next(filter(None, found.groups()))
        rounds, body = int(times), body[: found.start()].rstrip(" -–—")
        of_last = found[0].startswith(" ") and _sets_again().search(found[0]) is not None
        if of_last and _SEVERAL_PARTS.search(body):
            unknown.append(f"{found[0].strip()}: of all?")  # "8 squats, 10 dips x 5 sets"
    gathered = Gathered(
        read,
        unknown,
        partial(read_with_less, corrections=corrections),
        rounds=rounds,
        duration_s=lasted,
        heading=heading,
        source=source,
    )
    gathered.of_session += [Amounts(hold_s=lasted), of_group]
    of_list, loads = has_sets(of_each), list[Load | None]()
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
            gathered.add_all(pieces(stretch, gathered.read), of_stretch)
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
        with_load(part, load) if lifted is None or _is_heading_of(lifted, part) else part
        for part, load in zip(parts, loads, strict=True)
    )
    parts = tuple(_in_its_language(skip_of_its_language(part, counted), counted) for part in parts)
    parts = tuple(as_uphill(as_jumped(part, jumped)) for part in parts)
    parts, listed = _one_each(parts)
    parts, as_much = _shared(parts)
    alone = all(part.is_whole for part in parts)
    held = [part.reading.hold_s for part in parts if part.reading.hold_s] if alone else []
    shown = (
        *unknown,
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
        *prefixes,
        Amounts(rest_s=of_each.rest_s),
    )
    left_out = (each for part in parts for each in part.unknown if _is_left_beside(part, each))
    told = (*shown, *remarks, *gathered.remarks, *left_out)
    missed = unread(_BULLET.sub("", counted), read_of_it, told)
    kind = stated or session_kind((part.work for part in parts), _source(source, gathered))
    doubts = tuple(dict.fromkeys((*shown, *missed)))
    of_all = (gathered.rounds, (gathered.duration_s or 0.0) / 60.0)
    parts, open_, told_beside = without_circumstances(counted, parts, doubts, of_all)
    unlikely = unlikely_amounts(parts, gathered.rounds, gathered.duration_s)
    either = [*rounds_ahead(parts, counted)] if rounds is None else []
    either += amounts_of_either(parts, counted) if of_list else ()
    # "felt great": nobody can tell what such a session was.
    untold = (text,) if kind == "unknown" and not parts else ()
    return DiaryLine(
        text,
        kind,
        parts,
        gathered.duration_s or (sum(held) if held else None),
        gathered.effort_rpe,
        tuple(dict.fromkeys((*open_, *unlikely, *either))) or untold,
        told_beside,
    )


def _is_one_word_of_two(heading: Reading) -> bool:
    """Return whether words that name work each were read as one: "Sprung Krafttraining: ..."."""
    told = plain_text(heading.name).split()
    joined = "".join(told)
    return (
        len(told) > 1
        and joined in plain_text(heading.match.reason).split()
        and all(map(named_exactly, told))
    )


@cache
def _sentences() -> re.Pattern[str]:
    """Return the pattern of what stands between a heading and what was done before it."""
    then = rf",?\s+(?:(?:{joining('and')})\s+)?(?:{joining('then')})\s+"
    return re.compile(rf"\s*\.\s+|\s/\s|{then}", re.IGNORECASE)


def _one_each(parts: Sequence[Part]) -> tuple[tuple[Part, ...], list[Amounts]]:
    """Return parts whose sets are counted first and then listed as one set each, and the counts.

    As in "deadlift 3 sets: 60 kg x 8, 70 kg x 6, 80 kg x 4".
    """
    told, counts = list(parts), list[Amounts]()
    for place, part in enumerate(parts):
        n_sets, behind = part.reading.n_sets or 0, place + (part.reading.n_sets or 0)
        others = parts[place + 1 : behind]
        if 1 < n_sets == len(others) + 1 and all(
            each.reading.movement == part.reading.movement
            and is_amounts(each.text)
            and each.reading.reps
            and each.reading.n_sets is None
            for each in others
        ):
            told[place] = replace(part, reading=replace(part.reading, n_sets=None))
            counts.append(Amounts(n_sets=n_sets))
    return tuple(told), counts


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


def _is_named_within(prefix: str, rest: str, corrections: Mapping[str, str] | None) -> bool:
    """Return whether some words of a heading are the name of what the amounts behind it are of."""
    first = re.split(r"[,;+]", rest)[0]
    less = read_with_less(f"{prefix} {first}", corrections=corrections)
    return less is not None and less.movement is not None and has_amounts(less)


def _is_heading_of(heading: Reading, part: Part) -> bool:
    """Return whether a part is the movement of a heading, or leaves out its name."""
    left_out = set(words(part.reading.name)).difference(words(part.text))
    return part.reading.movement == heading.movement or not left_out.isdisjoint(words(heading.name))


def _is_other_with_amounts(
    prefix: str, rest: str, named: Reading, read: Callable[[str], Reading]
) -> bool:
    """Return whether a heading means another movement with its amounts: "hills: 10x10 s"."""
    first = re.split(r"[,;+]", rest)[0]
    first = amounts_alone(first) or first
    if not is_amounts(first):
        return False
    told = read(f"{prefix} {first}")
    return told.movement not in (None, named.movement) and not is_whole(told)


def _unfolded(found: re.Match[str], read: Callable[[str], Reading]) -> str:
    """Return a whole and what it was made of as parts: "drills, A-skips 2x20 m, B-skips 2x20 m"."""
    space = " " if found[0][:1].isspace() else ""  # behind "&" or "+"
    return f"{space}{_made_of(found, read).lstrip()}"


def _made_of(found: re.Match[str], read: Callable[[str], Reading]) -> str:
    said, name = take_amounts(found["whole"])
    each = found["each"].strip()
    if each[:1].isalpha() and not any(map(str.isdigit, each)) and not is_amounts(each):
        # "20 min core (plank, crunches) after the run"
        is_told = is_remark(each) or _beside_first().match(each) is not None
        whole = _MADE_OF.fullmatch(f"{found['whole']} ({found['parts']})")
        if is_told and whole and is_whole(read(name)):
            return f"{_made_of(whole, read)}; {each}"
    if not words(name) or (each and not is_amounts(each)):
        return found[0]
    told = re.split(r"\s*[,;]\s*", found["parts"])
    alone = [part for part in told if not is_equipment(part)]
    if not each and alone and all(map(is_amounts, alone)):
        done = next((part for part in told if part[:1].isdigit() and part in alone), None)
        if done and said.n_sets and said == Amounts(n_sets=said.n_sets) and "kg" not in done:
            # "3 sets of step-ups (8 each leg, 12 kg dumbbell)"
            told = [f"{said.n_sets}x{part}" if part is done else part for part in told]
            return f"{name} {' '.join(told)}"
        return f"{found['whole']} {' '.join(told)}"  # "hip thrust (3x10, 70 kg, rest 90 s)"
    if not is_whole(read(name)):
        # "planks (front 60 s, side 40 s)"
        told = [f"{name} {part}" for part in told]
        known = said == Amounts() and len(told) > 1 and all(read(part).movement for part in told)
        return ", ".join(told) if known and not each else found[0]
    rounds = (_times(said) if not each else None) or _times(take_amounts(each)[0])
    if rounds:
        return f"{name}, {rounds}x({found['parts']})"
    parts = re.split(r"\s*[,;+/&]\s*", found["parts"])
    if has_sets(said):
        each = f"{found['whole'].casefold().replace(name, '').strip()} {each}".strip()
    if not each:
        return f"{found['whole']}, {found['parts']}"
    if any(any(map(str.isdigit, part)) for part in parts):
        return found[0]
    return ", ".join((name, *(f"{part} {each}" for part in parts)))


def _without_recovery(found: re.Match[str]) -> str:
    """Return brackets without the recovery in them, which stands behind: "(10 s, 2 min walk)"."""
    how = not listed("felt").isdisjoint(words(found[1])) and is_remark(found[1])
    how = how or _A_RUN_BESIDE.search(found[1]) is not None
    of_rest = not any(map(str.isdigit, found[1])) and _beside_first().match(found[1]) is not None
    if how or of_rest or is_surely_denied(found[1]):
        return f"; {found[1]}"  # "easy 50 min (calf sore, so no strides)", "(left knee sore)"
    told = re.split(r"\s*[,;]\s*", found[1])
    recovery = [each for each in told if is_recovery(each)]
    if len(recovery) == len(told):
        return f"; {found[1]}"
    kept = [each for each in told if each not in recovery]
    if not recovery or not all(map(is_amounts, kept)):
        return found[0]
    return f" ({', '.join(kept)}); {', '.join(recovery)}"


def _each_with_amounts(found: re.Match[str]) -> str:
    """Return the parts in brackets each with the amounts that stand beside these."""
    behind = _SMALL_WORD.sub("", found["behind"].strip())
    said, name = take_amounts(behind)
    if words(name) or (found["before"] and (said.n_sets or said.reps)):
        return found[0]
    if times := _times(said):
        return found[0] if found["before"] else f"{times}x({found['parts']})"
    if any(map(str.isdigit, found["parts"])) or not (said.hold_s or said.distance_m):
        return found[0]
    if found["before"]:
        way = f"{said.distance_m:g} m" if said.distance_m else f"{said.hold_s:g} s"
        behind = f"{found['before'].strip()}{way}"
    return ", ".join(f"{each} {behind}" for each in re.split(r"\s*[,;+/&]\s*", found["parts"]))


def _shared(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return parts with the sets that they may share with the next or the one before, as doubts.

    As in "A-skips, B-skips 2x30 m" and "2x30 m A-skips, B-skips".
    """
    shared, doubts = list(parts), dict[int, str]()

    def share(place: int, said: Part) -> None:
        part = parts[place]
        if not (part.reading.load and said.reading.load and said.text[:1].isdigit()):
            doubts[place] = f"{part.text}: as much as '{said.text}'?"
        if _fits(said, part):
            (with_them,) = with_amounts((part,), said.reading)
            shared[place] = with_load(with_them, said.reading.load)

    behind: Part | None = None
    for place in reversed(range(len(parts))):
        if not _is_open(parts[place]):
            begins = parts[place].text[:1].isdigit()
            behind = None if begins else parts[place]
        elif behind is not None and _may_share(behind, parts[place]):
            share(place, behind)
    first: Part | None = None
    for place, part in enumerate(parts):
        if not _is_open(part):
            first = part if part.text[:1].isdigit() else None
        elif first is not None and _may_share(first, part):
            share(place, first)
    return tuple(shared), tuple(doubts[place] for place in sorted(doubts))


def _fits(said: Part, part: Part) -> bool:
    """Return whether a part can be measured as another is: repetitions are of no plank."""
    id = part.reading.movement or ""
    if said.reading.distance_m:
        return kind_of_work(id) in ("technique", "speed")
    return movement(id).measured_in == ("reps" if said.reading.reps else "seconds")


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


def _is_open(part: Part) -> bool:
    known = part.reading.movement is not None and not part.is_whole
    asked = any(each.endswith(HOW_MANY) for each in part.unknown)  # "some push-ups, lunges 3x10"
    return known and not asked and not has_amounts(part.reading)


def _may_share(said: Part, part: Part) -> bool:
    # "21-15-9 thrusters and pull-ups"
    of_sets = has_sets(said.reading) or len(said.reading.reps) > 1
    return of_sets and said.work == part.work


def _times(said: Amounts) -> int | None:
    """Return how often something is done, if amounts say that and nothing else."""
    reps = said.reps[0] if len(said.reps) == 1 and said.n_sets is None else None
    alone = Amounts(n_sets=said.n_sets) if reps is None else Amounts(reps=(reps,))
    return (said.n_sets or reps) if said == alone else None


def _rest_alone(piece: str) -> bool:
    """Return whether a piece of a line states a rest and nothing else."""
    said, name = take_amounts(piece)
    return said == Amounts(rest_s=said.rest_s) and said.rest_s is not None and not words(name)


@cache
def _beside_first() -> re.Pattern[str]:
    """Return the pattern of what begins with a rest, or with what it was before or after."""
    rest = alternatives(amount_words()["rest"])
    return re.compile(rf"(?:{rest}|{joining('after')})(?!\w)", re.IGNORECASE)


@cache
def _rounds_before() -> re.Pattern[str]:
    # "3 sets of squats 10 + lunges 8", "4x squats 4 reps and straight into a sprint"
    name, once = r"[^\W\d_]{3}[^,;:+()\d]*\s\d[^,;:+()]*\s", rf"(?:{joining('at_once')})\s"
    other = r"(?:\d{1,3}\s?(?:[^\W\d_]{1,3}\s+)?)?(?!(?:kg|lb)s?\b)[^\W\d_]{3}"
    return re.compile(
        rf"(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:[x×]\s*(?={name}{once})|(?:{joining('rounds')})(?!\w)"
        rf"(?:\s+(?!(?:{joining('each')})\s)\w{{1,3}})?\s*"
        rf"(?:[:;,]\s*|\s+(?=\d|{name}(?:\+\s|{once}){other})))",
        re.IGNORECASE,
    )


def _goes_on_with_sets(text: str, rounds: str) -> bool:
    """Return whether the second exercise of a text has sets of its own, or leaves out all amounts.

    "3 sets of 12 squats, lunges and dips" are three sets of each, but "3 rounds" are rounds.
    """
    parts = re.split(rf"[,;+&/]|\s(?:{joining('and')}|{joining('then')})\s", text)[1:]
    second = next(filter(_A_NAME.search, parts), "")
    if not any(map(str.isdigit, _A_LOAD.sub("", second))):
        return re.search(rf"(?<!\w)(?:{joining('rounds_ahead')})(?!\w)", rounds, re.I) is None
    # "2 sets of 15 bridges, and a plank of one minute"
    once = numbers().get(second.split()[0].casefold()) == 1
    return once or bool(_SETS_OR_LOADS.search(second))


@cache
def _sets_again() -> re.Pattern[str]:
    """Return the pattern of sets: "3 sets of 12 squats and 3 sets of 15 lunges" are no rounds."""
    return re.compile(rf"\d\s*(?:{alternatives(amount_words()['sets'])})(?!\w)", re.IGNORECASE)


@cache
def _rounds_behind() -> re.Pattern[str]:
    """Return the pattern of how often all was done: "3 rounds", ", x3", "das Ganze 3x"."""
    all_, times = joining("all_of_it"), "|".join(map(re.escape, amount_words()["times"]))
    rounds = joining("rounds")
    return re.compile(
        rf"(?<!^)(?:\s*[,;:]\s*|\s+)\(?(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:{rounds})[\s.)]*$"
        r"|\s*[,;]\s*[x×*]\s*(?P<times>\d{1,2})[\s.]*$"
        rf"|(?:\s*[,;.+-]|\s+(?:{joining('and')})\s)\s*\(?(?:{all_})\s*:?\s*(?:[^\W\d_]{{1,3}}\s+)?(?:[x×*]\s*)?(?P<of_all>\d{{1,2}})"
        rf"\s*(?:[x×*]|{rounds}|{times})?(?:\s+(?:{joining('done')}))?[\s.)]*$"
        rf"|\s*[,;.+-]\s*\(?(?P<all>\d{{1,2}})\s*(?:[x×*]|{times})\s*(?:{all_})[\s.)]*$",
        re.IGNORECASE,
    )


def _rounds_told_behind(body: str) -> re.Match[str] | None:
    """Return how often all was done; "8 reps x 3 sets, 10 reps x 3 sets" are sets of each."""
    found = _rounds_behind().search(body)
    if found is None or not (word := _A_WORD.search(found[0])):
        return found
    return None if re.search(rf"\d\s*{word[0]}(?!\w)", body[: found.start()]) else found


def _rounds_in_brackets_behind(body: str) -> re.Match[str] | None:
    """Return how often all parts were done: "25 sit-ups, 20 squats (x2)", where none has sets."""
    found = _IN_BRACKETS_BEHIND.search(body)
    if found is None or _SETS_OR_TIMES.search(body, 0, found.start()):
        return None
    return found if _SEVERAL_PARTS.search(body, 0, found.start()) else None
