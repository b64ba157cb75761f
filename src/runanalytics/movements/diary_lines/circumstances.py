"""What a line tells beside its work in words that nothing is known of: "behind the pub".

Whoever is asked about a remark loses trust, and whoever loses an exercise loses data. So a word
that nothing is known of is taken for no exercise only where the word that it stands behind says so:
one of place or time ("behind the pub"), of company ("with Ann"), of how it was ("felt sharp", "too
humid") or of a reason ("because ..."); or where it stands before a colon and the exercises with
their amounts behind it, or before "did". A word of any movement's name, or near to one, is always
shown. The words stand in ``words/*.toml``, table ``circumstances``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.cells import side_word
from runanalytics.movements.diary_lines.clauses import is_clause, is_occasion, is_person
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.pieces import (
    COUNTED_WORK,
    any_joining,
    begins_with_amounts,
    is_amounts,
    is_of_body,
    joining,
    joining_words,
)
from runanalytics.movements.diary_lines.remarks import (
    NOT_DONE,
    is_called_off,
    is_denial,
    is_filling,
    listed,
    weekdays,
)
from runanalytics.movements.diary_lines.unread import is_of_names
from runanalytics.movements.matcher import ONE_LEG, is_near_names, named_exactly
from runanalytics.movements.names import lexicon, without_accents
from runanalytics.movements.names import words as words_of_name
from runanalytics.movements.reading import has_amounts
from runanalytics.movements.vocabulary import WHOLES, kind_of_work, movement
from runanalytics.movements.work import named_work
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives

#: Words, articles that are written with them, numbers and what ends a clause.
_TOKEN = re.compile(
    r"(?P<elided>(?<![^\W\d_])(?:[dljcmsnt]|qu|all|dell|nell|sull|dall|un)['’](?=[^\W\d_]))"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<height>\d+[\s-]?(?:cm|inch)(?![^\W\d_])-?)|(?P<number>\d+)"
    r"|(?P<end>[;,:!?()\[\]|+/&.]|[-–—](?=\s))"
)
#: Elided words that are prepositions with their article.
_WITH_ARTICLE = ("all", "nell", "sull", "dall")
#: How many words that nothing is known of a word of each kind speaks for.
_SPEAKS_FOR = {
    "near": 3,
    "at": 2,
    "with": 1,
    "with_nouns": 1,
    "was": 1,
    "of_body": 1,
    "because": 99,
}
_ROLES = ("of_body", "articles", "near", "at", "with", "with_nouns", "was", "because", "doing")
#: Most words that are not known of who did it, and words before "did".
_MOST_DOERS, _MOST_BEFORE = 2, 5
#: Letters of a word from which one letter may be wrong in it, and of the last word of a compound.
_LEAST_NEAR, _LEAST_LAST = 8, 4
#: What is done in rounds of other work; so is "EMOM", but how many rounds are done is open.
_CIRCUIT = "circuit"
#: Roles of words behind which it is told where or with whom.
_OF_A_PLACE = ("near", "at", "with", "with_nouns")
#: Most words of a name.
_MOST_OF_A_NAME = 5
#: How many words that nothing is known of what is told of speaks for, "legs like two rocks".
_SUBJECT_SPEAKS_FOR = 3
_DIGITS = re.compile(r"\d+")
#: What ends the first part behind a colon.
_PIECES = re.compile(r"[,;.]\s|\s[-–—+&/]\s")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
#: Letters of words that are no names, such as "pm".
_TWO = 2
#: What a doubt in our own words has: "fondos: read as 'Dip'", "some: how many?".
_DOUBT = re.compile(r": .|\?$")
#: Numbers that are no amounts: heights gained, the time of day, and phases of a repetition.
_NO_AMOUNTS = (
    r"\bd\s?[+]\s?\d+|\d+\s?m?\s?d[+]|\d+\s?(?:hm|höhenmeter)\b",
    # "40 am Stück" are repetitions.
    r"@\s?\d{1,2}h\b|(?:@\s?)?(?<![\d:.])(?:\d|1[0-2])(?::\d\d)?\s?(?:am(?!\sst)|pm)\b",
    r"(?:@\s?)?(?<![\d:.])\d{1,2}(?::\d\d)?\s?uhr\b",
    r"\b(?:tempo\s?)?@?\s?\d-\d-\d(?:-\d)?(?![\w-])",
    r"\d:[0-5]\d(?:er)?[\s-](?:schnitt|pace|average)\b",
    r"(?-i:(?<!\w)(?:MU|WU|U)\d{2}(?!\w))",
    r"(?<=\bde[nmr] )\d{1,2}er\s*(?=$|[,;.])",
)
#: Distances by which runners are called: "the 1500 group", "avec les 800", "den 800ern".
_OF_RUNNERS = "400|800|1500|3000|5000|10000|5k|10k"


def without_circumstances(
    line: str, parts: Sequence[Part], shown: Iterable[str], of_all: Collection[float | None] = ()
) -> tuple[tuple[Part, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the parts of a line without remarks, what is still to be asked, and the remarks.

    Parameters
    ----------
    line : str
        As it was parted.
    parts : sequence of Part
        What was read of it.
    shown : iterable of str
        What was not understood, or not for certain.
    of_all : collection of float or None, optional
        Numbers that were read as those of all of it: rounds, minutes.

    Examples
    --------
    >>> without_circumstances("squats 3x8 behind the pub", (), ["pub", "zorb"])[1:]
    (('pub', 'zorb'), ())
    """
    shown = tuple(shown)
    asked = [each for each in shown if not _DOUBT.search(each)]
    # A line of remarks alone says of no work, and is asked about.
    if not asked or not any(
        part.reading.movement
        or part.reading.match.reason.startswith(NOT_DONE)
        or is_surely_denied(part.text)
        for part in parts
    ):
        return tuple(parts), shown, ()
    said = _Line(line, parts, of_all)
    beside = {each for each in asked if said.is_beside_work(each)}
    kept, dropped = list[Part](), list[Part]()
    for part in parts:
        if part.reading.movement is None and said.is_remark(part):
            dropped.append(part)
            continue
        if not beside.isdisjoint(part.unknown) and part.reading.movement is not None:
            left = tuple(each for each in part.unknown if each not in beside)
            part = replace(part, reading=replace(part.reading, not_understood=left))
        kept.append(part)
    open_ = {text for part in kept if part.reading.movement is None for text in part.unknown}
    whole = {text for part in dropped for text in part.unknown}
    left = tuple(each for each in shown if each not in beside | whole or each in open_)
    told = (each for each in shown if each not in left and each not in whole)
    return tuple(kept), left, (*(part.text for part in dropped), *told)


class _Line:
    """The words of a line, and which of them tell of circumstances by what they stand behind."""

    def __init__(self, text: str, parts: Sequence[Part], of_all: Collection[float | None]) -> None:
        self._text, self._parts, self._of_all = text, parts, of_all
        self._words = {_plain(word) for kind, word in _tokens(text) if kind == "word"}
        self._told: set[str] = set()
        self._open: set[str] = set()
        self._bare = _no_amounts().sub(self._without, text)
        if all(each.work == "endurance" for each in parts if each.reading.movement):
            self._bare = _last_of_a_run().sub(self._without, self._bare)
        clause: list[tuple[str, str]] = []
        counted = False
        for token in (*_tokens(self._bare), ("end", "")):
            if token[0] == "end":
                counted = counted or any(kind == "number" for kind, _ in clause)
                self._look_at(clause, counted=counted)
                clause, counted = [], counted and token[1] == "/"  # "3x10/leg"
            else:
                clause.append(token)

    def _without(self, found: re.Match[str]) -> str:
        """Return nothing for numbers that are no amounts; the words beside them are told."""
        told = {_plain(word) for kind, word in _tokens(found[0]) if kind == "word"}
        self._open.update(word for word in told if word in _supports() and not self._is_on(word))
        self._told.update(told)
        return " "

    def is_remark(self, part: Part) -> bool:
        """Return whether a part that has no known name is a remark, or was not done."""
        if (found := _planned().match(part.text)) and is_amounts(part.text[found.end() :]):
            return True  # "planned 4x8, but did 3x8"
        if is_surely_denied(part.text):
            return True
        # "Everything on one leg" was another exercise.
        if not _changing().isdisjoint(words_of_name(part.text)):
            return False
        is_first = bool(self._parts) and part is self._parts[0]
        return self._all_told(part.text) or (is_first and self._is_heading(part.text, of_part=True))

    def is_beside_work(self, text: str) -> bool:
        """Return whether a text of the line that was not understood tells of no work."""
        if not _changing().isdisjoint(words_of_name(text)):
            return False  # "on one leg: squats 3x8" are others
        return is_surely_denied(text) or self._all_told(text) or self._is_heading(text)

    def _all_told(self, text: str) -> bool:
        text = re.sub(r"(?<=\bfor the )\d+\b", self._without_set, text)
        if any(re.search(rf"(?<!\d){each}(?!\d)", self._bare) for each in _NUMBER.findall(text)):
            return False
        told = [word for kind, word in _tokens(text) if kind == "word"]
        plain = [_plain(word) for word in told]
        if not self._words.issuperset(plain):
            return False  # a doubt is in our own words
        if self._is_clause(told, plain):
            return True
        if not all(word in self._told - self._open or _is_beside(word) for word in plain):
            return False
        is_number = not plain and self._bare != self._text
        if not is_number and not any(
            word in self._told or word in listed("felt") or word in listed("context")
            for word in plain
        ):
            return False
        done = {part.reading.movement for part in self._parts}
        # "Core on the mat after the swim" was work; with squats beside it, it may be of the body.
        work = {part.work for part in self._parts}
        wholes = [id for word in plain if (id := named_exactly(word)) in WHOLES and id]
        if any(kind_of_work(id) not in work for id in wholes):
            return False
        return all(id in done for _, _, id in _named_within(told))

    def _without_set(self, found: re.Match[str]) -> str:
        """Return nothing for a set that is named by what it was of: "dog sat on me for the 60"."""
        done = (each.reading for each in self._parts)
        amounts = {amount for each in done for amount in (*each.reps, each.hold_s)}
        return "" if float(found[0]) in amounts else found[0]

    def _is_clause(self, told: list[str], plain: list[str]) -> bool:
        """Return whether words tell how it was, or what somebody did beside the work."""
        known = [_is_beside(word) or word in self._told for word in plain]
        unknown = (word for word, each in zip(told, known, strict=True) if not each)
        like = any(is_movement_like(word) for word in unknown if not is_person(word))
        if not is_clause(told, known, like=like):
            return False
        work = {part.work for part in self._parts}
        # "Didn't note the weights" behind some of them
        return all(id in WHOLES and kind_of_work(id) in work for _, _, id in _named_within(told))

    def _is_heading(self, text: str, *, of_part: bool = False) -> bool:
        """Return whether a text stands before a colon and exercises with amounts of their own.

        Amounts of all may stand between ("Squad circuit, 3 laps: ..."). A part of its own, before
        a dash or full stop ("Isos - ..."), may be an exercise: it is a heading only if none of its
        words is unknown.
        """
        sign = r"(?:\s+[-–—]\s|[.:;]\s)" if of_part else r"(?P<of_all>\s*,[^:]*)?\s*:"
        found = re.search(rf"{re.escape(text)}{sign}\s*(?P<rest>\S.*)$", self._text, re.DOTALL)
        if found is None or any(
            float(number) not in self._of_all
            and re.search(rf"(?<!\d){number}(?!\d)", self._bare) is not None
            for number in _DIGITS.findall(text)
        ):
            return False
        parts = self._parts[1:] if of_part else self._parts
        sure = of_part or bool(found["of_all"])
        first = parts[0].reading if parts else None
        if first is None or first.movement is None:
            return False
        if not has_amounts(first):
            return False
        if begins_with_amounts(found["rest"]):
            # "Zorbing: 3x12, squats 3x8"
            told_first = take_amounts(_PIECES.split(found["rest"])[0])[1]
            if named_exactly(told_first) != first.movement:
                return False
        if sure and any(part.reading.movement is None for part in parts):
            return False
        if side_word(text) is not None:
            return True  # "Each side: ..."
        named = (part.reading for part in parts if part.reading.movement)
        if any(named_exactly(f"{text} {each.name}") not in (None, each.movement) for each in named):
            return False  # "jumping: lunges 3x10"
        told = [word for kind, word in _tokens(text) if kind in ("word", "elided")]
        after = next((at for at, word in enumerate(told) if _is_after(word)), len(told))
        if any(map(_may_be_counted, told[after:])) or any(
            kind_of_work(id) in COUNTED_WORK and not all(map(_is_small, told[after:][begin:end]))
            for begin, end, id in _named_within(told[after:])
        ):
            return False  # "after the lunges: squats 3x8"
        work, place = {part.work for part in parts}, 0
        is_day = not _days().isdisjoint(map(_plain, told))
        while place < after:
            wholes = (
                last
                for last in range(min(len(told), place + _MOST_OF_A_NAME), place, -1)
                if _is_whole(" ".join(told[place:last]), work)
            )
            behind = next(wholes, None)
            word = _plain(told[place])
            known = _is_small(word) or word in _heads()
            known = known or is_person(told[place]) or word in _attributes()
            known = known or (word in self._told - self._open and not is_of_names(word))
            known = known or (is_day and named_exactly(word) is None)
            if behind is None and not known and (sure or is_of_names(word)):
                return False
            place = behind or place + 1
        return True

    def _look_at(self, clause: list[tuple[str, str]], *, counted: bool) -> None:
        """Tell which words of a clause stand behind one that speaks for them."""
        plain = [_plain(word) if kind in ("word", "elided") else kind for kind, word in clause]
        place, n_left = self._doers(clause, plain), 0
        start = next((at for at, each in enumerate(plain) if _role((each,))[0] != "articles"), 0)
        first = plain[start] if plain else ""
        tells_of_body = not counted and (is_of_body(first) or side_word(first) is not None)
        speaks = None if counted else self._subject(clause, plain, start)
        while place < len(clause):
            kind, word = clause[place]
            if kind == "height":
                place += 1
                continue
            if kind == "word" and (is_person(word) or is_occasion(word)):
                self._told.add(plain[place])
                place += 1
                continue
            if place == speaks:
                self._told.add(plain[place])
                place, n_left = place + 1, _SUBJECT_SPEAKS_FOR
                continue
            if kind == "number":
                place, n_left = place + 1, 0
                continue
            behind = tuple(plain[place : place + _longest()])
            role, length = _role(behind, of_body=tells_of_body)
            if role == "said":
                self._told.update(plain[place : place + length])
                n_left = 0
            elif role in ("at", "with", "with_nouns"):
                next_ = clause[place + length : place + length + 1] or [("", "")]
                first = plain[place + length] if next_[0][0] else ""
                # German writes every noun so: "mit Mady" is company, "3x8 mit Hantel" may be none.
                named = next_[0][1][:1].isupper() and (role != "with_nouns" or not counted)
                in_one = kind == "elided" or next_[0][0] in ("elided", "height")
                article = _role((first,))[0] == "articles"
                on_it = plain[place + length + article : place + length + article + 1]
                if place and on_it and on_it[0] in _supports() and is_of_body(plain[place - 1]):
                    n_left = 0  # "push-ups, feet on the sofa" are others
                elif named or in_one or article or first in _supports():
                    n_left = _SPEAKS_FOR[role]
                    self._told.update(plain[place : place + length])
            elif role in _SPEAKS_FOR:
                n_left = max(n_left, _SPEAKS_FOR[role])
                self._told.update(plain[place : place + length])
            elif plain[place] == "a" and place and clause[place + 1 : place + 2]:
                # "Un'ora a Superga": to, in or at a place in French, Italian and Spanish.
                n_left = _SPEAKS_FOR["at"] if clause[place + 1][1][:1].isupper() else n_left
            elif role != "articles" and not _is_beside(plain[place]):
                of_place = word[:1].isupper() and plain[place] in _of_hills()  # "up Cardiac Hill"
                of_place = of_place or self._is_on(plain[place])
                if n_left and (of_place or not is_movement_like(word)):
                    self._told.add(plain[place])
                    n_left = 0 if plain[place] in _supports() else n_left - 1
                else:
                    if plain[place] not in _supports():  # "sled push (80 kg on sled)"
                        self._open.add(plain[place])
                    n_left = 0
            elif n_left and _is_beside(plain[place]):
                self._told.add(plain[place])
                # "Felt really sharp", but not "a very short set of zorbs".
                n_left = 0 if n_left == 1 and plain[place] in lexicon().small else n_left
            place += length

    @staticmethod
    def _subject(clause: list[tuple[str, str]], plain: list[str], start: int) -> int | None:
        """Return where the subject of a clause stands that tells how something was.

        That is a part of the body, "legs wobbly", all of it, "all timed", or what else one tells
        of, "wind howling". Names of exercises begin with a part of the body, too: in English in
        the singular, "calf raise", and else with a noun or "of" behind it, "jambes de grenouille";
        and "hands on the box" makes another exercise of one.
        """
        while start < len(plain) and side_word(plain[start]) is not None:
            start += 1
        if start + 1 >= len(plain) or {clause[start][0], clause[start + 1][0]} != {"word"}:
            return None
        if plain[start + 1] in _of() or clause[start + 1][1][:1].isupper():
            return None
        if _role((plain[start + 1],))[0] == "articles":
            return None  # "todos el caimán", and "anche la sirena", which are no hips
        if not _subjects().isdisjoint((plain[start], " ".join(plain[start : start + 2]))):
            # "The last set of zorbing" is one.
            return None if plain[start + 2 : start + 3] and plain[start + 2] in _of() else start
        is_told = is_of_body(plain[start]) and (start > 0 or plain[start] not in _attributes())
        placed = _role(tuple(plain[start + 1 :]))[0] in ("at", "near", "with")
        return start if is_told and not placed else None

    def _is_on(self, word: str) -> bool:
        """Return whether a word is what the work was done on, and that is no other movement.

        "Dips on the bench" are bench dips.
        """
        on = _supports().get(word)
        if on is None:
            return False
        named = [part for part in self._parts if part.reading.movement]
        near = [part for part in named if word in map(_plain, part.text.split())] or named
        done = {part.reading.movement or "" for part in near}
        return all(named_exactly(f"{on} {movement(id).name}") in (None, id) for id in done)

    def _doers(self, clause: list[tuple[str, str]], plain: list[str]) -> int:
        """Return where the words behind those of who did it begin: "the girls did 3x20 m"."""
        roles = [
            _role(tuple(plain[place : place + _longest()]))
            for place in range(min(len(plain), _MOST_BEFORE + 1))
        ]
        place = next((at for at, (role, _) in enumerate(roles) if role == "doing"), 0)
        unknown = [
            word
            for at, (kind, word) in enumerate(clause[:place])
            if kind == "number" or (roles[at][0] is None and not _is_beside(plain[at]))
        ]
        if not place or len(unknown) > _MOST_DOERS or any(map(is_movement_like, unknown)):
            return 0
        behind = place + roles[place][1]
        self._told.update(plain[:behind])
        return behind


def is_surely_denied(text: str) -> bool:
    """Return whether a text says that work was not done which it names: "no gym", "gym skipped".

    Nothing but small words stands between: "pas de géant sautillés" are giant steps.
    """
    if is_denial(text) is None or any(map(str.isdigit, text)):
        return False
    told = [word for kind, word in _tokens(text) if kind == "word"]
    of_all = ((at, at + 1) for at, word in enumerate(told) if _plain(word) in _sessions())
    for first, last in (*of_all, *((first, last) for first, last, _ in _named_within(told))):
        before, behind = told[:first], told[last:]
        if any(is_movement_like(word) for word in (*before, *behind) if not is_denial(word)):
            continue  # "no gym or lunges"
        while before and is_denial(before[-1]) is None and _is_beside(_plain(before[-1])):
            before.pop()
        if before and (is_denial(before[-1]) or is_denial(" ".join(before[-2:]))):
            return True
        # "Crunches without hands" were done.
        is_off = bool(behind) and is_called_off(" ".join((told[first], *behind)))
        if is_off and all(is_denial(word) or _is_beside(_plain(word)) for word in behind):
            return True
    return False


def is_no_amount(text: str) -> bool:
    """Return whether a text tells a number that is no amount of work: "HR 150", "slope 10 %"."""
    return _no_amounts().fullmatch(text.strip()) is not None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of each token of a text, and the token."""
    for found in _TOKEN.finditer(text):
        assert found.lastgroup is not None
        yield found.lastgroup, found[0].rstrip("'’") if found.lastgroup == "elided" else found[0]


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    return without_accents(word.replace("’", "'")).casefold()


@lru_cache(maxsize=8192)
def is_movement_like(word: str) -> bool:
    """Return whether a word is one of names of movements, near to one or made with one.

    Examples
    --------
    >>> is_movement_like("Kniebeugne"), is_movement_like("Froschsprung"), is_movement_like("church")
    (True, True, False)
    """
    plain = _plain(word)
    if _is_beside(plain):
        return False
    # German nouns are compounds: "Bärengang".
    least = _LEAST_LAST if word[:1].isupper() else _LEAST_LAST + 1
    lasts = (plain[place:] for place in range(2, len(plain) - least + 1))
    return (
        plain[:1].isdigit()
        or is_of_names(plain)
        or any(is_of_names(last) and last not in _of_hills() for last in lasts)
        or (len(plain) >= _LEAST_NEAR and is_near_names(plain))
    )


@cache
def _of_hills() -> frozenset[str]:
    """Return words for a hill, which names of places end with: "Uetliberg"."""
    return frozenset(map(_plain, joining_words("hill")))


@lru_cache(maxsize=8192)
def _is_beside(word: str) -> bool:
    """Return whether a word stands beside work, and tells nothing of it."""
    if _role((word,))[0] == "articles" or word in weekdays():
        return True
    known = word in listed("felt") or word in listed("context") or word in lexicon().small
    return known or is_filling(word) or is_of_body(word) or side_word(word) is not None


def _is_whole(text: str, kinds: Collection[str | None]) -> bool:
    """Return whether words name a whole session of one of some kinds of work."""
    id = named_exactly(text)
    return id == _CIRCUIT or (id in WHOLES and kind_of_work(id) in kinds)


def _named_within(told: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where words in a row name a movement, but for parts of the body, and its id."""
    for first in range(len(told)):
        for last in range(first + 1, min(len(told), first + _MOST_OF_A_NAME) + 1):
            text = " ".join(told[first:last])
            plain = _plain(text)
            is_none = len(plain) <= _TWO or _is_beside(plain) or plain in _no_names()
            if last == first + 1 and is_none:
                continue
            if _no_names().issuperset(
                each for each in plain.split() if _role((each,))[0] != "articles"
            ):
                continue  # "au bord de la marche"
            id = named_exactly(text)
            if id is None and (work := named_work(text)) is not None and not work.rest:
                id = work.movement
            if id is not None and not is_of_body(text):
                yield first, last, id


@cache
def _roles() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return phrases by their first word, the longest first, with what they are."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}

    def enter(phrases: Iterable[str], role: str) -> None:
        for phrase in phrases:
            told = tuple(_plain(word) for _, word in _tokens(phrase))
            if told:
                found.setdefault(told[0], []).append((told, role))

    tables_of = words_of("circumstances").values()
    for role in _ROLES:
        for tables in tables_of:
            enter(tables.get(role, ()), role)
    for tables in tables_of:
        enter((*tables.get("most", ()), *tables.get("gauges", ())), "said")
    for tables in words_of("diary").values():
        for kind in ("when", "aside", "remarks"):
            enter((each for each in tables.get(kind, ()) if " " in each), "said")
    enter(_WITH_ARTICLE, "at")
    for ways in found.values():
        ways.sort(key=lambda way: -len(way[0]))
    return found


@cache
def _longest() -> int:
    return max(len(told) for ways in _roles().values() for told, _ in ways)


def _role(told: tuple[str, ...], *, of_body: bool = False) -> tuple[str | None, int]:
    """Return what the longest phrase that words begin with is, and of how many words.

    Some speak for the word behind them only where a part of the body is told of: "knee a bit ...".
    """
    for phrase, role in _roles().get(told[0], ()) if told else ():
        if told[: len(phrase)] == phrase and (of_body or role != "of_body"):
            return role, len(phrase)
    return None, 1


@cache
def _supports() -> dict[str, str]:
    """Return what exercises are done on or against, with its English word."""
    tables = words_of("circumstances.supports").values()
    return {
        _plain(word): on for table in tables for on, listed_ in table.items() for word in listed_
    }


@cache
def _last_of_a_run() -> re.Pattern[str]:
    """Return the pattern of how the last of a run was run: "last 3 @ MP", "letzte 4 km zügig"."""
    tables = words_of("circumstances").values()
    last = alternatives({word for table in tables for word in table.get("last", ())})
    pace = any_joining("race_pace", "pace")
    return re.compile(
        rf"(?<!\w)(?:(?:{last})\s\d{{1,2}}(?:\s?(?:km?|mi|miles?|min|'))?|\d{{1,2}}\s(?:{last}))(?!\w)"
        rf"(?:\s*(?:@|(?:{joining('at_pace')})\s)\s*(?:(?:{pace}\s?)+|\d\d?[:'’]\d\d)(?!\w))?",
        re.IGNORECASE,
    )


@cache
def _planned() -> re.Pattern[str]:
    """Return the pattern of what says that amounts were planned, and not what was done."""
    tables = words_of("circumstances").values()
    planned = alternatives({word for table in tables for word in table.get("planned", ())})
    return re.compile(rf"(?:{planned})(?!\w)\s*:?\s*", re.IGNORECASE)


@cache
def _changing() -> frozenset[str]:
    """Return words of names that make another exercise of one: "on one leg", "seated"."""
    return lexicon().posture | {ONE_LEG}


@cache
def _subjects() -> frozenset[str]:
    """Return what a clause may be about that tells how it was: "all timed", "wind howling"."""
    tables = words_of("circumstances").values()
    return frozenset(_plain(word) for table in tables for word in table.get("subjects", ()))


@cache
def _no_names() -> frozenset[str]:
    """Return words that name no movement where they stand alone, though some list has them."""
    return _subjects() | _supports().keys()


@cache
def _of() -> frozenset[str]:
    """Return words for "of", behind which stands what a noun is named for."""
    tables = words_of("circumstances").values()
    return frozenset(_plain(word) for table in tables for word in table.get("of", ()))


@cache
def _attributes() -> frozenset[str]:
    """Return parts of the body in the form in which they stand before another noun: "calf"."""
    tables = words_of("circumstances").values()
    return frozenset(_plain(word) for table in tables for word in table.get("attributes", ()))


@cache
def _sessions() -> frozenset[str]:
    """Return words for a session whatever its kind."""
    tables = words_of("circumstances").values()
    return frozenset(_plain(word) for table in tables for word in table.get("sessions", ()))


@cache
def _after() -> frozenset[str]:
    """Return the first words of what says that all was done before or after something."""
    tables = words_of("diary").values()
    said = (_plain(each).split() for table in tables for each in table.get("after", ()))
    whom = (
        _plain(each)
        for table in words_of("circumstances").values()
        for each in table.get("for_whom", ())
    )
    return frozenset((*(told[0] for told in said), *whom))


def _is_small(word: str) -> bool:
    """Return whether a word of a heading stands beside work, or says where."""
    return _is_beside(_plain(word)) or _role((_plain(word),))[0] is not None


def _may_be_counted(word: str) -> bool:
    """Return whether a word of a heading may be one of an exercise: "hurdles", but not "run"."""
    plain = _plain(word)
    known = is_person(word) or _is_small(word) or plain in _heads() or plain in _attributes()
    return is_of_names(plain) and not known and named_exactly(word) is None


def _is_after(word: str) -> bool:
    """Return whether a word of a heading says that when, where or with whom follows."""
    return _plain(word) in _after() or _role((_plain(word),))[0] in _OF_A_PLACE


@cache
def _days() -> frozenset[str]:
    """Return words for a session or day that is of something: "día de saltos"."""
    tables = words_of("circumstances").values()
    return _sessions() | {_plain(word) for table in tables for word in table.get("days", ())}


@cache
def _heads() -> frozenset[str]:
    """Return what headings tell a session to be of, besides wholes: "Isometrics: ..."."""
    tables = words_of("circumstances").values()
    return frozenset(_plain(word) for table in tables for word in table.get("heads", ()))


@cache
def _no_amounts() -> re.Pattern[str]:
    """Return the pattern of numbers that are no amounts: "at 85 %", "HR 150", "tempo 3-1-1"."""
    tables = words_of("circumstances").values()
    gauges = alternatives({word for table in tables for word in table.get("gauges", ())})
    most = alternatives({word for table in tables for word in table.get("most", ())})
    several = r"\d+(?:\s?[-–]\s?\d+)?(?:\s?%)?"
    gauge = rf"(?<!\w)(?:{gauges})(?!\w)\W{{0,3}}(?:[^\W\d_]{{1,6}}\W){{0,2}}\s?{several}"
    # Of "75 80 %" one number is of something else; "3x8 80 %" is no such.
    alone = r"(?<![\d.,])(?:(?<!\d\s)|(?<=[x×*]\d\s)|(?<=[x×*]\d\d\s))"
    share = (
        rf"(?:@\s?|{alone})\d{{1,3}}(?:[.,]\d)?(?:\s?[-–]\s?\d{{1,3}})?\s?%"
        rf"(?:\s(?:{most})(?!\w))?"
    )
    on = alternatives(_supports())
    height = rf"(?<!\w)\d+[\s-]?(?:cm|inch)[\s-](?:{on})(?!\w)"
    numbered = rf"(?<!\w)(?:{joining('numbered')})\s?\d{{1,2}}(?=\s*:)"
    # "The 1500 group", "avec les 1500", and how many came.
    crowd = alternatives({word for table in tables for word in table.get("crowd", ())})
    of = alternatives({word for table in tables for word in table.get("runners_of", ())})
    the = rf"(?:{of})\s(?:[^\W\d_]{{1,3}}\s)?"
    runners = (
        rf"(?<!\w){the}(?:{_OF_RUNNERS})(?:ern?)?(?=\s*(?:$|[,;:.)]))"
        rf"|(?:(?<=[,;.]\s)|^)\d{{1,2}}\s(?:{crowd})(?=\s*(?:$|[,;.]|da(?!\w)))"
    )
    ways = (gauge, share, height, numbered, runners, *_NO_AMOUNTS)
    return re.compile("|".join(ways), re.IGNORECASE)
