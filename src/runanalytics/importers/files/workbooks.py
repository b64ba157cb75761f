"""Workbooks of spreadsheets (.xlsx and .ods) as delimited text, one a sheet.

Both are zip archives inside; they are told from archives of files by what lies in them first.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Sequence

from runanalytics.errors import UnreadableFileError

#: Any zip archive begins so.
_ZIP = b"PK\3\4"
#: What lies first in workbooks, within their first bytes: Excel's and OpenDocument's.
_PARTS = (b"[Content_Types].xml", b"_rels/.rels", b"xl/", b"docProps/")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
#: How far into the file these stand.
_WITHIN = 400
#: Nobody's log is larger, unpacked.
LARGEST_BYTES = 2**27
_READ_BYTES = 2**20

_HINT = "save it once more, or save the sheet as CSV"


def is_workbook(head: bytes) -> bool:
    r"""Return whether a file that begins with `head` is a workbook.

    Examples
    --------
    >>> is_workbook(b"PK\x03\x04" + b"." * 26 + b"[Content_Types].xml"), is_workbook(b"PK\\3\\4")
    (True, False)
    """
    if not head.startswith(_ZIP):
        return False
    start = head[30:_WITHIN]
    return start.startswith((*_PARTS, _OPEN_DOCUMENT))


def sheets(data: bytes) -> list[tuple[str, bytes]]:
    """Return the name and the content of each sheet that is not empty, as CSV in UTF-8.

    Dates become ISO 8601, times and durations hours, minutes and seconds, whole numbers have no
    decimals. What stands above the names of columns, such as a title, is left out.

    Parameters
    ----------
    data : bytes
        The whole workbook.

    Raises
    ------
    UnreadableFileError
        If it is damaged, locked by a password, or too large.
    """
    _check_parts(data)
    # Loaded here: most imports have no workbook, and its library takes a while to load.
    from python_calamine import CalamineWorkbook

    found = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
            texts = _table([[_text(cell) for cell in row] for row in rows])
            if texts:
                found.append((name, _csv(texts)))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise UnreadableFileError(f"the workbook cannot be read ({error})", hint=_HINT) from None
    return found


def _check_parts(data: bytes) -> None:
    """Raise an error if the parts are damaged, or larger than any log; sizes are not believed."""
    from runanalytics.importers.files.sheet_extents import SheetExtent

    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                extent = SheetExtent()
                with archive.open(entry) as part:
                    while block := part.read(_READ_BYTES):
                        total += len(block)
                        if total > LARGEST_BYTES:
                            limit = f"{LARGEST_BYTES / 2**20:.0f} MiB"
                            raise UnreadableFileError(
                                f"the workbook is larger than {limit} unpacked", hint=_HINT
                            )
                        extent.see(block)
    except (
        *(zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError),
        *(RuntimeError, ValueError, IndexError),
    ) as error:
        raise UnreadableFileError(f"the workbook is damaged ({error})", hint=_HINT) from error


def _table(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows from the names of columns on: the first row with more than one cell."""
    filled = [row for row in rows if any(row)]
    for place, row in enumerate(filled):
        if sum(map(bool, row)) > 1:
            return filled[place:]
    return []


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _text(cell: object) -> str:
    """Return a cell as somebody would write it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.10g}"
    if isinstance(cell, dt.datetime):
        return str(cell.date()) if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, dt.time):
        return cell.isoformat("seconds")
    # A line break within a cell would be one of the table.
    return " ".join(str(cell).split())
