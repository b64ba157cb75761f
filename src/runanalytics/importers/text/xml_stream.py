"""XML read as a stream, without the parts of XML that can do harm.

A document type definition can make a parser fetch other files or use gigabytes of memory. No
source needs one, so a file with one is refused. Apple Health's export begins with a definition
that only lists its elements: it is skipped, and refused if it declares anything else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.handler import ContentHandler

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import HEAD_BYTES

#: How much is read at a time.
_CHUNK_BYTES = 1 << 16
#: In exports elements are nested some ten deep.
_DEEPEST = 100
#: A document type definition longer than this is not Apple's, which has some 10,000 characters.
_LONGEST_DEFINITION = 1 << 15
#: No export has so much text before its first element.
_LONGEST_BEGINNING = 1 << 18
_ELEMENT = re.compile(r"<[A-Za-z_:]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BLANK = "\ufeff \t\r\n"
_DEFINITION = re.compile(r"<!DOCTYPE\s+(?P<name>[\w:.-]+)\s*\[")
#: The end of a definition, and what begins text in which such an end does not count.
_END = re.compile(r"""<!--|"|'|\]\s*>""")
_CLOSED_BY = {"<!--": "-->", '"': '"', "'": "'"}
_ASIDE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
#: The first element, after a definition that stands in another file.
_FIRST = re.compile(r"[^<]{0,64}(?:<!DOCTYPE[^<>\[]*>[^<]{0,64})?<([\w:.-]+)")
_NOT_A_LIST = re.compile(r"<!ENTITY|<!NOTATION|<\?|\bSYSTEM\b|\bPUBLIC\b|%", re.IGNORECASE)
_EXPORT_AGAIN = "export the file once more from where it comes from"


def first_element(head: bytes) -> str:
    """Return the name of the first element in the first bytes of a file, without its prefix.

    Where they end within a document type definition, it is the name of the document type. That
    there is a name does not mean that the file can be read.

    Examples
    --------
    >>> first_element(b'<?xml version="1.0"?><!-- a run --><x:gpx version="1.1">')
    'gpx'
    """
    text = _ASIDE.sub("", head[:HEAD_BYTES].replace(b"\0", b"").decode("latin-1"))
    defined = _DEFINITION.search(text)
    start = 0
    if defined:
        end, _ = _definition(text, defined.end())
        if end is None:
            return defined["name"].rpartition(":")[2]
        start = end
    element = _FIRST.match(text, start)
    return element[1].rpartition(":")[2] if element else ""


def read_xml(
    file: BinaryIO, handler: ContentHandler, *, namespaces: bool, definition_of: str | None = None
) -> str | None:
    """Read XML from a stream into a handler, as far as it is whole.

    Parameters
    ----------
    file : binary file
        Read from its current position to its end, a piece at a time.
    handler : ContentHandler
        Called for each element.
    namespaces : bool
        Whether it is called with names as (namespace, name), or with names as written.
    definition_of : str, optional
        Name of the document type whose list of elements the file may begin with.

    Returns
    -------
    str or None
        Where and why reading ended early; None if the file was complete.

    Raises
    ------
    UnreadableFileError
        If the file has a document type definition other than such a list, or more text before
        its first element than any export.
    """
    from xml.sax import SAXParseException

    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    parser = create_parser(namespaceHandling=namespaces, forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        pending: list[str] = []
        place, wanted = None, 0
        for text in _begun(_without_definition(_texts(file), definition_of)):
            pending.append(text)
            if sum(map(len, pending)) < wanted:
                continue
            parser.feed("".join(pending))
            # Within one long comment or attribute the parser starts over with every piece.
            before, place = place, (parser.getLineNumber(), parser.getColumnNumber())
            wanted = 2 * max(wanted, _CHUNK_BYTES) if place == before else 0
            pending.clear()
        parser.feed("".join(pending))
        parser.close()
    except SAXParseException as error:
        return f"line {error.getLineNumber()}: {error.getMessage()}"
    except DefusedXmlException as error:
        raise _refused() from error
    return None


def refuse_depth(depth: int) -> None:
    """Raise `UnreadableFileError` if elements are nested deeper than in any export."""
    if depth > _DEEPEST:
        raise UnreadableFileError(
            f"its elements are nested more than {_DEEPEST} deep", hint=_EXPORT_AGAIN
        )


def _refused() -> UnreadableFileError:
    return UnreadableFileError(
        "the file holds a document type definition, which can be made to do harm",
        hint=_EXPORT_AGAIN,
    )


def _texts(file: BinaryIO) -> Iterator[str]:
    """Yield the text of a file; bytes invalid in its encoding become replacement characters."""
    head = file.read(_CHUNK_BYTES)
    decoder = codecs.getincrementaldecoder(_encoding(head))(errors="replace")
    started = False
    while head:
        text = decoder.decode(head)
        if not started:
            # Some programs write blanks before the first tag, which the parser would refuse.
            text = text.lstrip(_BLANK)
            started = bool(text)
        if text:
            yield text
        head = file.read(_CHUNK_BYTES)


def _encoding(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.search(head[:1024])
    try:
        info = codecs.lookup(declared[1].decode("ascii")) if declared else None
    except LookupError:
        info = None
    # A declaration in single bytes cannot be of an encoding with two bytes a character.
    return "utf-8" if info is None or info.name.startswith(("utf-16", "utf-32")) else info.name


def _without_definition(texts: Iterator[str], name: str | None) -> Iterator[str]:
    """Yield `texts` without the list of elements of document type `name`."""
    if name is not None:
        head = ""
        for text in texts:
            head += text
            found = _DEFINITION.search(head)
            if found is None:
                if len(head) > _LONGEST_DEFINITION:
                    break
                continue
            end, listed = _definition(head, found.end())
            if end is None:
                if len(head) > _LONGEST_DEFINITION:
                    raise _refused()
                continue
            if found["name"] != name or _NOT_A_LIST.search(listed):
                raise _refused()
            # Lines keep their numbers.
            skipped = "\n" * head.count("\n", found.start(), end)
            head = head[: found.start()] + skipped + head[end:]
            break
        yield head
    yield from texts


def _begun(texts: Iterator[str]) -> Iterator[str]:
    """Yield `texts`, the first pieces joined until they hold an element or a definition.

    A definition is thus found before the parser has read long comments in front of it.
    """
    head = ""
    for text in texts:
        head += text
        plain = _ASIDE.sub("", head)
        if _ELEMENT.search(plain) or "<!DOCTYPE" in plain:
            break
        if len(head) > _LONGEST_BEGINNING:
            raise UnreadableFileError(
                f"no element stands in its first {_LONGEST_BEGINNING // 1024} KiB",
                hint=_EXPORT_AGAIN,
            )
    yield head
    yield from texts


def _definition(text: str, start: int) -> tuple[int | None, str]:
    """Return where the definition that begins at `start` ends, and its text without comments."""
    parts, place = [], start
    while mark := _END.search(text, place):
        parts.append(text[place : mark.start()])
        closed_by = _CLOSED_BY.get(mark[0])
        if closed_by is None:
            return mark.end(), " ".join(parts)
        end = text.find(closed_by, mark.end())
        if end < 0:
            break
        place = end + len(closed_by)
        if mark[0] != "<!--":
            parts.append(text[mark.start() : place])
    return None, ""
