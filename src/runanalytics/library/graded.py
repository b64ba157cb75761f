"""Steady stretches on all grades, cut from the stored samples when somebody asks.

Few ask, and what is stored with each run are its level stretches; so nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics import schema
from runanalytics.library.linking.combine import Links, combined_segments
from runanalytics.library.linking.removed import removed
from runanalytics.library.linking.view import between
from runanalytics.library.storage.sample_files import unpack_several
from runanalytics.measures.metrics import GRADE_ADJUSTED as SUFFIX
from runanalytics.measures.metrics import METRICS
from runanalytics.measures.segment_rows import NO_SEGMENT
from runanalytics.measures.segments import GRADE_ADJUSTED, segments

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: Runs whose samples are in memory at a time.
_RUNS_AT_ONCE = 50
#: From how many runs without a level stretch on, which have to be half of all with samples, and how
#: hilly they have to be (ascent per km, m, where it is known), the other way is pointed out.
_RUNS_WITHOUT, _HILLY_M_PER_KM = 3, 8.0


def grade_adjusted_segments(
    folder: LibraryFolder, since: Any = None, until: Any = None
) -> pd.DataFrame:
    """Return table "segments" of stretches on all grades: all sources as one.

    Parameters
    ----------
    folder : LibraryFolder
        The open folder.
    since, until : date, optional
        Local days, inclusive.

    Returns
    -------
    DataFrame
        Table ``segments`` as `runanalytics.segments` gives it with ``grade_adjusted``; of runs
        without samples there are no rows.

    Raises
    ------
    LibraryError
        If a run's samples are damaged or gone.
    """
    found = schema.empty("segments")
    if (catalogue := folder.reading()) is not None:
        with catalogue.moment():
            runs, links = catalogue.frame("runs"), Links.from_catalogue(catalogue, "runs")
            gone, stored = removed(catalogue, "runs"), folder.sample_digests()
        wanted = runs[runs["run_id"].isin(stored.keys() - gone)]
        if not links:
            wanted = between(wanted, since, until)
        parts = [
            _cut(folder, wanted.iloc[first : first + _RUNS_AT_ONCE], stored)
            for first in range(0, len(wanted), _RUNS_AT_ONCE)
        ]
        if parts:
            found = pd.concat(parts, ignore_index=True)
        found = between(combined_segments(found, runs, links), since, until)
    found.attrs[GRADE_ADJUSTED] = True
    return found


def _cut(folder: LibraryFolder, runs: pd.DataFrame, stored: dict[str, str]) -> pd.DataFrame:
    packed = {run_id: folder.packed_samples(run_id, stored[run_id]) for run_id in runs["run_id"]}
    return segments(unpack_several(packed), runs, grade_adjusted=True)


def of_hills(form: pd.DataFrame, runs: pd.DataFrame) -> tuple[str, ...]:
    """Return a note if most runs are too hilly for the form that was asked for; nothing if not.

    Parameters
    ----------
    form : DataFrame
        Table "form" of level stretches.
    runs : DataFrame
        Table "runs" that it was made of.
    """
    kind = METRICS.get(str(form.attrs.get("metric")))
    if kind is None or kind.level_only:
        return ()
    excluded = form.attrs["excluded"]
    bare = [each["run_id"] for each in excluded if each["reason"] == NO_SEGMENT]
    with_samples = runs[(runs["detail"] == "samples") & (runs["kind"] != "treadmill")]
    without = with_samples[with_samples["run_id"].isin(bare)]
    climb = (1000 * without["ascent_m"] / without["distance_m"]).dropna()
    is_flat = len(climb) > 0 and climb.median() < _HILLY_M_PER_KM
    few = len(without) < _RUNS_WITHOUT or 2 * len(without) < len(with_samples)
    if few or is_flat:
        return ()
    return (
        f"{len(without)} of {len(with_samples)} runs outdoors have no level stretch of a minute at "
        f"an even speed. 'runanalytics trend {kind.short}-{SUFFIX}' compares runs at the same "
        "effort on all grades",
    )
