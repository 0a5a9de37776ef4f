"""A reason and remedies for everybody whom a result leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from dispatch.model.problem import Demand, NotServed, Problem, Remedy, SolveResult
from dispatch.solve.instance import Alike, alike
from dispatch.solve.reasons import Reason, anytime, code_of
from dispatch.solve.remedies import Remedies, apply
from dispatch.solve.shortage import Shortage
from dispatch.solve.ways import NEVER, Ways

SQUARES = ("square", "square_people", "square_coaches")  # remedies that let more leave a square in an hour
DETAILED = 300  # demands that get remedies, those with most people first; the others get their reason only


def explained(problem: Problem, result: SolveResult) -> SolveResult:
    """The result with the reason and the remedies of each party left out, worked out once for each demand."""
    left: dict[int, int] = defaultdict(int)
    people: dict[Alike, int] = defaultdict(int)
    for party in result.not_served:
        demand = problem.demands[party.demand]
        if demand.access:
            left[party.demand] += 1
            people[alike(demand)] += demand.party_size
    if not left:
        return result
    explain = _Explain(problem, result)
    known: dict[int, Reason] = {}
    for rank, d in enumerate(sorted(left, key=lambda d: (-left[d] * problem.demands[d].party_size, d))):
        demand = problem.demands[d]
        known[d] = explain.reason(demand, left[d], people[alike(demand)], detailed=rank < DETAILED)
    return replace(result, not_served=tuple(_told(n, known.get(n.demand)) for n in result.not_served))


def _told(party: NotServed, reason: Reason | None) -> NotServed:
    return NotServed(party.demand, party.party, *reason) if reason else party


class _Explain:
    def __init__(self, problem: Problem, result: SolveResult) -> None:
        self.problem = problem
        self.ways = Ways(problem)
        self.shortage = Shortage(self.ways, result)
        self.remedies = Remedies(self.ways)

    def reason(self, demand: Demand, parties: int, people: int, *, detailed: bool) -> Reason:
        """Reason of ``parties`` left out of a demand; ``people`` like them are left out in all."""
        known = self._reason(demand, parties, people, detailed=detailed)
        if known.code in ("capacity", "not_found", "minimum_not_reached", "square_full"):
            return known
        return known._replace(remedies=tuple(self._with_room(demand, parties, people, r) for r in known.remedies))

    def _with_room(self, demand: Demand, parties: int, people: int, remedy: Remedy) -> Remedy:
        """A remedy with the vehicles or seats that it asks for beside it, where those it leads to are used up."""
        ways, eased = self._eased(demand, remedy)
        room, more = self.shortage.under(ways).more(eased, parties, ways.terms(eased, people))
        if room or eased.party_size != demand.party_size:
            return remedy
        return replace(remedy, also=(*remedy.also, *more))

    def _eased(self, demand: Demand, remedy: Remedy) -> tuple[Ways, Demand]:
        """Ways after a change made for one demand alone, and the demand as it then is."""
        changed = apply(replace(self.problem, demands=(demand,)), remedy, 0)
        return Ways(changed, self.ways), changed.demands[0]

    def _reason(self, demand: Demand, parties: int, people: int, *, detailed: bool) -> Reason:
        code = code_of(self.ways, demand, people)
        if not code:
            return self._two_rules(demand, people)
        if code == "minimum_not_reached":
            remedy = self.shortage.lower_minimum(demand, people)
            if remedy is not None:
                about = (*_named(remedy[0], "offer", "date", "now"), ("missing", str(remedy[1])))
                return Reason(code, about, (remedy[0],))
            code = "capacity"
        # of some the text names what is found here, and what looks like a lack of vehicles may be a full square
        worded = code in ("driving_hours", "connection") or (code == "capacity" and self.problem.squares)
        if not detailed and not worded:
            return Reason(code)
        if code == "capacity":
            return self._capacity(demand, parties, people)
        about = self.remedies.rules_of_the_road(demand, people) if code == "driving_hours" else ()
        remedies = self.remedies.of(code, demand, people)
        if code == "connection" and remedies:
            about = _named(remedies[0], "station", "offer", "date", "lacking", "now")
        return Reason(code, about, remedies)

    def _capacity(self, demand: Demand, parties: int, people: int) -> Reason:
        room, more = self.shortage.more(demand, parties, self.ways.terms(demand, people))
        if not room and not more:
            room, more = self.shortage.more(demand, parties, self.ways.terms(demand, None))
        if room:
            return Reason("not_found", (), (Remedy("more_time"), *more))
        if more and all(r.code in SQUARES for r in (more[0], *more[0].also)):
            return Reason("square_full", _named(more[0], "stop"), more)
        return Reason("capacity", (), more)

    def _two_rules(self, demand: Demand, people: int) -> Reason:
        """No single rule stands in the way: the window does, and perhaps another one."""
        code = code_of(self.ways, anytime(demand), people)
        if not code:
            return Reason("no_offer", (), self.remedies.of("no_offer", demand, people))
        if code == "capacity":
            return Reason("no_offer_in_window", (), self._both_ends(demand, people))
        late = replace(demand, due_min=NEVER)
        late = late if code_of(self.ways, late, people) == code else anytime(demand)
        known = self._reason(late, 1, people, detailed=True)
        return Reason(known.code, known.about, self._then_window(demand, people, known.remedies))

    def _both_ends(self, demand: Demand, people: int) -> tuple[Remedy, ...]:
        terms = self.ways.terms(demand, people)
        return self._then_window(demand, people, self.remedies.window(replace(demand, due_min=NEVER), terms))

    def _then_window(self, demand: Demand, people: int, first: Sequence[Remedy]) -> tuple[Remedy, ...]:
        """The first of some changes, and what the window must be beside it; for this demand alone."""
        if not first:
            return ()
        ways, eased = self._eased(demand, first[0])
        found = Remedies(ways).window(eased, ways.terms(eased, people))
        return tuple(replace(r, also=(first[0],)) for r in found[:1])


def _named(remedy: Remedy, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in remedy.values if k in names)
