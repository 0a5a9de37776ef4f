"""From domain objects to an instance: who is alike, what runs when, which places matter."""

from dispatch.network.build import build_problem
from dispatch.network.instance import problem_json

__all__ = ["build_problem", "problem_json"]
