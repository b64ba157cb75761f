"""What is said of a file that no importer takes: what it has, what it is nearest to, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Importer
from runanalytics.importers.text.delimited import header_of
from runanalytics.importers.tidy.columns import guesses, guesses_in_words

#: What files begin with that lie beside training and hold none: what this project writes of
#: simulated runners, and the documents for doctors in Apple Health's exports.
_COMPANION = re.compile(rb'\s*(?:\{\s*"simulated": true|(?:<\?xml[^>]*>\s*)?<ClinicalDocument)')
#: How many columns or names a message lists.
_SHOWN = 12
#: How a diary is written.
_DIARY = "a diary has each day on a line of its own, as 2026-05-03, and what was done below it"
#: Fewer common columns than these are chance.
_NEAR = 2

#: Lists that are known and cannot be read: columns, what is not known of them, what to do. Runalyze
#: numbers sports by account, and writes instants of which nothing says in which clock they are.
_REFUSED: tuple[tuple[frozenset[str], str, str], ...] = tuple(
    (
        frozenset(("time", "s", sport)),
        "this list of Runalyze's numbers its sports, and does not say which number is running",
        "export the activities from Runalyze as FIT or TCX",
    )
    for sport in ("sportid", "sportsid")
)

_FIRST_NAMES = re.compile(rb'"([^"\\]{1,40})"\s*:')
_FIRST_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]*)")


def is_companion(head: bytes) -> bool:
    """Return whether a file is one that lies beside training and holds none.

    Examples
    --------
    >>> is_companion(b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">')
    True
    """
    return _COMPANION.match(head) is not None


def unknown_file(name: str, head: bytes, importers: Iterable[Importer]) -> UnreadableFileError:
    """Return the error for a file that no importer takes.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.
    importers : iterable of Importer
        Those that there are.
    """
    known = list(importers)
    message = "not a file of any known source"
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        sources = ", ".join(importer.name for importer in known)
        return UnreadableFileError(message, where=name, hint=f"known sources are: {sources}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        names = list(dict.fromkeys(_FIRST_NAMES.findall(head)))[:_SHOWN]
        listed = ", ".join(one.decode("utf-8", "replace") for one in names) or "none"
        return UnreadableFileError(
            f"{message}: JSON whose first names are: {listed}", where=name, hint=_advice({})
        )
    if start.startswith(b"<") and (element := _first_element(start)):
        return UnreadableFileError(
            f"{message}: XML that begins with <{element}>", where=name, hint=_advice({})
        )
    columns = [column for column in header_of(head) if column]
    if len(columns) < _NEAR or name.casefold().endswith(".md"):
        return UnreadableFileError(
            f"{message}: text without columns", where=name, hint=f"{_advice({})}; {_DIARY}"
        )
    for refused, reason, instead in _REFUSED:
        if refused <= set(columns):
            return UnreadableFileError(reason, where=name, hint=instead)
    more = ", ..." if len(columns) > _SHOWN else ""
    listed = f"{', '.join(columns[:_SHOWN])}{more}"
    shared = {one.name: sorted(one.column_names() & set(columns)) for one in known}
    near = {source: common for source, common in shared.items() if len(common) >= _NEAR}
    meant = guesses_in_words(guesses(None, columns))
    return UnreadableFileError(
        f"{message}: its columns are: {listed}",
        where=name,
        hint=meant or _advice(near),
    )


def _first_element(start: bytes) -> str:
    found = next((one for one in _FIRST_ELEMENT.finditer(start) if one[1] != b"xml"), None)
    return found[1].decode("utf-8", "replace") if found else ""


def _advice(near: Mapping[str, list[str]]) -> str:
    table = "date, movement, sets, reps, load (kg), hold (s), distance (m)"
    advice = f"as a plain table it is read with the columns {table}, or date, distance, time"
    if not near:
        return advice
    source = max(near, key=lambda one: len(near[one]))
    return f"nearest is {source}, which has {', '.join(near[source])} too; {advice}"
