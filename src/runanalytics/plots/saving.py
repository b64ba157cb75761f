"""Saving figures as files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.storage.durable import write_durably

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Extensions that a figure can be saved with.
ENDINGS = (".png", ".svg", ".pdf")
_DOTS_PER_INCH = 200


def save(ax: Axes, file: Path) -> None:
    """Save the figure of some axes; a PNG has 200 dots per inch.

    Parameters
    ----------
    ax : Axes
        Axes of any plot of this package.
    file : Path
        Where to; its extension says in which format.

    Raises
    ------
    UsageError
        If the extension is none of `ENDINGS`.
    LibraryError
        If it cannot be written; an older one there is then as it was.
    """
    if file.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"a figure cannot be saved as '{file.suffix or file.name}'",
            where=str(file),
            hint=f"name it with one of {', '.join(ENDINGS)}",
        )
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=_DOTS_PER_INCH, format=file.suffix.lower().removeprefix("."))
    try:
        write_durably(file, drawn.getvalue())
    except OSError as error:
        raise LibraryError(
            f"the figure cannot be written ({error.strerror})",
            where=str(file),
            hint="name another place for it",
        ) from error
