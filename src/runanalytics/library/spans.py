"""From when to when something was logged, where no log says so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from runanalytics import schema

if TYPE_CHECKING:
    from runanalytics.library.catalogue import Catalogue

#: What a session's kind tells about.
_TOLD_BY = {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}


def with_derived_spans(spans: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return `spans` and those that follow from single activities.

    A log in one file states its own span. Activities of a watch come one by one, so their span
    reaches from the first to the last of them.
    """
    derived = [("runs", *_range(catalogue, "SELECT min(local_date), max(local_date) FROM runs"))]
    for what, kinds in _TOLD_BY.items():
        query = (
            "SELECT min(local_date), max(local_date) FROM sessions WHERE kind IN (?, ?)"
            " AND session_id IN (SELECT id FROM provenance JOIN sources USING (digest)"
            "  WHERE what = 'sessions' AND importer = 'fit')"
        )
        kinds = (*kinds, kinds[0])[:2]
        derived.append((what, *_range(catalogue, query, kinds)))
    rows = pd.DataFrame(
        [
            {"what": what, "first_date": first, "last_date": last, "source": "activities"}
            for what, first, last in derived
            if first is not None
        ],
        columns=list(spans.columns),
    )
    if rows.empty:
        return spans
    return pd.concat([spans, schema.check(rows, "log_spans")], ignore_index=True)


def _range(
    catalogue: Catalogue, query: str, parameters: tuple[str, ...] = ()
) -> tuple[str | None, str | None]:
    ((first, last),) = catalogue.rows(query, parameters)
    return first, last
