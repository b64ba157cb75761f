"""What people write beside a run: description, notes and names of steps, as one text."""

from __future__ import annotations

#: Longest text that is kept, letters.
LONGEST_NOTES = 10_000


def joined_notes(*texts: object) -> str | None:
    r"""Return texts as one, a line each without repetition; None where there is none.

    Parameters
    ----------
    *texts : object
        Whatever is no text counts as missing.

    Examples
    --------
    >>> joined_notes("6 strides", None, "", "windy", "6 strides")
    '6 strides\nwindy'
    """
    lines = [line for text in texts if isinstance(text, str) for line in text.splitlines()]
    return (
        "\n".join(dict.fromkeys(filter(None, map(str.strip, lines))))[:LONGEST_NOTES].rstrip()
        or None
    )
