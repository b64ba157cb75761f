"""Frames as findings are given them: one, several, or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

#: Frames by name, or frames whose attrs name them.
Frames = Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame] | pd.DataFrame


def named_frames(frames: Frames) -> list[tuple[str | None, pd.DataFrame]]:
    """Return frames with their names; None where a frame's own attrs name it.

    Parameters
    ----------
    frames : mapping of str to DataFrame, sequence of DataFrame, or DataFrame
        As a finding is given them.
    """
    if isinstance(frames, pd.DataFrame):
        return [(None, frames)]
    if isinstance(frames, Mapping):
        return list(frames.items())
    return [(None, frame) for frame in frames]
