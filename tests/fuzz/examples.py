"""How long the fuzz of the readers goes on.

More examples: ``DISPATCH_FUZZ=20 pytest tests/fuzz`` takes twenty times as many, other ones each time.
"""

import os

from hypothesis import HealthCheck, Phase, settings

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
