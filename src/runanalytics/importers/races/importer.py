r"""Lists of races: a parkrun page, Power of 10, organisers' and runners' own lists.

Columns are known by their headers in many languages (`columns`), distances and times as they
are written (`runanalytics.units.race_distances`, `times`). What stands in front of the line of
column names, as where a page was copied from a browser, is passed over.

References
----------
The columns of parkrun's pages of results (parkrun.org.uk) and of Power of 10 (thepowerof10.info)
as people copy and export them. Lists under organisers' names were written for tests from public
examples.

Examples
--------
>>> text = b"Datum;Lauf;Strecke;Nettozeit\n17.5.25;Seelauf;HM;1:31:05"
>>> RACE_LISTS.read(text).races[["distance_m", "time_s"]].to_numpy().tolist()
[[21097.5, 5465.0]]
"""

from __future__ import annotations

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.contract import (
    HEAD_BYTES,
    Imported,
    Importer,
    ReadOptions,
    require_columns,
)
from runanalytics.importers.races.columns import RaceColumns, plain_columns, race_columns
from runanalytics.importers.races.reading import RaceReader
from runanalytics.importers.text.delimited import header_of, read_table
from runanalytics.importers.tidy.columns import COLUMNS, REQUIRED, kind_of

#: How many lines may stand in front of the line of column names.
_LINES_BEFORE = 8
#: A line of column names there has three columns or more.
_DELIMITERS, _FEWEST_DELIMITERS = (b",", b";", b"\t", b"|"), 2


class RaceListImporter(Importer):
    """Reads a list of one runner's races that others made, or that is kept in other words."""

    name = "race-list"
    version = 1
    edited_by_hand = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Whether the columns are those of a list of races, in any language.

        A page without a column of distances is one if its first rows can be read as races.
        """
        found = _found(head)
        if found is None:
            return False
        behind, columns = found
        if columns.distances or columns.only_distance_m is not None:
            return True
        whole, _, _ = head[behind:].rpartition(b"\n")  # the last line may be cut
        try:
            read = RaceReader(read_table(whole or head[behind:]), columns, ReadOptions()).read()
        except RunAnalyticsError:
            return False
        return len(read.races) > 0

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read rows into races; a row that cannot be read is left out and counted by its reason.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `units` of distances that state none.

        Returns
        -------
        Imported
            `races`, in SI units, and notes on what was inferred, left out or not read.

        Raises
        ------
        MissingColumnError
            If the columns are not those of a list of races.
        UnitError
            If distances have no unit, and neither their column nor the options state one.
        UnreadableFileError
            If no row can be read, the order of day and month is unknown, or the rows are those
            of several runners.
        """
        found = _found(data)
        if found is None:
            require_columns(read_table(data).names, ("date", "race", "distance", "time"))
            found = 0, RaceColumns("date", ("time",), ("distance",), ("race",), {}, {})
        table = read_table(data[found[0] :], keep_overfull=True)
        return RaceReader(table, found[1], options).read()


class PlainRacesImporter(Importer):
    """Reads our own plain list of races, ``races.csv``, kept in a spreadsheet."""

    name = "tidy-races"
    version = 2
    kind = "races"
    fallback = True
    edited_by_hand = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the columns are those of our list, or are meant to be."""
        return kind_of(header_of(head)) == self.kind

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read rows into races, as `RaceListImporter` does.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `units` of distances that state none.

        Raises
        ------
        MissingColumnError
            If date, distance or time is not there.
        UnitError
            If distances have no unit, and neither their column nor the options state one.
        UnreadableFileError
            If no row can be read, or the order of day and month is unknown.
        """
        table = read_table(data, keep_overfull=True)
        columns = plain_columns(table.columns)
        if columns is None:
            ours = {key: name for name, keys in COLUMNS["races"].items() for key in keys}
            written = zip(table.columns, table.names, strict=True)
            require_columns([ours.get(key, name) for key, name in written], REQUIRED["races"])
            raise AssertionError("a required column is missing")
        return RaceReader(table, columns, options).read()


def _found(data: bytes) -> tuple[int, RaceColumns] | None:
    """Return where the line of column names begins, and its columns; None if there is none."""
    if data.lstrip()[:1] in (b"<", b"{", b"["):
        return None
    columns = race_columns(header_of(data[:HEAD_BYTES]))
    if columns is not None:
        return 0, columns
    begin = 0
    for _ in range(_LINES_BEFORE):
        begin = data.find(b"\n", begin) + 1
        if not begin:
            return None
        line = data[begin : data.find(b"\n", begin) + 1 or len(data)]
        if max(map(line.count, _DELIMITERS)) < _FEWEST_DELIMITERS:
            continue
        columns = race_columns(header_of(line))
        if columns is not None:
            return begin, columns
    return None


RACE_LISTS = RaceListImporter()
TIDY_RACES = PlainRacesImporter()
