"""All messages of one type: as plain arrays, or as a frame for a person or a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec.columns import Columns
from runanalytics.importers.fit.codec.values import Array

if TYPE_CHECKING:
    import pandas as pd


@dataclass(slots=True)
class Messages:
    """All messages of one type, as columns in the order in which they were written.

    Parameters
    ----------
    columns : Columns
        Their values.
    damaged : array of bool
        Whether a message was read after damage, so that it may be wrong.
    """

    columns: Columns
    damaged: NDArray[np.bool_]

    def arrays(self) -> dict[str, Array]:
        """Return every column as an array, by name, and ``damaged``."""
        numbers = zip(self.columns.numbers, self.columns.matrix, strict=True)
        others = {name: self.columns.array(name) for name in self.columns.others}
        return {**dict(numbers), **others, "damaged": self.damaged}

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame of their own; ``timestamp`` first, ``damaged`` last."""
        from runanalytics.importers.fit.codec.frames import frame_of

        return frame_of(self.columns, self.damaged)
