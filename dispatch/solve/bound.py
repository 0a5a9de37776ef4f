"""A lower bound on the whole plan that trusts no solver: a price per person, then arithmetic.

Relax "everybody travels once" with a price pi_g per person of group g (Lagrangian relaxation). What remains falls
apart by departure: run z of its vehicles with the people who gain most, a knapsack solved by sorting. For any prices

    sum_g pi_g n_g + sum_d min_z ( z F_d + cheapest people, at most z seats, of c_gd - pi_g )

bounds every plan when pi_g is at most what a person's own coach seat costs at least. Subgradient steps look for good
prices; bad ones only weaken the bound. ``docs/mathematics.md`` has the proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.model.problem import Bound, Demand, Departure, Problem
from dispatch.solve.compiled import entry, kernel
from dispatch.solve.gains import NO_COACH, Shorts, gains, lower_to_full, whole_fen
from dispatch.solve.instance import FAR, Alike, Floats, Ints, alike
from dispatch.solve.options import LeastCosts

Clock = Callable[[], float]

ROUNDS = 400
PATIENCE = 8  # rounds without a better bound before the step is halved
MOMENTUM = 0.6
NEAR, NEAR_FEN = 1.15, 2_000  # times a price, and fen above it, within which an entry may come to matter
WORTH_ANOTHER = 1e-3  # by which one ascent must raise the bound for another to follow

SCOPE = (
    "every plan of direct coaches, or at most feeder, one train or flight, last mile, with any routing, day and "
    "boarding stop within reach, one purpose and one station per coach trip, at most two drivers; a coach is shared by "
    "at most its seats over at least the shortest road way of each pair of riders; trains and flights by exact "
    "knapsack at the stored price of each group"
)


@dataclass(frozen=True, slots=True)
class Group:
    """People whose options cost the same: a demand that stands for them and their number."""

    demand: Demand
    heads: int


def group(problem: Problem) -> tuple[Group, ...]:
    """Cohorts that differ in party size only, together; people without any boarding stop are left out."""
    heads: dict[Alike, int] = defaultdict(int)
    stands: dict[Alike, Demand] = {}
    for d in problem.demands:
        if d.access:
            key = alike(d)
            heads[key] += d.party_size * len(d.parties)
            stands.setdefault(key, d)
    return tuple(Group(stands[k], heads[k]) for k in heads)


def turnover(departure: Departure) -> int:
    """How many people may use one seat of a departure one after the other."""
    used, free_from = 0, 0
    for j, call in enumerate(departure.calls):
        if call.alight and any(c.board for c in departure.calls[free_from:j]):
            used, free_from = used + 1, j
    return used


@kernel
def _exchange(key: Ints, half: int, i: int, k: int) -> None:
    for at in (0, half):
        kept = key[at + i]
        key[at + i] = key[at + k]
        key[at + k] = kept


@kernel
def _front(key: Ints, half: int, who: Shorts, heads: Ints, count: int, room: int) -> int:
    """Bring the least keys that hold ``room`` people to the front, the largest of them last; how many entries they are.

    Quickselect (Hoare 1961) by people instead of places.
    """
    low = 0
    high = count
    before = 0  # people of the entries before ``low``
    while high - low > 1:
        pivot = key[(low + high) // 2]
        i = low
        k = low
        people = 0
        end = high
        # below the pivot, then equal to it, then above
        while k < end:
            if key[k] < pivot:
                people += heads[who[key[half + k]]]
                _exchange(key, half, i, k)
                i += 1
                k += 1
            elif key[k] > pivot:
                end -= 1
                _exchange(key, half, k, end)
            else:
                k += 1
        if before + people >= room:
            high = i
            continue
        before += people
        for at in range(i, end):
            before += heads[who[key[half + at]]]
            if before >= room:
                return at + 1
        low = end
        if low == count:
            return count
    if high <= low:
        return low
    return low + 1


@entry
def dual_value(
    price: Ints,
    heads: Ints,
    start: Ints,
    who: Shorts,
    cost: Shorts,
    terms: Ints,
    gone: Ints,
    key: Ints,
    idle: Floats,
    risen: float,
) -> int:
    """Sum of the bound in fen; ``gone`` receives the people of each group that the departures take.

    Entries ``start[d]:start[d + 1]`` of ``who`` (group) and ``cost`` (fen a head) belong to departure d, whose
    ``terms`` row holds seats, hire and number of vehicles. ``key`` is working memory, two for each of the most entries.
    ``idle`` (D,) says by how much prices may rise a head before d can pay, 0 where that is not known, and ``risen`` the
    most that any of them has since; while it is above 0, d pays nothing and its entries are not looked at.
    """
    total = 0
    for g in range(len(price)):
        total += price[g] * heads[g]
        gone[g] = 0
    half = len(key) // 2
    for d in range(len(start) - 1):
        idle[d] -= risen
        if idle[d] > 0:
            continue
        idle[d] = 0.0
        seats, hire, copies = terms[d, 0], terms[d, 1], terms[d, 2]
        gain = 0
        count = 0
        nearest = FAR
        for e in range(start[d], start[d + 1]):
            worth = cost[e] - price[who[e]]
            if worth < 0:
                key[count] = worth
                key[half + count] = e
                gain += worth * heads[who[e]]
                count += 1
            else:
                nearest = min(nearest, worth)
        if gain + hire >= 0:
            # dearer by m a head, a full vehicle gains m a seat more at most, and nothing before somebody gains
            idle[d] = (gain + hire) / seats + (nearest if count == 0 else 0)
            continue
        best = 0
        best_taken = 0
        # each vehicle more gains less than the one before
        for z in range(1, copies + 1):
            room = z * seats
            worth = z * hire
            for i in range(_front(key, half, who, heads, count, room)):
                n = min(heads[who[key[half + i]]], room)
                worth += n * key[i]
                room -= n
            if z == 1:
                idle[d] = max(0.0, worth / seats)
            if worth >= best:
                break
            best = worth
            best_taken = z * seats - room
        total += best
        if best < 0:
            for i in range(_front(key, half, who, heads, count, best_taken)):
                g = who[key[half + i]]
                n = min(heads[g], best_taken)
                gone[g] += n
                best_taken -= n
    return total


def _room(start: Ints) -> Ints:
    """Working memory of ``dual_value``."""
    return np.zeros(2 * int(np.diff(start).max(initial=1)), np.int64)


class Prices:
    """Prices of groups of people, improved round by round: nobody pays more than the ceiling, departures take those who
    gain most.

    Entries ``start[d]:start[d + 1]`` of ``who`` and ``cost`` belong to departure d, as in ``dual_value``.
    """

    heads: Ints  # people of each group
    ceiling: Ints  # fen a head
    terms: Ints  # (D, 3) seats, hire and number of vehicles
    start: Ints
    who: Shorts
    cost: Shorts
    price: Ints
    stopped = False

    def worth(self, price: Ints) -> int:
        """The bound in fen that prices prove."""
        key, gone = _room(self.start), np.zeros(len(price), np.int64)
        idle = np.zeros(len(self.terms))
        return int(dual_value(price, self.heads, self.start, self.who, self.cost, self.terms, gone, key, idle, 0.0))

    def first_prices(self) -> Ints:
        """Prices at which nobody gains by hiring a vehicle even if all its seats are sold: only tickets may be worth a
        knapsack.
        """
        first = self.ceiling.copy()
        of_group = np.arange(len(first))
        lower_to_full(self.start, self.who, self.cost, of_group, self.terms[:, 1], self.terms[:, 0], first)
        return first

    def improve(self, time_limit_s: float, clock: Clock) -> None:
        """Subgradient ascent (Held, Wolfe & Crowder 1974) with momentum until the time is over, no step helps, or
        ``stopped`` is set; ``price`` only ever gets better.

        Steps look only at entries that prices come near; what is kept is worked out from all.
        """
        until = clock() + time_limit_s
        departure = np.repeat(np.arange(len(self.terms)), np.diff(self.start))
        best = self.worth(self.price)
        while not self.stopped and clock() < until:
            kept = np.flatnonzero(self.cost < NEAR * self.price[self.who] + NEAR_FEN)
            start = np.searchsorted(departure[kept], np.arange(len(self.terms) + 1)).astype(np.int64)
            found = self._ascend(self.price, (start, self.who[kept], self.cost[kept]), until, clock)
            value = self.worth(found)
            if value > best:
                self.price = found
            if value - best <= WORTH_ANOTHER * abs(best):
                return  # also where both are 0, as when nobody can be carried
            best = value

    def _ascend(self, price: Ints, entries: tuple[Ints, Shorts, Shorts], until: float, clock: Clock) -> Ints:
        gone, key = np.zeros(len(price), np.int64), _room(entries[0])
        idle, last = np.zeros(len(self.terms)), price

        def valued(at: Ints) -> int:
            nonlocal last
            risen, last = float((at - last).max(initial=0)), at
            return int(dual_value(at, self.heads, *entries, self.terms, gone, key, idle, risen))

        value = best = valued(price)
        best_price = price
        # beyond these prices entries would matter that are not looked at
        most = np.minimum(self.ceiling, np.floor(NEAR * price + NEAR_FEN)).astype(np.int64)
        step, stale = 1.0, 0
        trend = np.zeros(len(price))
        weight = np.maximum(1, self.heads)
        for _ in range(ROUNDS):
            if self.stopped or clock() >= until or step < 1e-3:
                break
            slope = (self.heads - gone).astype(float)
            slope[(price >= most) & (slope > 0)] = 0.0
            trend = MOMENTUM * trend + slope
            norm = float((trend * trend / weight).sum())
            if norm <= 0:
                break
            target = max(best, 1) * 1.03 - value
            price = price + np.floor(step * target / norm * trend / weight).astype(np.int64)
            price = np.clip(price, 0, most)
            value = valued(price)
            stale += 1
            if value > best:
                best, best_price, stale = value, price, 0
            elif stale > PATIENCE:
                step, stale, price, trend = step / 2, 0, best_price, np.zeros(len(price))
                value = valued(price)
        return best_price


class WholePlanBound(Prices):
    """The bound of one problem; its value holds for any number of people left out."""

    def __init__(self, problem: Problem, least: LeastCosts) -> None:
        groups = group(problem)
        direct = np.minimum(NO_COACH, least.directs([g.demand for g in groups]))
        self.terms = np.array(
            [(d.seats * turnover(d), d.fixed_fen, d.copies) for d in problem.departures], np.int64
        ).reshape(-1, 3)
        heads = np.array([g.heads for g in groups], np.int64)
        found = gains(least, [g.demand for g in groups], direct, self.terms)
        self.start, self.who, self.cost, self.pruned = found.start, found.who, found.cost, found.pruned
        carried = found.rides | (direct < NO_COACH)
        self.stranded = problem.heads - int(heads[carried].sum())
        self.heads = np.where(carried, heads, 0)
        self.ceiling = np.where(carried, np.minimum(whole_fen(direct), found.most), 0)
        self.price = np.where(carried, found.first, 0)

    def value(self, unserved: int) -> Bound:
        """The bound for plans that leave ``unserved`` people out: they may be the ones with the highest prices."""
        price = self.price  # once: another thread may put better ones in their place
        total = self.worth(price)
        spared = max(0, unserved - self.stranded)
        for g in np.argsort(-price, kind="stable").tolist():
            if spared <= 0:
                break
            left_out = min(spared, int(self.heads[g]))
            total -= left_out * int(price[g])
            spared -= left_out
        return Bound(max(0, total), self.stranded, SCOPE, tuple(price.tolist()))
