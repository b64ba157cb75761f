"""What "skip" and a skip with a letter mean, by the language of a line.

Nearly everybody knows the same drills by the same letters, but for Poles; and what Italians call
"skip" are high knees.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from runanalytics.movements.diary_lines.languages import is_foreign
from runanalytics.movements.diary_lines.parts import CHOICE, Part, read_as, said_as
from runanalytics.movements.diary_lines.pieces import joining_words
from runanalytics.movements.names import words
from runanalytics.movements.vocabulary import movement

#: "Skip A" is the name of high knees in Polish, and "skip C" of heels to glutes; not elsewhere.
_LETTERED_SKIP = re.compile(r"skip(?:ping)?s? ([ac])")
_LETTERED_SKIPS = {"a": ("high_skipping", "high_knees"), "c": ("c_skip", "heels_to_glutes")}
#: Skips whose letters are listed: "A, B and C skips", "A-, B- und C-Skips", "skips A, B, C".
_AND = r"-?\s*(?:[,/&+]\s*(?:(?:and|und|et|e|y)\s+)?|(?<=[\s-])(?:and|und|et|e|y)\s+)"
_LETTERS = rf"(?P<letters>[ABC](?:{_AND}[ABC])+)"
_LETTERS_AHEAD = re.compile(rf"(?<![\w-]){_LETTERS}[-\s]*(?=skip(?:ping)?s?(?!\w))", re.IGNORECASE)
_LETTERS_BEHIND = re.compile(
    rf"(?<![\w-])(?P<skips>skip(?:ping)?s?)\s+{_LETTERS}(?![\w-]|\s*skip)", re.IGNORECASE
)
_A_LETTER = re.compile(r"(?<!\w)[ABC](?!\w)", re.IGNORECASE)
#: ... and what "skip" is in Italian alone.
_SKIP, _KNEES, _SKIPS_ABROAD = "low_skipping", "high_knees", frozenset(("en", "de", "fr", "es"))
_SKIPS_HERE, _SKIPS_ELSEWHERE = frozenset(("pl",)), frozenset(("en", "de", "fr", "it", "es"))


def with_letters_together(text: str) -> str:
    """Return a line with listed letters of skips as one word: "A/B/C skips".

    Examples
    --------
    >>> with_letters_together("A-, B- und C-Skips 2x20 m"), with_letters_together("skips A, B")
    ('A/B/C Skips 2x20 m', 'skips A/B')
    """
    if "skip" not in text.casefold():
        return text
    text = _LETTERS_AHEAD.sub(lambda found: f"{_listed(found['letters'])} ", text)
    return _LETTERS_BEHIND.sub(_one_by_one, text)


def _one_by_one(found: re.Match[str]) -> str:
    """Return "skips A/B" of the letters of several, and "skip A, skip B", which Polish has, too."""
    if found["skips"].casefold() == "skips":
        return f"{found['skips']} {_listed(found['letters'])}"
    return ", ".join(f"{found['skips']} {each}" for each in _A_LETTER.findall(found["letters"]))


def _listed(letters: str) -> str:
    return "/".join(_A_LETTER.findall(letters))


def skip_of_its_language(part: Part, text: str) -> Part:
    """Return a skip as what its name means in the language of the line.

    "Skip A" is an A-skip, and "skip C" a C-skip, but where the line is Polish.

    Parameters
    ----------
    part : Part
        Of the line.
    text : str
        The line.

    Returns
    -------
    Part
    """
    found = _LETTERED_SKIP.fullmatch(part.reading.name)
    if found is None:
        return _italian_skip(part, text)
    skip, in_polish = _LETTERED_SKIPS[found[1]]
    beside = {word for word in words(text) if len(word) > 2}
    if any(is_foreign(word, _SKIPS_ELSEWHERE) for word in beside):
        return part
    reading = read_as(part.reading, skip)
    if not any(is_foreign(word, _SKIPS_HERE) for word in beside):
        doubt = f"{said_as(part.reading.name, reading)}{CHOICE}'{movement(in_polish).name}'"
        reading = replace(reading, not_understood=(*reading.not_understood, doubt))
    return replace(part, reading=reading)


def _italian_skip(part: Part, text: str) -> Part:
    """Return "skip" as high knees where the line is Italian, but as it was read elsewhere."""
    told = set(words(part.reading.name))
    if part.reading.movement != _SKIP or "skip" not in told or told - _beside_a_skip():
        return part
    if not any(is_foreign(word, _SKIPS_ABROAD) for word in words(text) if len(word) > 2):
        return part
    kept = tuple(each for each in part.unknown if not each.startswith("skip: read as "))
    return replace(part, reading=replace(read_as(part.reading, _KNEES), not_understood=kept))


@cache
def _beside_a_skip() -> frozenset[str]:
    """Return the words that leave a skip what it is: "un po' di skip", "some skips"."""
    vague = {
        word for each in joining_words("vague") | joining_words("little") for word in words(each)
    }
    return frozenset(("skip", "drill")) | vague
