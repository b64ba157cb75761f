"""A time of work and one of rest that hold for all of a line: "40 s on / 20 s off: squats, ..."."""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.names import lexicon
from runanalytics.words.phrases import alternatives

#: How often all was done, behind the times: "40/20 x 3:".
_OFTEN = r"[\s,)]*(?:[x×]\s?\d{1,2}|\d{1,2}\s*[^\W\d_]{3,})?\s*:"
#: "Circuit 40/20: ...", "Tabata 20/10 s: ...": seconds of work and of rest, which are up to 90.
_WORK_AND_REST = re.compile(
    rf"(?:[^\W\d_][^\d:;]{{2,50}}\s|(?=\(?\d\d\s*/\s*\d\d\s+[^\W\d_]+{_OFTEN}))\(?(?P<worked>[1-6][05])"
    r"\s*(?:s|sec|sek)?\s*/\s*(?P<rested>[1-6][05])"
    rf"\s*(?:s|sec|sek|seg)?\)?(?={_OFTEN}|\s+[^\W\d_]+{_OFTEN})",
    re.IGNORECASE,
)
#: What stands between the parts of a heading.
_APART = re.compile(r"\s*[,;()]\s*|\s+[-–—/]\s+|\s+(?=[x×]\s?\d)")


def work_and_rest(body: str) -> tuple[Amounts, str]:
    """Return the time of work and rest that holds for all of a line, and the line without it.

    Examples
    --------
    >>> said, rest = work_and_rest("Circuit, 40 s work / 20 s rest, 3 laps: squats, planks")
    >>> said.hold_s, said.rest_s, rest
    (40.0, 20.0, 'Circuit: 3 rounds: squats, planks')
    """
    told = (word.strip(",:;") for word in re.split(r"[\s/]+", body.casefold()))
    is_told = not _words_for_work().isdisjoint(told)
    found = _intervals().search(body) if is_told else _WORK_AND_REST.match(body)
    if found is None:
        if of_rounds := _rounds_of_work().match(body):
            worked, rested = float(of_rounds["worked"]), float(of_rounds["rested"])
            name = (of_rounds["head"] or "").strip(" ,")
            rest = f"{of_rounds['often']} rounds: {body[of_rounds.end() :]}"
            return Amounts(hold_s=worked, rest_s=rested), f"{name}: {rest}" if name else rest
        head, colon, rest = body.partition(": ")
        said, rest = work_and_rest(rest) if "/" in rest and ":" in rest else (Amounts(), rest)
        return (said, f"{head}: {rest}") if said.hold_s else (said, body)
    worked, rested = (float(found[name]) for name in ("worked", "rested"))
    before, behind = body[: found.start("worked")], body[found.end() :]
    said = Amounts(hold_s=worked, rest_s=rested)
    head, colon, parts = behind.partition(":")
    if colon and (headed := _with_rounds_last(f"{before},{head}")):
        return said, f"{headed}: {parts.strip()}"
    if is_told:
        behind = behind.lstrip(" :,;")
    lead = before.strip(" (,")
    if (rounds := _rounds_with().match(behind)) and (not lead or lead.endswith(":")):
        lead = f"{lead} " if lead else ""
        return said, f"{lead}{rounds['often']} rounds: {behind[rounds.end() :]}"
    return said, f"{before}{behind}".strip(" ,;")


def _with_rounds_last(head: str) -> str | None:
    """Return a heading with its rounds behind all else, if they stand apart from it."""
    earlier, _, head = head.rpartition(": ")
    told = [each for each in _APART.split(head) if each]
    rounds = [(each, found) for each in told if (found := _rounds().search(each))]
    if len(rounds) != 1:
        return None
    ((said, found),) = rounds
    beside = f"{said[: found.start()]}{said[found.end() :]}".strip()
    others = ": ".join(filter(None, (beside if each is said else each for each in told)))
    if any(map(str.isdigit, others)):
        return None
    times = found["times"] or found["often"]
    return ": ".join(filter(None, (earlier, others, f"{times} rounds")))


@cache
def _rounds() -> re.Pattern[str]:
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    return re.compile(
        rf"(?<![\w.,])(?:(?:{alternatives(lexicon().small)})\s+)?(?:[x×]\s?(?P<times>\d{{1,2}})"
        rf"|(?P<often>\d{{1,2}})\s*(?:[x×]|{joining('rounds')}|{joining('rounds_ahead')}|{often}))(?!\w)"
        r"(?:\s+(?:[^\W\d_]{1,3})$|\s+(?=[^\W\d_]{1,3}\s))?",
        re.IGNORECASE,
    )


@cache
def _rounds_of_work() -> re.Pattern[str]:
    """Return the pattern of "8 rounds 20 s/10 s:", perhaps behind what it was called."""
    return re.compile(
        rf"(?:(?P<head>[^\W\d_][^\d:;]{{2,40}}[\s,]))?(?P<often>\d{{1,2}})\s*(?:[x×]|{joining('rounds')}|{joining('rounds_ahead')})\s+(?:[^\W\d_]{{1,3}}\s+)?"
        r"(?P<worked>[1-6][05])\s*(?:s|sec|sek|seg)?\s*/\s*(?P<rested>[1-6][05])\s*(?:s|sec|sek|seg)?\s*:\s*",
        re.IGNORECASE,
    )


@cache
def _rounds_with() -> re.Pattern[str]:
    """Return the pattern of rounds before what was done: "3 laps of squats", "3 laps - squats"."""
    of = "|".join((alternatives(w for w in amount_words()["of"] if w.isalpha()), joining("with")))
    return re.compile(
        rf"[\s,]*(?P<often>\d{{1,2}})\s*(?:{joining('rounds')}|{joining('rounds_ahead')})(?:\s+(?:{of})\s+|\s*;\s*)"
        r"(?=[^\W\d_])",
        re.IGNORECASE,
    )


@cache
def _words_for_work() -> frozenset[str]:
    return frozenset(each.casefold().split()[-1] for each in amount_words()["work"])


@cache
def _intervals() -> re.Pattern[str]:
    """Return the pattern of a time of work and one of rest, named or with a bar between them."""
    known = amount_words()
    rest = alternatives((*known["rest"], *known["off"]))
    work = alternatives(known["work"])
    unit = alternatives(known["seconds"])
    return re.compile(
        rf"(?<![\w.,x×*])(?P<worked>\d{{1,2}}(?=\s*(?:{unit})(?!\w))|[1-6][05])\s*(?:{unit})?\s+(?:{work})\s*[/,+&-]?\s*"
        rf"(?:{joining('and')})?\s*(?P<rested>\d{{1,2}})\s*(?:{unit})?\s+(?:{rest})(?!\w)",
        re.IGNORECASE,
    )
