"""Who is carried for whose money: by sending county, receiving city, employer and funding kind, each to the fen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.publish.shares import personal_fen
from dispatch.publish.view import View

SHOWN = 8  # lines that stand open; the rest is folded


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A county's, city's or employer's people and what carrying them costs; ``where`` is an employer's city."""

    name: str
    where: str
    people: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Listing:
    """All lines, most people first, in two parts: those that stand open and the rest."""

    shown: tuple[PlaceLine, ...]
    rest: tuple[PlaceLine, ...]

    @property
    def rest_people(self) -> int:
        """People of the folded lines together."""
        return sum(line.people for line in self.rest)

    @property
    def rest_fen(self) -> int:
        """Cost of the folded lines together."""
        return sum(line.cost_fen for line in self.rest)

    @property
    def lines(self) -> tuple[PlaceLine, ...]:
        """Every line."""
        return self.shown + self.rest

    @property
    def most(self) -> int:
        """People of the largest line, at least one."""
        return max((line.people for line in self.lines), default=0) or 1


@dataclass(frozen=True, slots=True)
class FundingLine:
    """People of a funding kind whom the roster accepted, whom the plan carries, and what carrying them costs."""

    kind: str
    accepted: int
    carried: int
    cost_fen: int


def by_county(view: View) -> Listing:
    """By sending county."""
    heads = Counter(view.workers[w].home.county_name for w in view.legs_by_worker)
    costs = _added((line.sending_county, line.cost_fen) for line in view.plan.costs)
    return _listing({name: (name, "") for name in heads | costs}, heads, costs)


def by_city(view: View) -> Listing:
    """By receiving city."""
    heads = Counter({city.name: city.people for city in view.cities})
    costs = _added((line.receiving_city, line.cost_fen) for line in view.plan.costs)
    return _listing({name: (name, "") for name in heads | costs}, heads, costs)


def by_employer(view: View) -> Listing:
    """By employer; two of one name stay two."""
    heads = Counter(view.workers[w].employer_id for w in view.legs_by_worker)
    costs = _added((line.employer_id, line.cost_fen) for line in view.plan.costs)
    own = {key: view.employers[key] for key in heads | costs}
    return _listing({key: (employer.name, employer.city) for key, employer in own.items()}, heads, costs)


def by_funding(view: View) -> list[FundingLine]:
    """By funding kind, most people first; a person bears an equal share of what their county and employer bears."""
    accepted = Counter(worker.funding for worker in view.workers.values())
    carried = Counter(view.workers[w].funding for w in view.legs_by_worker)
    costs = _added((view.workers[w].funding, fen) for w, fen in personal_fen(view).items())
    lines = [FundingLine(kind, n, carried[kind], costs[kind]) for kind, n in accepted.items()]
    return sorted(lines, key=lambda line: (-line.accepted, line.kind))


def _added(amounts: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, amount in amounts:
        total[key] += amount
    return total


def _listing(names: Mapping[str, tuple[str, str]], heads: Counter[str], costs: Counter[str]) -> Listing:
    keys = sorted(names, key=lambda key: (-heads[key], -costs[key], names[key], key))
    lines = tuple(PlaceLine(*names[key], heads[key], costs[key]) for key in keys)
    # One line more is no longer than the line that would stand for it.
    open_lines = len(lines) if len(lines) <= SHOWN + 1 else SHOWN
    return Listing(lines[:open_lines], lines[open_lines:])
