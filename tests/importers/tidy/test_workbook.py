"""Workbooks, written here part by part; whole ones are in golden/."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from runanalytics.errors import RunAnalyticsError, UnitError, UnreadableFileError
from runanalytics.importers import identify, read, read_bytes
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.files.workbooks import LARGEST_BYTES, is_workbook
from runanalytics.library import Library

Cell = str | float | dt.date | dt.time | None
PARIS = ReadOptions(timezone="Europe/Paris")
EPOCH = dt.datetime(1899, 12, 30)
SETS: list[list[Cell]] = [
    ["Date", "Exercise", "Sets", "Reps", "Weight (kg)"],
    [dt.date(2026, 1, 5), "Back squat", 3.0, 5.0, 62.5],
    [dt.date(2026, 1, 8), "Plank", 2.0, "45 s", None],
]


def xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Write a workbook as Excel does: dates are numbers that a style shows as dates."""
    space = "http://schemas.openxmlformats.org"
    main, package = f"{space}/spreadsheetml/2006/main", f"{space}/package/2006"
    office = f"{space}/officeDocument/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{office}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + f'<Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="3">'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="21"/></cellXfs></styleSheet>',
    }
    for n, rows in zip(numbers, sheets.values(), strict=True):
        body = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
        )
    return packed(parts)


def _xlsx_cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, str):
        return f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    if isinstance(cell, dt.time):
        day = (cell.hour * 3600 + cell.minute * 60 + cell.second) / 86_400
        return f'<c s="2"><v>{day!r}</v></c>'
    if isinstance(cell, dt.date):
        at = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        return f'<c s="1"><v>{(at - EPOCH).total_seconds() / 86_400!r}</v></c>'
    return f"<c><v>{cell!r}</v></c>"


def ods(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Write a workbook as LibreOffice does."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        {
            "mimetype": mime,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
            "</manifest:manifest>",
            "content.xml": f'<office:document-content xmlns:office="{office}:office:1.0" '
            f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        }
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        kind = 'office:value-type="string"'
    elif isinstance(cell, dt.time):
        value = f"PT{cell.hour:02d}H{cell.minute:02d}M{cell.second:02d}S"
        kind = f'office:value-type="time" office:time-value="{value}"'
    elif isinstance(cell, dt.date):
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    else:
        kind = f'office:value-type="float" office:value="{cell!r}"'
    return f"<table:table-cell {kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>"


def packed(parts: Mapping[str, str]) -> bytes:
    """Pack parts in order, always into the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            declared = text if name == "mimetype" else f'<?xml version="1.0"?>{text}'
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, declared, stored)
    return file.getvalue()


each = pytest.mark.parametrize("written", [xlsx, ods], ids=["xlsx", "ods"])


def imported(data: bytes, options: ReadOptions = PARIS) -> Imported:
    importer, tables = read_bytes("log", data, options)
    assert importer.name == "workbook"
    return tables


@each
def test_a_sheet_is_read_as_the_csv_of_the_same_cells(written: type[xlsx]) -> None:
    sets = imported(written({"Sets": SETS})).sets
    assert sets[["name_as_logged", "n_sets"]].to_numpy().tolist() == [
        ["Back squat", 3],
        ["Plank", 2],
    ]
    assert sets["reps"].tolist()[0] == 5
    assert sets["load_kg"].tolist()[0] == 62.5
    assert sets["hold_s"].tolist()[1] == 45


@each
def test_dates_and_times_are_those_that_the_cells_show(written: type[xlsx]) -> None:
    races: list[list[Cell]] = [
        ["Date", "Distance", "Time"],
        [dt.date(2026, 3, 1), "half", dt.time(1, 35, 20)],
    ]
    tables = imported(written({"2026": races}))
    assert tables.races["time_s"].tolist() == [5720]
    assert tables.races["local_date"].astype(str).tolist() == ["2026-03-01"]


@each
def test_every_sheet_of_a_known_kind_is_read_and_the_others_named(written: type[xlsx]) -> None:
    runs: list[list[Cell]] = [["date", "distance", "duration"], ["2026-03-02", "10 km", "50:00"]]
    ideas: list[list[Cell]] = [["Idea", "Done"], ["New shoes", "no"]]
    tables = imported(written({"Gym": SETS, "Runs": runs, "Ideas": ideas}))
    assert (len(tables.sets), len(tables.runs)) == (2, 1)
    assert "'Ideas' (idea, done)" in tables.notes[-1].message
    assert tables.rows.n_rows == 3


@each
def test_a_title_above_the_names_of_columns_is_no_row(written: type[xlsx]) -> None:
    titled: list[list[Cell]] = [["My training"], [None], *SETS]
    assert len(imported(written({"Sets": titled})).sets) == 2


@each
def test_a_workbook_without_a_log_says_what_it_has(written: type[xlsx]) -> None:
    with pytest.raises(UnreadableFileError, match=r"'Food' \(meal, kcal\).*movement, sets, reps"):
        imported(written({"Food": [["Meal", "kcal"], ["Soup", 300.0]]}))


def test_an_error_names_the_sheet() -> None:
    bare: list[list[Cell]] = [["date", "movement", "load"], ["2026-01-05", "Squat", 60.0]]
    with pytest.raises(UnitError, match="sheet 'Gym', line 2: the load '60'"):
        imported(xlsx({"Gym": bare}))


def test_an_archive_of_files_is_no_workbook() -> None:
    assert not is_workbook(packed({"sets.csv": "date,movement"}))
    assert is_workbook(xlsx({"Sets": SETS}))
    assert identify("anything.csv", ods({"Sets": SETS})[:4096]).name == "workbook"


def test_it_is_imported_from_a_folder_and_from_an_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "gym.xlsx").write_bytes(xlsx({"Sets": SETS}))
    with zipfile.ZipFile(tmp_path / "in" / "old.zip", "w") as archive:
        archive.writestr("gym.ods", ods({"Sets": [SETS[0], [dt.date(2025, 1, 5), "Lunge", 3.0]]}))
    library = Library(tmp_path / "library")
    report = library.add(tmp_path / "in", timezone="Europe/Paris")
    assert report.total("sets") == 8
    assert report.rows_sentence() == "3 rows in 2 logs: all kept"


def test_what_is_larger_than_any_log_is_refused_while_it_is_unpacked() -> None:
    huge = packed({"[Content_Types].xml": " " * (LARGEST_BYTES + 1)})
    with pytest.raises(UnreadableFileError, match="larger than 128 MiB"):
        imported(huge)


@pytest.mark.parametrize("cut", [40, 400, -30])
def test_a_torn_workbook_is_refused_with_advice(tmp_path: Path, cut: int) -> None:
    (tmp_path / "gym.xlsx").write_bytes(xlsx({"Sets": SETS})[:cut])
    with pytest.raises(RunAnalyticsError):
        read(tmp_path / "gym.xlsx")


#: Where a sheet of few cells has one far away, in what a workbook's own program writes.
STRAY = {
    "xlsx": (xlsx, "<c/>", '<c r="XFD1048576"><v>1</v></c>'),
    "ods": (ods, "<table:table-cell/>", _ods_cell(1.0).replace("cell ", 'cell {0}="16384" ', 1)),
}


@pytest.mark.parametrize("kind", STRAY)
def test_a_stray_cell_far_away_is_refused_and_takes_no_memory(kind: str) -> None:
    """The library that reads workbooks would end the process."""
    written, empty, stray = STRAY[kind]
    with zipfile.ZipFile(io.BytesIO(written({"Sets": SETS}))) as archive:
        whole = {name: archive.read(name).decode() for name in archive.namelist()}
    parts = {
        name: text.removeprefix('<?xml version="1.0"?>')
        .replace(empty, stray.format("table:number-columns-repeated"))
        .replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1048576">')
        for name, text in whole.items()
    }
    with pytest.raises(UnreadableFileError, match=r" columns is more than any log has"):
        imported(packed(parts))
