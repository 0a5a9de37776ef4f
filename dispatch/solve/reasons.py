"""Why somebody is left out: the first rule without which the party would have a way by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from dispatch.model.problem import ConnectionRules, Demand, DrivingRules, Remedy, RideLimits
from dispatch.solve.ways import ALWAYS, NEVER, Terms, Ways

Relaxed = tuple[Demand, Terms]
# each driving rule taken away alone; together they leave nothing but the road
WITHOUT: tuple[tuple[str, dict[str, int]], ...] = (
    ("drive.continuous", {"continuous": 100_000, "continuous_night": 100_000}),
    ("drive.curfew", {"curfew_exempt_m": 1 << 40}),
    ("drive.daily", {"daily": 100_000, "weekly": 100_000}),
)
CONNECTIONS = ("coach_to_rail", "coach_to_air", "rail_to_coach", "air_to_coach")


class Reason(NamedTuple):
    """A reason code, what its text speaks of by name, and remedies, the least first."""

    code: str
    about: tuple[tuple[str, str], ...] = ()
    remedies: tuple[Remedy, ...] = ()


def code_of(ways: Ways, demand: Demand, people: int) -> str:
    """The code for one party of a demand of which ``people`` are left out: ``capacity`` where it has a way, else the
    first rule that alone stands in its way, ``""`` where no rule does so alone.
    """
    terms = ways.terms(demand, people)
    if ways.possible(demand, terms):
        return "capacity"
    return next((code for code, ease in RULES if any(ways.possible(*r) for r in ease(demand, terms))), "")


def without_driving_rules(rules: DrivingRules) -> DrivingRules:
    """Nothing but the road."""
    return replace(rules, **{field: value for _, changed in WITHOUT for field, value in changed.items()})


def anytime(demand: Demand) -> Demand:
    """A demand without any window."""
    return replace(demand, release_min=0, due_min=NEVER)


def _connections(d: Demand, t: Terms) -> list[Relaxed]:
    none: dict[str, ConnectionRules] = {f: replace(t.connections, **{f: 0}) for f in CONNECTIONS}
    return [(d, replace(t, connections=rules)) for rules in none.values()]


def _window(d: Demand, t: Terms) -> list[Relaxed]:
    return [(replace(d, due_min=NEVER), t), (replace(d, release_min=0), t)]


RULES: tuple[tuple[str, Callable[[Demand, Terms], list[Relaxed]]], ...] = (
    ("minimum_not_reached", lambda d, t: [(d, replace(t, people=None))]),
    ("party_too_large", lambda d, t: [(replace(d, party_size=1), t)] if d.party_size > 1 else []),
    ("barred", lambda d, t: [(replace(d, barred=frozenset()), t)] if d.barred else []),
    ("ride_limit", lambda d, t: [(d, replace(t, rides=RideLimits()))] if t.rides != RideLimits() else []),
    ("gate_hours", lambda d, t: [(d, replace(t, hours=ALWAYS))] if t.hours != ALWAYS else []),
    ("connection", _connections),
    ("driving_hours", lambda d, t: [(d, replace(t, driving=without_driving_rules(t.driving)))]),
    ("no_coach_near", lambda d, t: [(d, replace(t, base_m=NEVER))]),
    ("no_offer_in_window", _window),
)
