"""Numbers as people and programs write them: decimal points, decimal commas, thousands."""

from __future__ import annotations

import math
import re
from typing import Literal

from runanalytics.errors import UnitError

#: Digits with decimal and thousands marks, to be read by `parse_number`.
NUMBER = r"[0-9][0-9.,]*(?: [0-9]{3}(?:[.,][0-9]*)?(?![0-9]))*"
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]*)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_GROUPED_AND_POINT = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]*")
_GROUPED_AND_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]*")

#: Decimals kept of a number that was read: a program wrote 74.99999999999999 for 75.
READ_DECIMALS = 9


def parse_number(text: str, *, comma: Literal["decimal", "thousands"] | None = None) -> float:
    """Return the number that `text` stands for, with a decimal point or a decimal comma.

    Parameters
    ----------
    text : str
        Digits with at most one sort of decimal mark, without sign or unit.
    comma : {None, "decimal", "thousands"}
        What a single comma before three digits means, where the source makes it known.

    Returns
    -------
    float
        The number, rounded to nine decimals.

    Raises
    ------
    UnitError
        If `text` is no such number, or is one like "1,500" and `comma` is None.

    Examples
    --------
    >>> parse_number("8,5"), parse_number("1,234.5"), parse_number("74.99999999999999")
    (8.5, 1234.5, 75.0)
    """
    plain = tidied(text)
    if _SPACED.fullmatch(plain):
        plain = plain.replace(" ", "")
    if _GROUPED_AND_POINT.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _GROUPED_AND_COMMA.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif plain.count(",") and not plain.count("."):
        plain = _without_comma(plain, comma, text)
    if not _PLAIN.fullmatch(plain):
        raise UnitError(f"{shown(text)} is not a number", hint="expected digits such as 8.5")
    number = float(plain)
    if not math.isfinite(number):
        raise UnitError(f"{shown(text)} is too large a number")
    return round(number, READ_DECIMALS)


def tidied(text: str) -> str:
    """Return `text` with plain spaces and quotation marks, in place of those of phones."""
    for mark, plain in (("’", "'"), ("′", "'"), ("”", '"'), ("″", '"')):
        text = text.replace(mark, plain)
    return " ".join(text.split())


def shown(text: object) -> str:
    """Return what was read for a message, in quotation marks and cut short."""
    quoted = repr(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:57]}..."


def _without_comma(plain: str, comma: str | None, text: str) -> str:
    if not _GROUPED.fullmatch(plain):
        return plain.replace(",", ".")
    if plain.count(",") > 1 or comma == "thousands":
        return plain.replace(",", "")
    if comma is None:
        whole, decimals = plain.split(",")
        raise UnitError(
            f"{shown(text)} can be read in two ways",
            hint=f"write {whole}{decimals} or {whole}.{decimals}",
        )
    return plain.replace(",", ".")
