"""One call of ``dispatch`` that tells how large its processes became: ``python bench/counted.py FILE VERB ...``.

FILE gets the largest resident memory of the process itself and of the largest that it started, as JSON, in the
system's unit. Not for Windows.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path


def main() -> None:
    """Run the verb and leave with its exit code."""
    from dispatch.cli import main as dispatch  # noqa: PLC0415 - processes of the search read this file without it

    report, *words = sys.argv[1:]
    try:
        dispatch(words)
    finally:
        peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        Path(report).write_text(json.dumps(peaks), "utf-8")


if __name__ == "__main__":
    main()
