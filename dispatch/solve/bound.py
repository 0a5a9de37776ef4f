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
from numpy.typing import NDArray

from dispatch.model.problem import Bound, Demand, Departure, Problem
from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import FAR, Alike, Floats, Ints, alike
from dispatch.solve.options import Entries, LeastCosts

Shorts = NDArray[np.int32]
Clock = Callable[[], float]

NO_COACH = 10**12  # fen; stands for "no direct coach could carry this group"
ROUNDS = 400
PATIENCE = 8  # rounds without a better bound before the step is halved
MOMENTUM = 0.6
NEAR, NEAR_FEN = 1.15, 2_000  # times a price, and fen above it, within which an entry may come to matter
RIDES_MOST = 2e9  # groups times trunk legs beyond which prices stay where no vehicle is worth its hire
WORTH_ANOTHER = 1e-3  # by which one ascent must raise the bound for another to follow
ROUNDED = 2  # fen a head; each of at most two coaches, and the value of time, is rounded to the fen

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
def _front(key: Ints, half: int, who: Ints, heads: Ints, count: int, room: int) -> int:
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
    who: Ints,
    cost: Ints,
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
    who: Ints
    cost: Ints
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
        departure = np.repeat(np.arange(len(self.terms)), np.diff(self.start))
        full = self.cost + self.terms[departure, 1] // self.terms[departure, 0]
        hired = self.terms[departure, 1] > 0
        cheapest = np.full(len(self.heads), NO_COACH, np.int64)
        np.minimum.at(cheapest, self.who[hired], full[hired])
        first: Ints = np.minimum(self.ceiling, cheapest)
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

    def _ascend(self, price: Ints, entries: tuple[Ints, Ints, Ints], until: float, clock: Clock) -> Ints:
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
        self.start, self.who, self.cost, cap, self.pruned = _entries(problem, least, groups, direct, self.terms)
        carried = np.isin(np.arange(len(groups)), self.who) | (direct < NO_COACH) | (cap < NO_COACH)
        self.stranded = problem.heads - sum(g.heads for g, can in zip(groups, carried, strict=True) if can)
        self.heads = np.where(carried, [g.heads for g in groups], 0).astype(np.int64)
        self.ceiling = np.where(carried, np.maximum(0, np.floor(direct) - ROUNDED), 0).astype(np.int64)
        self.ceiling = np.minimum(self.ceiling, cap)
        self.price = self.first_prices()

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


def _entries(
    problem: Problem, least: LeastCosts, groups: tuple[Group, ...], direct: Floats, terms: Ints
) -> tuple[Ints, Ints, Ints, Ints, dict[str, int]]:
    """What a head of each group costs at least on each departure, fare included, hire not; by departure. And the
    highest price of each group for which these are all that matter.

    A person for whom a coach of their own seat is cheaper never gains from the departure, so the entry is left out; the
    departure's minimum may then be filled with anybody, as ``dual_value`` does. Of a very large instance, whose
    entries would fill the memory, prices are kept so low that no full vehicle is worth its hire: then only the entries
    of tickets ever matter.
    """
    fares = np.array([d.seat_fen for d in problem.departures], float)
    hired, full = terms[:, 1] > 0, terms[:, 1] // terms[:, 0]
    rides = len(groups) * len(least.legs.vehicle)
    cap = np.full(len(groups), NO_COACH, np.int64)

    def of_block(found: Entries, first: int) -> tuple[Shorts, Shorts, Ints, int, int]:
        start, who, cost = _by_departure(found.start, found.leg, found.cost, least.legs.vehicle, fares)
        departure = np.repeat(np.arange(len(fares)), np.diff(start))
        kept = np.arange(len(who))
        if rides > RIDES_MOST:
            np.minimum.at(cap[first:], who[hired[departure]], (cost + full[departure])[hired[departure]])
            kept = np.flatnonzero(~hired[departure] & (cost < cap[first:][who]))
        of, some = departure[kept].astype(np.int32), (who[kept] + first).astype(np.int32)
        return of, some, cost[kept], len(found.leg), found.dear

    blocks = list(least.in_blocks(of_block, [g.demand for g in groups], direct))
    possible, dear = sum(b[3] for b in blocks), sum(b[4] for b in blocks)
    pruned = {
        "rides": rides,
        "rides_impossible": rides - possible - dear,
        "rides_dearer_than_a_direct_coach": dear,
    }
    counts = np.zeros(len(fares) + 1, np.int64)
    for block in blocks:
        counts[1:] += np.bincount(block[0], minlength=len(fares))
    start = np.cumsum(counts)
    who, cost = np.zeros(start[-1], np.int64), np.zeros(start[-1], np.int64)
    at = start[:-1].copy()
    for i, (departure, some, fen, _, _) in enumerate(blocks):
        _file(departure, some, fen, at, who, cost)
        blocks[i] = (departure[:0], some[:0], fen[:0], 0, 0)  # which frees its memory
    return start, who, cost, cap, pruned


@entry
def _file(departure: Shorts, some: Shorts, fen: Ints, at: Ints, who: Ints, cost: Ints) -> None:
    """Append entries to those of their departures, whose next places are ``at``."""
    for e in range(len(departure)):
        d = departure[e]
        who[at[d]] = some[e]
        cost[at[d]] = fen[e]
        at[d] += 1


@entry
def _by_departure(start: Ints, leg: Ints, cost: Floats, departure: Ints, fares: Floats) -> tuple[Ints, Ints, Ints]:
    """The least cost of each group on each departure that it can use, fare included: starts, groups, costs."""
    counts = np.zeros(len(fares) + 1, np.int64)
    last = np.full(len(fares), -1, np.int64)
    for g in range(len(start) - 1):
        for e in range(start[g], start[g + 1]):
            d = departure[leg[e]]
            if last[d] != g:
                last[d] = g
                counts[d + 1] += 1
    begin = np.cumsum(counts)
    who = np.zeros(begin[-1], np.int64)
    least = np.zeros(begin[-1], np.int64)
    at = begin[:-1].copy()
    last[:] = -1
    for g in range(len(start) - 1):
        for e in range(start[g], start[g + 1]):
            d = departure[leg[e]]
            fen = max(0, int(np.floor(cost[e] + fares[d])) - ROUNDED)
            if last[d] != g:
                last[d] = g
                who[at[d]] = g
                least[at[d]] = fen
                at[d] += 1
            else:
                least[at[d] - 1] = min(least[at[d] - 1], fen)
    return begin, who, least
