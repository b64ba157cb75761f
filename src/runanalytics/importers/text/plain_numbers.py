"""Numbers as programs write them: with a decimal point, and nothing beside them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats


def numbers_in(texts: Iterable[str | None]) -> Floats:
    """Return each text as a number; NaN where it is not a finite one.

    Examples
    --------
    >>> numbers_in(["2.5", None, "n/a", "inf"]).tolist()
    [2.5, nan, nan, nan]
    """
    parsed = pd.to_numeric(pd.Series(list(texts), dtype=object), errors="coerce")
    numbers = parsed.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)
