"""FIT files decoded by the library fitparse, as a check on the built-in decoder.

It reads whole files only and refuses damaged ones.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.fit.codec import profile, values
from runanalytics.importers.fit.codec.columns import Columns
from runanalytics.importers.fit.codec.decoder import FitFile, developer_fields
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.codec.messages import Messages
from runanalytics.importers.fit.codec.profile import Field
from runanalytics.importers.fit.codec.values import Array

_HINT = "leave the engine out: the built-in decoder reads what is whole in a damaged file"
#: Naive, as fitparse's instants are.
_FIT_EPOCH = dt.datetime(1989, 12, 31)


def decode_with_fitparse(data: bytes) -> FitFile:
    """Decode a FIT file with fitparse.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    FitFile
        With the same columns as from `decode`, where fitparse knows the field.

    Raises
    ------
    UnreadableFileError
        If fitparse cannot read the file.
    """
    import fitparse

    try:
        file = fitparse.FitFile(io.BytesIO(data))
        messages = list(file.get_messages())
    # On odd files fitparse raises KeyError, struct.error and others.
    except Exception as error:
        raise UnreadableFileError(
            f"fitparse cannot read the file: {type(error).__name__}: {error}", hint=_HINT
        ) from error
    return FitFile((_FitparseReader(messages),))


class _FitparseReader:
    """Messages that fitparse has decoded."""

    def __init__(self, messages: Iterable[Any]) -> None:
        self._by_name: dict[str, list[Any]] = {}
        for message in messages:
            self._by_name.setdefault(str(message.name), []).append(message)
        self.names = tuple(self._by_name)
        described = self._by_name.get("field_description", [])
        fields = developer_fields(_arrays(described), frozenset()) if described else {}
        self.developer_fields: tuple[DeveloperField, ...] = tuple(fields.values())

    def messages(self, name: str, wanted: frozenset[str] | None) -> Messages:
        """Return the messages of one type."""
        table = _arrays(self._by_name[name], wanted)
        damaged = table.pop("damaged")
        numbers = tuple(key for key, column in table.items() if column.dtype.kind == "f")
        matrix = np.array([table[key] for key in numbers]).reshape(len(numbers), len(damaged))
        result = Columns(numbers, matrix)
        for key, column in table.items():
            if key not in numbers:
                result.other(key, _kind(column), column)
        return Messages(result, damaged)


def _arrays(messages: list[Any], wanted: frozenset[str] | None = None) -> dict[str, Array]:
    """Return the fields of messages as columns; a sub-field also under its parent's name."""
    cells: dict[str, list[object]] = {}
    for row, message in enumerate(messages):
        for field in message.fields:
            for name, value in _named_values(message.mesg_num, field):
                if wanted is None or name in wanted:
                    column = cells.setdefault(name, [None] * len(messages))
                    if column[row] is None:
                        column[row] = value
    arrays = {name: _column(column) for name, column in cells.items()}
    arrays["damaged"] = np.zeros(len(messages), dtype=bool)
    return arrays


def _named_values(message: int, field: Any) -> list[tuple[str, object]]:
    """Return the names of a field, each with its value as the built-in decoder has it.

    fitparse's profile is older: words that it lacks are taken from ours.
    """
    if not isinstance(field.def_num, int) or getattr(field.field, "field_type", "") == "devfield":
        return [(str(field.name), _as_ours(field.value, Field("")))]
    ours = profile.field(message, field.def_num)
    name = "timestamp" if field.def_num == profile.TIMESTAMP_FIELD else str(field.name)
    if field.parent_field is None:
        return [(name, _as_ours(field.value, ours))]
    sub = next((known for known in ours.sub_fields if known.name == name), Field(name))
    return [(name, _as_ours(field.value, sub)), (ours.name, _as_ours(field.raw_value, ours))]


def _as_ours(value: Any, meaning: Field) -> object:
    if isinstance(value, (tuple, list)):
        return tuple(_as_ours(part, meaning) for part in value)
    if isinstance(value, int) and not isinstance(value, bool):
        if meaning.choices is not None:
            return meaning.choices[value]
        if meaning.kind in ("instant", "local"):
            return _FIT_EPOCH + dt.timedelta(seconds=value)
    return value


def _column(cells: list[object]) -> Array:
    known = [value for value in cells if value is not None]
    if any(isinstance(value, dt.datetime) for value in known):
        return np.array(
            [value if isinstance(value, dt.datetime) else None for value in cells], dtype="M8[us]"
        )
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None else value for value in cells], dtype=np.float64)
    return values.objects(cells)


def _kind(column: Array) -> str:
    if column.dtype.kind == "M":
        return "instant"
    plain = all(value is None or isinstance(value, str) for value in column.tolist())
    return "text" if plain else "object"
