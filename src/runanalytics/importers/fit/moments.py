"""The times of messages as they are written, and which of them can be believed after damage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.definition import Definition, Layout

#: Times of a damaged file are believed within this distance of those that are trusted.
_BELIEVED_S = 30 * 86_400
_BUCKET_BITS = 16  # 18 hours
#: 2005 to 2050: where most times must lie to be believed.
_PLAUSIBLE_TIMES = (474_000_000, 1_900_000_000)
#: What a device writes that does not know the time.
_INVALID_TIMES = (0, 0xFFFFFFFF)


def believable(definitions: list[Definition], data: bytes) -> tuple[tuple[int, int], ...]:
    """Return spans of believable times: around the first, the first two that agree, and most.

    What is read out of step after damage may outvote what is whole before it; and the clock of
    a device may count from when it was switched on, or be set after the first messages.

    Parameters
    ----------
    definitions : list of Definition
        With the messages found so far.
    data : bytes
        The whole file.

    Returns
    -------
    tuple of (int, int)
        Earliest and latest time of each span, seconds of FIT's epoch; none if nothing tells.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    timed = [found for found in definitions if found.layout.time_offset is not None]
    if not timed:
        return ()
    places = [found.places_so_far() for found in timed]
    order = np.argsort(np.concatenate(places), kind="stable")
    pieces = [
        timestamps(view, here, found.layout) for here, found in zip(places, timed, strict=True)
    ]
    every = np.concatenate(pieces)[order]
    every = every[~np.isin(every, _INVALID_TIMES)]
    chosen = {int(first) >> _BUCKET_BITS for first in every[:1]}
    plausible = every[(every >= _PLAUSIBLE_TIMES[0]) & (every <= _PLAUSIBLE_TIMES[1])]
    if plausible.size:
        buckets, counts = np.unique(plausible >> _BUCKET_BITS, return_counts=True)
        chosen.add(int(buckets[counts.argmax()]))
    agree = np.abs(np.diff(every)) <= _BELIEVED_S
    if agree.any():
        chosen.add(int(every[agree.argmax()]) >> _BUCKET_BITS)
    return tuple(
        (
            max(0, (bucket << _BUCKET_BITS) - _BELIEVED_S),
            ((bucket + 1) << _BUCKET_BITS) + _BELIEVED_S,
        )
        for bucket in sorted(chosen)
    )


def times_at(
    data: bytes, start: int, count: int, step: int, layout: Layout
) -> NDArray[np.unsignedinteger]:
    """Return what would be the timestamps of `count` messages, each `step` bytes further.

    Nothing is copied; nothing is known of whether messages stand there.
    """
    order = ">u4" if layout.big_endian else "<u4"
    return np.ndarray(
        (count,),
        dtype=order,
        buffer=data,
        offset=start + (layout.time_offset or 0),
        strides=(step,),
    )


def timestamps(
    view: NDArray[np.uint8], places: NDArray[np.int64], layout: Layout
) -> NDArray[np.int64]:
    """Return the timestamps of messages that have a field for it, seconds of FIT's epoch.

    Parameters
    ----------
    view : array of uint8
        The whole file.
    places : array of int
        Where the messages stand.
    layout : Layout
        Theirs.

    Returns
    -------
    array of int
        One a message; 0xFFFFFFFF where it is missing.
    """
    raw = view[places[:, None] + np.arange(4) + (layout.time_offset or 0)]
    return (
        np.ascontiguousarray(raw).view(">u4" if layout.big_endian else "<u4")[:, 0].astype(np.int64)
    )
