"""The times of messages as they are written, and where they show that a file is damaged."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec.definition import Definition, Layout
from runanalytics.importers.fit.codec.values import accumulated

#: Times of a damaged file are believable within this distance of those that are trusted.
_BELIEVED_S = 30 * 86_400
_BUCKET_BITS = 16  # 18 hours
#: 2005 to 2050: where most times must lie to be believed.
_PLAUSIBLE_TIMES = (474_000_000, 1_900_000_000)
#: Written by devices that do not know the time.
_INVALID_TIMES = (0, 0xFFFFFFFF)

#: So many of the lowest bits of a time stand in a compressed header.
OFFSET_BITS = 5
_OFFSETS = (1 << OFFSET_BITS) - 1
#: So many compressed headers, each at most so many seconds after the one before and not all in
#: one second, are taken for a chain of messages.
_CHAIN, _LATE_S = 8, 8
#: Chains longer than this count as equally long.
_LONGEST_CHAIN = 64
#: So many bytes at a time are searched for a chain.
_BLOCK = 1 << 16


def believable(definitions: list[Definition], data: bytes) -> tuple[tuple[int, int], ...]:
    """Return spans of believable times: around the first, the first two that agree, and most.

    Messages read out of step after damage may outnumber the whole ones before it; and the clock
    of a device may count from when it was switched on, or be set after the first messages.

    Parameters
    ----------
    definitions : list of Definition
        With the messages found so far.
    data : bytes
        The whole file.

    Returns
    -------
    tuple of (int, int)
        Earliest and latest time of each span, seconds of FIT's epoch; none without any time.
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

    Nothing is copied, and whether there are messages at these places is not checked.
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
        First byte of each message.
    layout : Layout
        Their layout.

    Returns
    -------
    array of int
        One for each message; 0xFFFFFFFF where it is missing.
    """
    raw = view[places[:, None] + np.arange(4) + (layout.time_offset or 0)]
    return (
        np.ascontiguousarray(raw).view(">u4" if layout.big_endian else "<u4")[:, 0].astype(np.int64)
    )


@dataclass(frozen=True)
class ChainSearch:
    """Searches for messages with compressed times that seem to follow each other.

    Only three bits of a single header distinguish it from noise, so a chain of them is needed. A
    value that hardly changes looks like a chain as well: of chains that overlap the longest
    counts.

    Parameters
    ----------
    view : array of uint8
        The whole file.
    end : int
        Where messages end.
    steps : array of int, shape (256,)
        By header byte: how far it is to the next message.
    is_compressed : array of bool, shape (256,)
        Which header bytes such messages have.
    """

    view: NDArray[np.uint8]
    end: int
    steps: NDArray[np.int64]
    is_compressed: NDArray[np.bool_]

    def first(self, start: int, stop: int) -> int | None:
        """Return the first place from `start` to before `stop` at which a chain begins."""
        for begin in range(start, stop, _BLOCK):
            headers = self.view[begin : min(begin + _BLOCK, stop)]
            chain = self._first_of(np.flatnonzero(self.is_compressed[headers]) + begin)
            if chain is not None:
                return chain
        return None

    def _first_of(self, begins: NDArray[np.int64]) -> int | None:
        """Return the first of some places at which a chain begins; None if there is none."""
        places = begins
        passed_s = np.zeros(len(begins), dtype=np.int64)
        for _ in range(_CHAIN - 1):
            following, late_s, goes_on = self._next(places)
            begins, places = begins[goes_on], following[goes_on]
            passed_s = (passed_s + late_s)[goes_on]
        likely = begins[passed_s > 1]
        if not likely.size:
            return None
        rivals = likely[likely < likely[0] + self.steps[self.view[likely[0]]]]
        lengths = np.zeros(len(rivals), dtype=np.int64)
        ends, goes_on = rivals, np.ones(len(rivals), dtype=bool)
        for _ in range(_LONGEST_CHAIN):
            ends, _, still = self._next(ends)
            goes_on &= still
            lengths += goes_on
        return int(rivals[lengths.argmax()])

    def _next(
        self, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the next messages, how much later they are (s), and if each continues a chain."""
        headers = self.view[places]
        beyond = places + self.steps[headers]
        following = np.minimum(beyond, self.end - 1)
        nexts = self.view[following]
        late_s = (nexts - headers) & _OFFSETS
        goes_on = (beyond < self.end) & self.is_compressed[nexts] & (late_s <= _LATE_S)
        return following, late_s, goes_on


def full_times(
    written: NDArray[np.int64], is_full: NDArray[np.bool_], resumed: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Return the full times of which only the lowest bits were written.

    They are counted on from the full time before. Damage may have cost messages of any length of
    time: after it they are counted back from the next full time, if there is one before the next
    damage.

    Parameters
    ----------
    written : array of int
        Seconds of FIT's epoch where `is_full`, else their lowest bits; in the order written.
    is_full : array of bool
        Where the whole time was written.
    resumed : array of int
        Which of them are the first after damage.

    Returns
    -------
    array of int
        Seconds of FIT's epoch; -1 where there is no full time to count from.

    Examples
    --------
    >>> written = np.array([100, 5, 9, 2, 230])  # 100 is 0b1100100: its lowest five bits are 4
    >>> is_full = np.array([True, False, False, False, True])
    >>> full_times(written, is_full, np.array([], dtype=int)).tolist()
    [100, 101, 105, 130, 230]
    >>> full_times(written, is_full, np.array([2])).tolist()
    [100, 101, 201, 226, 230]
    """
    started = np.logical_or.accumulate(is_full)
    result = np.where(started, accumulated(written, OFFSET_BITS, is_full), -1)
    known = np.flatnonzero(is_full)
    for begin, end in itertools.pairwise([*resumed, len(written)]):
        anchor = known[np.searchsorted(known, begin) :][:1]
        if anchor.size and anchor[0] < end:
            back = slice(begin, anchor[0] + 1)
            lasted = np.diff(written[back], append=written[anchor]) & _OFFSETS
            result[back] = written[anchor] - np.cumsum(lasted[::-1])[::-1]
    return result
