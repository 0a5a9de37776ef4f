"""The fuzz of the readers borrows the intake's sample office and workbooks.

More examples: ``DISPATCH_FUZZ=20 pytest tests/fuzz`` takes twenty times as many, other ones each time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

sys.path.append(str(Path(__file__).parents[1] / "intake"))
FACTOR = int(os.environ.get("DISPATCH_FUZZ", "0"))


def bounded(examples: int) -> settings:
    """So many examples, the same at each run of the gate; no clock, since a busy machine is no finding."""
    return settings(
        max_examples=examples * max(1, FACTOR),
        derandomize=not FACTOR,
        deadline=None,
        database=None,
        # an example is made small when somebody looks for findings; the gate's time is bounded
        phases=[Phase.generate, Phase.shrink] if FACTOR else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
