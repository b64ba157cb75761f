"""``{columns} TABLE``: the columns of a table of `runanalytics.schema`, with units and ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from runanalytics import schema


class Columns(SphinxDirective):
    """The columns of a table."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what the table holds, and a row a column."""
        table = schema.TABLES[self.arguments[0]]
        rows = [
            (nodes.literal(text=column.name), *map(nodes.Text, described(column)))
            for column in table
        ]
        return [
            nodes.paragraph(text=f"{table.meaning}."),
            _table(("column", "unit", "meaning", "values", "dtype"), rows),
        ]


def described(column: schema.Column) -> tuple[str, str, str, str]:
    """Return a column's unit, meaning, values and dtype, as a person reads them."""
    if column.choices:
        values = ", ".join(column.choices)
    elif column.low is not None and column.high is not None:
        values = f"{column.low:,.9g} to {column.high:,.9g}".replace("-", "−")
    else:
        values = ""
    if column.required:
        values = f"{values}; never missing".removeprefix("; ")
    return column.unit, column.meaning, values, column.dtype


def _table(headings: Iterable[str], rows: Iterable[Iterable[nodes.Node]]) -> nodes.table:
    names = list(headings)
    group = nodes.tgroup(cols=len(names))
    group += [nodes.colspec(colwidth=1) for _ in names]
    head = nodes.thead()
    head += _row(map(nodes.Text, names))
    body = nodes.tbody()
    body += [_row(row) for row in rows]
    group += [head, body]
    table = nodes.table(classes=["columns"])
    table += group
    return table


def _row(cells: Iterable[nodes.Node]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        entry += nodes.paragraph("", "", cell)
        row += entry
    return row


def setup(app: Sphinx) -> dict[str, Any]:
    """Name the directive."""
    app.add_directive("columns", Columns)
    return {"parallel_read_safe": True}
