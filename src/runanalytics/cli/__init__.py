"""The command line: arguments in, calls, printing; no analysis.

Everything heavy is imported inside the command that needs it, so that help and shell completion
answer at once. Help lists the commands in the order of the imports below.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from runanalytics.cli import data, answers, races, claims, vocabulary, pages, keeping, records  # isort: skip
from runanalytics.cli.data import INTERRUPTED
from runanalytics.cli.options import app
from runanalytics.errors import RunAnalyticsError
from runanalytics.printing import Escaping

__all__ = [
    "INTERRUPTED",
    "answers",
    "app",
    "claims",
    "data",
    "keeping",
    "main",
    "pages",
    "races",
    "records",
    "vocabulary",
]


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    debug = "--debug" in sys.argv
    sys.stdout, sys.stderr = Escaping(sys.stdout), Escaping(sys.stderr)
    try:
        app()
    except RunAnalyticsError as error:
        if debug:
            raise
        print(f"runanalytics: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; say nothing more
        sys.exit(0)
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"runanalytics: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(3)
    sys.exit(0)
