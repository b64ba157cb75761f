"""Wrong kinds of arguments, refused at the door of every public function and method.

What a parameter takes is read from its annotation, so that it stands once. A value of another
kind raises an error that says what was given and what to write instead, in place of the TypeError
of whatever would have tripped over it. Annotations that are not in `_KINDS`, such as `Any`, take
everything: what they hold is judged where it is used.
"""

from __future__ import annotations

import ast
import datetime
import difflib
import functools
import inspect
import numbers
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from runanalytics.errors import SchemaError, UsageError

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class")

#: Table -> how it is made, where it is not a method of its own name.
_MADE_BY = {
    "form": "library.form('cadence')",
    "dose": "library.dose('strength')",
    "samples": "library.samples(run_id)",
    "spans": "library.log_spans()",
    "weekly": "library.adherence('technique-drills')",
}
#: Table -> the columns that it must have.
_COLUMNS = {"form": ", with 'local_date', 'value'", "dose": ", with 'local_date', 'amount'"}
#: Parameter -> how it is written.
_WRITTEN = {
    "adjust": "as ['climb', 'heat']",
    "controls": "as [library.dose('mobility')]",
    "beside": "as [library.dose('technique')]",
    "paths": "as 'runs' or ['runs', 'strong.csv']",
    "at": "as '2026-03-31'",
    "contrast": "how many more a week, as 2.0",
    "date": "as '2026-03-31'",
    "doses": "as {'strength': library.dose('strength')}",
    "distance_m": "as 10000 or '10 km'",
    "engine": "'fitparse', or leave it out",
    "forms": "as {'cadence': library.form('cadence')}",
    "level": "as 0.95",
    "measure": "such as 'sessions' or 'sets'",
    "metric": "such as 'cadence' or 'contact-time'",
    "metrics": "such as 'cadence' or ['cadence', 'contact-time']",
    "of": "such as 'strength' or 'technique'",
    "pace": "with its unit, as '5:00/km' or '8:03/mi'",
    "programme": "such as 'technique-drills'",
    "speed_m_s": "metres a second, as 3.33",
    "since": "as '2026-03-31'",
    "text": "such as 'squat 3x5 80 kg'",
    "time_s": "as 2520 or '42:00'",
    "timezone": "as 'Europe/Berlin'",
    **dict.fromkeys(("day", "first", "last", "on", "today", "until"), "as '2026-03-31'"),
    "what": "such as 'strength' or 'technique'",
}


#: Parameters that take a day in any form, and are annotated as taking anything.
_DAYS = frozenset({"day", "first", "last", "on", "since", "stopped", "today", "until"})


def _is_frame(value: object) -> bool:
    """Return whether a value is a DataFrame, without loading pandas."""
    return any(
        each.__name__ == "DataFrame" and each.__module__.startswith("pandas")
        for each in type(value).__mro__
    )


def _whole(value: object) -> bool:
    return isinstance(value, numbers.Integral)


def _below_0(value: Any) -> bool:
    return bool(value < 0)


#: Annotation, or name of a parameter -> the kind of value in words, and whether a value is one.
_KINDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "None": ("None", lambda value: value is None),
    "str": ("a text", lambda value: isinstance(value, str)),
    "bool": ("True or False", lambda value: isinstance(value, numbers.Integral) or _flag(value)),
    "Day": ("a day", lambda value: isinstance(value, str | datetime.date) or _day(value)),
    "seed": (
        "a whole number from 0 on",
        lambda value: _whole(value) and not _below_0(value),
    ),
    "int": ("a whole number", _whole),
    "float": ("a number", lambda value: isinstance(value, numbers.Real)),
    "datetime.date": ("a date", lambda value: isinstance(value, datetime.date)),
    "datetime.time": ("a time of day", lambda value: isinstance(value, datetime.time)),
    "os.PathLike[str]": ("a path", lambda value: isinstance(value, os.PathLike)),
    "pd.DataFrame": ("a DataFrame", _is_frame),
    "Iterable": ("a list", lambda value: _several(value)),
    "Sequence": ("a list", lambda value: _several(value)),
    "Mapping": ("a dict", lambda value: isinstance(value, Mapping)),
    "Frames": ("a table, or several in a list or dict", lambda value: _frames(value)),
    "Progress": ("a function", callable),
    "Callable": ("a function", callable),
    "ReportSource": ("a library", lambda value: hasattr(value, "segments")),
    "RunnerTables": ("a library", lambda value: hasattr(value, "segments")),
    "Tables": ("a library", lambda value: hasattr(value, "segments")),
    "NormalEffect": ("a prior", lambda value: _is_a(value, "NormalEffect")),
    "Plan": ("a plan", lambda value: _is_a(value, "Plan")),
    "Claim": ("a claim", lambda value: _is_a(value, "Claim")),
    "Runner": ("a runner", lambda value: _is_a(value, "Runner")),
    "np.random.SeedSequence": ("a seed", lambda value: _is_a(value, "SeedSequence")),
}


def _day(value: object) -> bool:
    return _is_a(value, "datetime64")


def _is_a(value: object, name: str) -> bool:
    """Return whether a value is of a class of that name, without loading its module."""
    return any(each.__name__ == name for each in type(value).__mro__)


def _several(value: object) -> bool:
    return isinstance(value, Iterable) and not _text(value) and not _is_frame(value)


def _frames(value: object) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    return _is_frame(value) or (isinstance(value, Sequence) and all(map(_is_frame, value)))


def _flag(value: object) -> bool:
    return _is_a(value, "bool")  # NumPy's own


def _text(value: object) -> bool:
    return isinstance(value, str | bytes)


def checked_arguments(function: Function) -> Function:
    """Return a function that refuses arguments of another kind than its annotations say.

    Parameters
    ----------
    function : callable
        With annotations.

    Returns
    -------
    callable
        Raises `UsageError` where an argument is missing, unknown or of a wrong kind, and
        `SchemaError` where it should be a frame.

    Examples
    --------
    >>> @checked_arguments
    ... def trend(form, level: float = 0.95): ...
    >>> trend(None, level="high")
    Traceback (most recent call last):
    ...
    runanalytics.errors.UsageError: trend(): `level` is a number, and this is the text 'high'; ...
    """
    signature = inspect.signature(function)
    name = function.__name__

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise _misfit(name, signature, kwargs, error) from None
        for argument, value in given.items():
            _require_kind(name, argument, value, signature.parameters[argument])
        return function(*args, **kwargs)

    return checked  # type: ignore[return-value]


def checked_methods(owner: type[Class]) -> type[Class]:
    """Return a class whose own public methods refuse arguments of another kind.

    Parameters
    ----------
    owner : type
        The class, which is changed.

    Examples
    --------
    >>> @checked_methods
    ... class Library:
    ...     def trend(self, metric: str): ...
    >>> Library().trend(None)
    Traceback (most recent call last):
    ...
    runanalytics.errors.UsageError: trend(): `metric` is a text, and this is None; write it ...
    """
    for name, member in list(vars(owner).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, classmethod | staticmethod):
            setattr(owner, name, type(member)(checked_arguments(member.__func__)))
        elif inspect.isfunction(member):
            setattr(owner, name, checked_arguments(member))
    return owner


def require_frame(frame: object, name: str) -> None:
    """Raise `SchemaError`, which says what to give instead, unless `frame` is a DataFrame.

    Parameters
    ----------
    frame : object
        What was given.
    name : str
        Name of the table that was wanted.

    Examples
    --------
    >>> require_frame("sets.csv", "sets")
    Traceback (most recent call last):
    ...
    runanalytics.errors.SchemaError: table 'sets': a DataFrame is wanted, and this is the text ...
    """
    if _is_frame(frame):
        return
    made = _MADE_BY.get(name, f"library.{name}()")
    hint = "make it one: pd.DataFrame(...)"
    if frame is None or isinstance(frame, str):
        hint = f"give the table itself, such as {made}"
    elif type(frame).__name__ == "Series":
        columns = _COLUMNS.get(name, "")
        hint = f"give the whole table{columns}, such as {made}"
    raise SchemaError(
        f"a DataFrame is wanted, and this is {_in_words(frame)}", where=f"table '{name}'", hint=hint
    )


def _in_words(value: object) -> str:
    if isinstance(value, str):
        return f"the text {value!r}"
    if value is None or isinstance(value, numbers.Number):
        return f"{value!r}" if value is None else f"the number {value}"
    if type(value).__name__ == "Series":
        return f"the column {getattr(value, 'name', None)!r}"
    kind = type(value).__name__
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _require_kind(
    function: str, argument: str, value: object, parameter: inspect.Parameter
) -> None:
    annotation = parameter.annotation
    if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
        return
    if not isinstance(annotation, str):
        return
    if argument in _DAYS and annotation == "Any":
        annotation = "Day | None"
    if argument == "seed":
        annotation = annotation.replace("int", "seed", 1)
    kinds = _alternatives(annotation)
    if not kinds or any(_is(value, kind, inside) for kind, inside in kinds):
        return
    frames = [kind for kind, _ in kinds if kind != "None"] == ["pd.DataFrame"]
    if frames:
        require_frame(value, argument)
    wanted = " or ".join(dict.fromkeys(_KINDS[kind][0] for kind, _ in kinds if kind != "None"))
    if wanted == "a text or a path":
        wanted = "a path"
    left_out = ", or leave it out" if parameter.default is not parameter.empty else ""
    written = "as '18:30'" if "datetime.time" in dict(kinds) else _WRITTEN.get(argument)
    hint = f"write it {written}" if written else f"give {wanted}{left_out}"
    if argument == "speed_m_s" and isinstance(value, str):
        hint = f"write pace={value!r}"
    raise UsageError(
        f"`{argument}` is {wanted}, and this is {_in_words(value)}",
        where=f"{function}()",
        hint=hint,
    )


def _is(value: object, kind: str, inside: str) -> bool:
    """Return whether a value is of a kind, and what a list holds of the kind inside."""
    if not _KINDS[kind][1](value):
        return False
    of_items = _alternatives(inside) if inside and "," not in inside else ()
    # What can be gone through once only is not looked into.
    if not of_items or not isinstance(value, Sequence) or _text(value):
        return True
    return all(any(_is(each, *one) for one in of_items) for each in value)


@functools.cache
def _alternatives(annotation: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds that an annotation takes, with what lists hold; none if it takes anything.

    Examples
    --------
    >>> _alternatives("Sequence[str] | None"), _alternatives("Any")
    ((('Sequence', 'str'), ('None', '')), ())
    """
    found = []
    parts = [ast.parse(annotation, mode="eval").body]
    while parts:
        part = parts.pop(0)
        if isinstance(part, ast.BinOp):
            parts[:0] = [part.left, part.right]
            continue
        kind, inside = ast.unparse(part), ""
        if kind not in _KINDS and isinstance(part, ast.Subscript):
            kind, inside = ast.unparse(part.value), ast.unparse(part.slice)
        if kind not in _KINDS:
            return ()
        found.append((kind, inside))
    return tuple(found)


def _misfit(
    function: str, signature: inspect.Signature, kwargs: Mapping[str, object], error: TypeError
) -> UsageError:
    """Return the error for arguments that are missing, unknown or too many."""
    takes = [name for name in signature.parameters if name != "self"]
    unknown = [name for name in kwargs if name not in takes]
    hint = f"it takes: {', '.join(takes) or 'nothing'}"
    if not unknown:
        return UsageError(str(error).replace("'", "`"), where=f"{function}()", hint=hint)
    near = difflib.get_close_matches(unknown[0], takes, n=1)
    if near:
        hint = f"did you mean `{near[0]}`? {hint}"
    return UsageError(f"no argument `{unknown[0]}`", where=f"{function}()", hint=hint)
