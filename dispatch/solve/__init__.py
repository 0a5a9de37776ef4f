"""Problem to result: search over the whole plan, OR-Tools over what it found, a lower bound, timed runs."""

from dispatch.solve.whole import Limits, Progress, solve

__all__ = ["Limits", "Progress", "solve"]
