"""Run commands one after another in one process that is refused the network.

`python packaging/offline.py '[["demo"], ["trend", "cadence"]]'`. The last line on stderr says, as
JSON, how they ended and what they asked for. A second argument is called in place of `main()`.
"""

from __future__ import annotations

import json
import sys

asked: list[tuple[str, str]] = []
statuses: list[object] = []


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Note what asks for the network, and refuse it."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        asked.append((event, str(arguments)))
        raise OSError("no network here")
    if event == "urllib.Request":
        asked.append((event, str(arguments)))


if __name__ == "__main__":
    commands, call = json.loads(sys.argv[1]), (sys.argv[2:] or ["main()"])[0]
    sys.addaudithook(refuse)
    try:
        from runanalytics.cli import main  # noqa: F401

        for words in commands:
            sys.argv[1:] = words
            try:
                eval(call)
            except BaseException as ended:
                statuses.append(getattr(ended, "code", repr(ended)))
    finally:
        print(json.dumps({"asked": asked, "statuses": statuses}), file=sys.stderr)
