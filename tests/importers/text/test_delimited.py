from __future__ import annotations

import codecs
import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.text.delimited import (
    Problems,
    Row,
    column_key,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.units.numerals import parse_number

TEXT = "Date,Übung\n2026-03-01,Sprünge\n"


def cells(data: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_table(data).rows]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", "|").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        ("\n\n" + TEXT).encode(),
        ("sep=;\n" + TEXT.replace(",", ";")).encode(),
        TEXT.replace("Spr", "\0Spr").encode(),
    ],
)
def test_the_same_table_however_it_was_saved(data: bytes) -> None:
    assert cells(data) == [{"date": "2026-03-01", "übung": "Sprünge"}]
    assert header_of(data) == ("date", "übung")


def test_windows_text_is_said() -> None:
    (note,) = read_table(TEXT.encode("cp1252")).notes
    assert "Windows-1252" in note.message


def test_a_head_may_end_within_a_letter() -> None:
    head = TEXT.encode()[: TEXT.encode().index("ü".encode()) + 1]
    assert header_of(head) == ("date", "übung")


def test_decomposed_accents_and_curly_apostrophes_are_the_same_column() -> None:
    assert column_key("Nom de l’entrai\u0302nement") == column_key("Nom de l'entraînement")


def test_lines_are_those_of_the_file() -> None:
    data = b'a,b\n\n1,"two\nlines"\n3,4\n'
    assert [(row.line, row["a"]) for row in read_table(data).rows] == [(3, "1"), (5, "3")]


def test_lines_count_from_a_separator_line_on() -> None:
    assert [row.line for row in read_table(b"sep=;\na;b\n1;2\n").rows] == [3]


def test_short_rows_have_empty_cells_and_blank_rows_are_none() -> None:
    table = read_table(b"a,b\n1\n,\n")
    assert [(row["a"], row["b"], row["c"]) for row in table.rows] == [("1", "", "")]


def test_a_row_with_too_many_cells_is_left_out_by_line() -> None:
    table = read_table(b"weight,reps\n8,5,10\n8.5,10\n20,5,,\n")
    assert [row["weight"] for row in table.rows] == ["8.5", "20"]
    assert "line 2: 3 cells, 2 columns" in table.notes[0].message


def test_notes_may_hold_the_delimiter() -> None:
    assert cells(b"a,notes\n1,felt good, strong\n") == [{"a": "1", "notes": "felt good, strong"}]


@pytest.mark.parametrize("letters", [131_072, 131_073, 10_000_000])
def test_a_cell_may_be_long(letters: int) -> None:
    note = f"two\nlines{letters * 'x'}"
    begun = time.monotonic()
    table = read_table(f'date,note,reps\n2026-03-01,"{note}",5\n2026-03-02,,6\n'.encode())
    assert time.monotonic() - begun < 5
    assert [(row["note"], row["reps"]) for row in table.rows] == [(note, "5"), ("", "6")]
    assert table.notes == ()


def test_an_open_quotation_mark_does_not_swallow_the_rows_after_it() -> None:
    table = read_table(b'a,b\n1,"5 inch box\n2,"x, y"\n3,4\n')
    assert [(row["a"], row["b"]) for row in table.rows[1:]] == [("2", "x, y"), ("3", "4")]
    assert "broken quotation marks" in table.notes[0].message


def test_a_huge_cell_is_text() -> None:
    table = read_table(b"a,b\n1," + b"x" * 300_000 + b"\n2,3\n")
    assert [len(row["b"]) for row in table.rows] == [300_000, 1]


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    assert cells(b"a,A\n1,2\n") == [{"a": "1"}]


def test_cells_like_formulas_are_text() -> None:
    assert cells(b"a\n=1+1\n") == [{"a": "=1+1"}]


@pytest.mark.parametrize("separator", ['"', " ", "x"])
def test_a_strange_separator_line_is_no_instruction(separator: str) -> None:
    assert header_of(f"sep={separator}\na,b\n".encode()) != ("a", "b")


@pytest.mark.parametrize("data", [b"", b"\n \n", b",,,\n1,2,3,4\n", b"a,b\n", b"a,b\n,\n"])
def test_nothing_to_read(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read_table(data)


def test_a_cell_without_sense_is_empty_and_listed() -> None:
    problems = Problems()
    rows = [Row(line, {"reps": text}) for line, text in enumerate(["8,5", "--", "ten", *"abc"], 2)]
    assert [read_cell(row, "reps", parse_number, problems) for row in rows] == [8.5, *[None] * 5]
    (note,) = problems.notes()
    assert note.severity == "warning"
    assert note.message.startswith("cells of 'reps' were taken as empty (4): line 4: 'ten'")
    assert note.message.endswith("and 1 more")


def test_only_errors_of_units_are_taken_for_a_bad_cell() -> None:
    def broken(text: str) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_cell(Row(1, {"a": "1"}), "a", broken, Problems())


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_error_of_ours(data: bytes) -> None:
    header_of(data)
    try:
        table = read_table(data)
    except RunAnalyticsError:
        return
    assert table.rows


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            *[st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)] * 2
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(",;\t"),
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("first", "second"), *rows])
    expected = [[cell.strip() for cell in row] for row in rows]
    expected = [row for row in expected if any(row)]
    normal = [[" ".join(cell.splitlines()).split() for cell in row] for row in expected]
    try:
        table = read_table(text.getvalue().encode())
    except UnreadableFileError:
        assert not expected
        return
    read = [[row["first"], row["second"]] for row in table.rows]
    assert [[" ".join(cell.splitlines()).split() for cell in row] for row in read] == normal


def test_a_table_of_more_columns_than_any_log_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"a table of 100,000 columns"):
        read_table(b"date," + b"x," * 99_998 + b"x\n1\n")
