"""Saving figures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runanalytics.errors import UsageError

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
    """
    if file.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"a figure cannot be saved as '{file.suffix or file.name}'",
            where=str(file),
            hint=f"name it with one of {', '.join(ENDINGS)}",
        )
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.savefig(file, dpi=_DOTS_PER_INCH)
