"""Shares of coaches as the audit works them out: values worked out by hand, and no load pays more than it costs."""

import json
import random
import sys
from array import array
from dataclasses import replace
from itertools import combinations, count, pairwise, permutations, product
from pathlib import Path

import numpy as np
import pytest

from dispatch.model.problem import TravelTimes
from dispatch.model.supply import Mode, Role
from dispatch.network import problem_json
from dispatch.plan.audit.directs import direct_alone, direct_shares
from dispatch.plan.audit.given import read_given
from dispatch.plan.audit.rides import Market
from dispatch.plan.audit.rings import AROUND_MOST, joins, ranked, ring_prices

sys.path.append(str(Path(__file__).parents[1] / "solve"))

from tiny import coach, demand, problem, train

DAY = 1440
VALUE = 25  # fen a minute, 15 yuan an hour
SLACK = 1e-6


def given_of(made):
    return read_given(json.loads(problem_json(made)), None)


def feeder(made, g, t=0, at=0):
    """Fen from boarding stop number ``at`` of group g to the departure of leg t, coach and time."""
    given = given_of(made)
    market = Market(given)
    stop = given.groups.at[[g], at]
    gap = market.minutes[stop, given.legs.start[[t]]]
    return float(market.feeder(np.array([g]), np.array([t]), stop, gap)[0])


def last_mile(made, g, t=0):
    given = given_of(made)
    market = Market(given)
    way = market.minutes[given.legs.end[[t]], given.groups.gate[[g]]]
    return float(market.last_mile(np.array([g]), np.array([t]), way)[0])


def to_the_train(places, people, feeders, leaves=600, days=1):
    """The train leaves R1 with the second place of ``places`` as its end, 100 minutes later; 30 minutes to change."""
    at = {name: i for i, name in enumerate(places)}
    calls = [(at["R1"], leaves, leaves), (at["G1"], leaves + 100, leaves + 100)]
    made = problem(places, people, feeders, [train(calls, day=leaves // DAY)], days=days)
    return replace(made, connections=replace(made.connections, coach_to_rail=30))


def test_three_people_far_off_pay_for_their_detour_in_full():
    """17 people 10 km east of the station, 3 people 100 km west of it; a coach of 40 for 20 yuan and 1 yuan a km.

    Shares: 3000 / 17 in the east, (2000 + 12000) / 20 in the west, 5100 fen in all. Rings take 1000 / 17 in the east
    and 10000 / 3 in the west; then the exits are free, and the way from the west to the east has 1000 left: 2000 / 17
    and (2000 + 1000) / 20 more. That is 13450 fen in all.
    """
    names = count(1)
    places = {"R1": (100, 0), "G1": (900, 0), "A1": (110, 0), "A2": (0, 0)}
    people = [demand([2], 1, 17, names=names), demand([3], 1, 3, names=names)]
    made = to_the_train(places, people, [coach("F", 0, 40, Role.FEEDER, fixed_fen=2_000, km_fen=100, hour_fen=0)])
    assert feeder(made, 0) == pytest.approx(3_000 / 17 + VALUE * (8 + 30))
    assert feeder(made, 1) == pytest.approx(10_000 / 3 + 3_000 / 20 + VALUE * (80 + 30))


def test_more_people_than_rings_are_meant_for_share_full_coaches():
    """As before with 40 people in the east, more than 20 a place: (2000 + 12000) / 40 in the west."""
    names = count(1)
    places = {"R1": (100, 0), "G1": (900, 0), "A1": (110, 0), "A2": (0, 0)}
    people = [demand([2], 1, 40, names=names), demand([3], 1, 3, names=names)]
    made = to_the_train(places, people, [coach("F", 0, 40, Role.FEEDER, fixed_fen=2_000, km_fen=100, hour_fen=0)])
    assert feeder(made, 1) == pytest.approx(14_000 / 40 + VALUE * (80 + 30))


def company_the_day_before(leaves, **changes):
    """One person may go to the second day's train; three at the same stop are due on the first, a ride being 100."""
    names = count(1)
    places = {"R1": (0, 0), "G1": (900, 0), "A1": (10, 0)}
    others = {"release": 0, "due": DAY - 1} | changes
    people = [demand([2], 1, 1, due=2 * DAY - 1, names=names), demand([2], 1, 3, names=names, **others)]
    hire = coach("F", 0, 8, Role.FEEDER, fixed_fen=11_000, km_fen=100, hour_fen=0)
    return to_the_train(places, people, [hire], leaves, days=2)


def test_who_shares_a_feeder_the_day_before_waits_idly_at_the_station():
    """The feeder costs 11000 + 10 km = 12000: alone, or a quarter and 51 minutes from 23:59 on to 0:50."""
    made = company_the_day_before(DAY + 80)
    assert feeder(made, 0) == pytest.approx(12_000 / 4 + VALUE * 51 + VALUE * (8 + 30))


def test_where_waiting_is_dearer_than_a_coach_of_ones_own_nobody_waits():
    """From 23:59 to 9:30 the next day are 571 minutes, 14275 fen; a coach of one's own costs 12000."""
    made = company_the_day_before(DAY + 600)
    assert feeder(made, 0) == pytest.approx(12_000 + VALUE * (8 + 30))


@pytest.mark.parametrize("changes", [{"barred": {Mode.COACH}}, {"release": DAY + 1_435, "due": 2 * DAY - 1}])
def test_who_may_not_ride_or_comes_after_midnight_is_no_company(changes):
    """Who is released five minutes before midnight reaches the station eight minutes later, on the third day."""
    made = replace(company_the_day_before(DAY + 600, **changes), days=3)
    assert feeder(made, 0) == pytest.approx(12_000 + VALUE * (8 + 30))


def from_the_train(people, days, hours=None):
    """A train reaches R1 at 22:00 on the first day; 10 minutes to change; G1 is 10 km, 8 minutes, away."""
    places = {"A1": (900, 0), "R1": (0, 0), "G1": (10, 0)}
    hire = coach("L", 1, 8, Role.LAST_MILE, fixed_fen=11_000, km_fen=100, hour_fen=0)
    calls = [(0, 1_220, 1_220), (1, 1_320, 1_320)]
    made = problem(places, people, [hire], [train(calls)], days=days, hours=hours)
    return replace(made, connections=replace(made.connections, rail_to_coach=10))


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [(None, 120 + 8), ({"G1": (30, 600)}, 120 + 30)],
)
def test_a_last_mile_shared_the_next_day_leaves_at_midnight_and_waits_for_the_gate(hours, minutes):
    """Three are released at 23:00, a ride of 100 minutes from the station. From 22:00 to midnight are 120 minutes.

    The gate of the second case opens at 0:30. Waiting costs up to 3750 fen, a quarter of the hire 3000, all 12000.
    """
    names = count(1)
    people = [demand([0], 2, 1, due=2 * DAY, names=names), demand([0], 2, 3, 1, 1_380, 3 * DAY, names=names)]
    found = last_mile(from_the_train(people, 3, hours), 0)
    assert found == pytest.approx(12_000 / 4 + VALUE * minutes)


def test_a_last_mile_of_ones_own_leaves_at_once():
    """Of two days before the other three come nobody waits."""
    names = count(1)
    people = [demand([0], 2, 1, due=4 * DAY, names=names), demand([0], 2, 3, 1, 2 * DAY + 5, 4 * DAY, names=names)]
    assert last_mile(from_the_train(people, 5), 0) == pytest.approx(12_000 + VALUE * (10 + 8))


def test_direct_coaches_are_shared_by_those_of_one_day():
    """100 km, 80 minutes, 120 yuan. The first person may leave on three days, the others on one each."""
    names = count(1)
    windows = ((0, 2 * DAY + 80), (0, DAY + 79), (DAY, 2 * DAY + 79), (2 * DAY, 3 * DAY))
    people = [demand([0], 1, n, 1, *w, names=names) for n, w in zip((1, 2, 3, 5), windows, strict=True)]
    hire = coach("C", 0, 8, fixed_fen=2_000, km_fen=100, hour_fen=0)
    given = given_of(problem({"A1": (0, 0), "G1": (100, 0)}, people, [hire], days=4))
    found = direct_shares(given, np.ones(4, bool))
    assert found == pytest.approx([12_000 / 6, 12_000 / 3, 12_000 / 4, 12_000 / 6])


def plain_rings(arcs, exits, heads, prices, metres, limit):
    """The definition, arc by arc."""
    n, kinds = len(heads), range(len(prices))
    taken = [[0.0] * n for _ in kinds]
    charged, left = [0.0] * n, {}
    part = [frozenset([i]) for i in range(n)]

    def ring(s):
        people = sum(heads[i] for i in s)
        if people > limit:
            return
        room = [min(p.seats, people) for p in prices]
        ways = [(exits[k][i] - taken[k][i]) / room[k] for k in kinds for i in s]
        ways += [(arcs[k][i][j] - taken[k][i]) / room[k] for k in kinds for i in s for j in range(n) if j not in s]
        more = max(0.0, min(ways))
        for i in s:
            charged[i] += more
            for k in kinds:
                taken[k][i] += more * room[k]

    for i in range(n):
        ring(part[i])
    for _, i, j in sorted((min(metres[i][j], metres[j][i]), i, j) for i, j in combinations(range(n), 2)):
        if part[i] == part[j]:
            continue
        for a, b, k in product(part[i], part[j], kinds):
            left[k, a, b], left[k, b, a] = arcs[k][a][b] - taken[k][a], arcs[k][b][a] - taken[k][b]
        whole = part[i] | part[j]
        for a in whole:
            part[a] = whole
        ring(whole)
    found = list(charged)
    for p in range(n):
        found[p] += min(share(k, q, p, left, exits, taken, heads, prices) for k in kinds for q in range(n))
    return found


def share(k, q, p, left, exits, taken, heads, prices):
    n = len(heads)
    way = {(i, j): 0.0 if i == j else left[k, i, j] for i in range(n) for j in range(n)}
    way |= {(i, n): exits[k][i] - taken[k][i] for i in range(n)}
    for over, i, j in product(range(n), range(n), range(n + 1)):
        way[i, j] = min(way[i, j], way[i, over] + way[over, j])

    def cost(r):
        return prices[k].hire + min(way[p, r] + way[r, n], way[r, p] + way[p, n])

    people = sum(heads[r] for r in range(n) if cost(r) <= cost(q) + 1e-9)
    return prices[k].seat + cost(q) / min(prices[k].seats, people)


@pytest.mark.parametrize("seed", range(12))
def test_rings_charge_what_their_definition_says(seed):
    draw = np.random.default_rng(seed)
    n = int(draw.integers(1, 7))
    metres = draw.integers(1, 30, (n, n)).astype(float)
    np.fill_diagonal(metres, 0)
    prices = given_of(random_problem(seed)).prices[Role.FEEDER]
    arcs = np.array([p.metre * 1_000 * metres + p.minute * metres.T for p in prices])
    exits = np.array([p.metre * 1_000 * metres[0] + 1_000 * n for p in prices])
    heads = draw.integers(1, 15, n)
    found = ring_prices(arcs, exits, heads, prices, joins(ranked(metres)))
    assert len(found) == (2 if heads.sum() > 20 else 1)
    for some, limit in zip(found, AROUND_MOST, strict=False):
        assert some == pytest.approx(plain_rings(arcs, exits, heads, prices, metres, limit))


def random_problem(seed, most=2, crowd=False):
    """Four boarding stops, two stations each side, three gates with hours, one-way roads, four days, up to six demands.

    A crowd of a hundred more stands at one stop, for one gate, on the first day.
    """
    draw = random.Random(seed)
    places = ("A1", "A2", "A3", "A4", "R1", "R2", "R3", "R4", "G1", "G2", "G3")
    at = {n: (draw.uniform(0, 60) + (120 if n > "R2" or n[0] == "G" else 0), draw.uniform(0, 60)) for n in places}
    names = count(1)
    people = [
        demand(
            sorted(draw.sample(range(4), draw.randint(1, 2))),
            draw.choice((8, 9, 10)),
            draw.randint(1, most),
            1,
            release := draw.randint(0, 3 * DAY),
            release + draw.randint(400, 3 * DAY),
            names=names,
        )
        for _ in range(draw.randint(2, 6))
    ]
    if crowd:
        people.append(demand([3], 10, 100, 1, 0, DAY - 60, names=names))
    coaches = [
        coach(
            f"{role}{k}",
            0,
            seats,
            role,
            fixed_fen=draw.choice((500, 9_000)),
            km_fen=price,
            hour_fen=hour,
            seat_fen=fare,
        )
        for role in (Role.FEEDER, Role.LAST_MILE, Role.TRUNK)
        for k, (seats, price, hour, fare) in enumerate(((3, 200, 4_000, 0), (6, 350, 1_000, 0), (12, 300, 4_000, 90)))
    ]
    trains = []
    for day, start, end in product(range(4), (4, 5), (6, 7)):
        leaves = day * DAY + draw.randint(30, DAY - 1)
        trains.append(train([(start, leaves, leaves), (end, leaves + 90, leaves + 90)], f"T{day}{start}{end}", day=day))
    hours = {"G1": (480, 1_080), "G2": (1_200, 300)}
    made = problem(at, people, coaches, trains, days=4, hours=hours)
    n = len(places)
    metres = array("i", [round(m * draw.choice((1, 1, 1, 2.5))) for m in made.travel.metres])
    minutes = array("i", [-(-m * 60 // 60_000) for m in metres])
    return replace(
        made, travel=TravelTimes(n, minutes, metres, "test"), value_of_time_fen_per_hour=draw.choice((60, 1_500))
    )


class Plain:
    """The definition of the prices of one end of the journey, person by person and day by day."""

    def __init__(self, given, role):
        self.given, self.role, self.last = given, role, given.days - 1
        self.prices = given.prices[role]
        self.stops = sorted({a for at in given.groups.at for a in at if a >= 0})
        if role is Role.LAST_MILE:
            self.stops = sorted(set(given.groups.gate.tolist()))
        self.known = {}

    def way(self, table, a, b):
        return float(table[a, b] if self.role is Role.FEEDER else table[b, a])

    def company(self, e, day):
        groups, legs = self.given.groups, self.given.legs
        rides = (legs.arrives - legs.leaves)[(legs.start if self.role is Role.FEEDER else legs.end) == e]
        found = dict.fromkeys(self.stops, 0)
        for g, heads in enumerate(groups.heads):
            for a in groups.at[g] if self.role is Role.FEEDER else groups.gate[[g]]:
                before, after = self.way(self.given.ways.minutes, a, e), rides.min()
                if self.role is Role.LAST_MILE:
                    before, after = after, before
                comes = groups.release[g] + before < DAY * (day + 1) or day == self.last
                if groups.coach[g] and a >= 0 and comes and (groups.due[g] - after >= DAY * day or day == 0):
                    found[a] += heads
        return {a: n for a, n in found.items() if n}

    def of_day(self, e, day):
        if (e, day) not in self.known:
            self.known[e, day] = self.worked_out(e, day)
        return self.known[e, day]

    def worked_out(self, e, day):
        company = self.company(e, day)
        at, heads = list(company), list(company.values())
        far, long = ([[self.way(t, a, b) for b in (*at, e)] for a in at] for t in self.given.ways[::-1])
        cost = [[[p.metre * m + p.minute * t for m, t in zip(*row, strict=True)] for row in zip(far, long, strict=True)]
                for p in self.prices]  # fmt: skip
        n = len(at)
        arcs, exits = [[row[:n] for row in c] for c in cost], [[row[n] for row in c] for c in cost]
        left = {(k, i, j): arcs[k][i][j] for k in range(len(arcs)) for i in range(n) for j in range(n)}
        none = [[0.0] * n for _ in arcs]
        asked = product(range(n), range(len(arcs)), range(n))
        best = [float("inf")] * n
        for p, k, q in asked:
            best[p] = min(best[p], share(k, q, p, left, exits, none, heads, self.prices))
        alone = [min(p.seat + (p.hire + exits[k][i]) / p.seats for k, p in enumerate(self.prices)) for i in range(n)]
        weight = [h / max(1.0, a) ** 2 for h, a in zip(heads, alone, strict=True)]
        for limit in AROUND_MOST if 0 < sum(heads) <= 20 * n else ():
            rings = plain_rings(arcs, exits, heads, self.prices, far, limit)
            if np.dot(weight, rings) > (1 + 1e-6) * np.dot(weight, best):
                best = rings
        return dict(zip(at, best, strict=True))

    def day(self, minute):
        return min(self.last, max(0, int(minute) // DAY))


@pytest.mark.parametrize("crowd", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_coaches_cost_a_person_what_the_definition_says(seed, crowd):
    given = given_of(random_problem(seed, 8, crowd))
    market, groups, legs = Market(given), given.groups, given.legs
    feeders, last_miles = Plain(given, Role.FEEDER), Plain(given, Role.LAST_MILE)
    every = np.full(len(groups.gate), np.inf), np.ones(len(given.departures.hire), bool)
    for rides in market._rides(*every):
        for g, t, stop, _ in zip(*rides, strict=True):
            ready, gap = legs.leaves[t] - legs.before[t], given.ways.minutes[stop, legs.start[t]]
            least = float("inf")
            for d in range(feeders.day(groups.release[g] + gap), feeders.day(ready) + 1):
                idle = 0 if d == feeders.last else max(0, ready - (DAY * (d + 1) - 1))
                least = min(least, feeders.of_day(legs.start[t], d)[stop] + given.minute_fen * idle)
            found = market.feeder(*(np.array([x]) for x in (g, t, stop, gap)))[0]
            assert found == pytest.approx(least + given.minute_fen * (gap + legs.before[t]))
            way, gate = given.ways.minutes[legs.end[t], groups.gate[g]], groups.gate[g]
            met, least = legs.arrives[t] + legs.after[t], float("inf")
            for d in range(last_miles.day(met), last_miles.day(groups.due[g] - way) + 1):
                comes = opening(given, (max(met, DAY * d) if d else met) + way, gate)
                price = last_miles.of_day(legs.end[t], d)[gate]
                least = min(least, price + given.minute_fen * (comes - legs.arrives[t]))
            assert market.last_mile(*(np.array([x]) for x in (g, t, way)))[0] == pytest.approx(least)


def hires(given, role, metres, minutes, heads):
    return [
        p.hire + p.metre * metres + p.minute * minutes + p.seat * heads for p in given.prices[role] if p.seats >= heads
    ]


def cheapest(given, role, ups, downs, heads):
    """The cheapest coach over all orders of the places before and after everybody is aboard; least ways between."""
    best = float("inf")
    for route in ((*u, *d) for u in permutations(sorted(ups)) for d in permutations(sorted(downs))):
        minutes, metres = (sum(int(t[a, b]) for a, b in pairwise(route)) for t in given.ways)
        best = min(best, min(hires(given, role, metres, minutes, heads), default=float("inf")))
    return best


def one_by_one(given, draw, most):
    everybody = [g for g, heads in enumerate(given.groups.heads) for _ in range(heads)]
    return draw.sample(everybody, draw.randint(1, min(most, len(everybody))))


SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_feeder_costs_less_than_its_riders_pay(seed):
    given, draw = given_of(random_problem(seed)), random.Random(seed)
    market, (groups, legs) = Market(given), (given.groups, given.legs)
    for _ in range(60):
        station, arrives = draw.choice((4, 5)), draw.randint(0, 4 * DAY)
        riders = []
        for g in one_by_one(given, draw, 12):
            stop = draw.choice([a for a in groups.at[g] if a >= 0])
            gap = int(given.ways.minutes[stop, station])
            able = (legs.start == station) & (legs.leaves - legs.before >= arrives) & (legs.arrives <= groups.due[g])
            if able.any() and groups.release[g] + gap <= arrives:
                riders.append((g, int(np.flatnonzero(able)[0]), stop, gap))
        if riders:
            g, t, stop, gap = np.array(riders).T
            cost = cheapest(given, Role.FEEDER, set(stop.tolist()), {station}, len(riders))
            time = given.minute_fen * (gap + legs.leaves[t] - arrives).sum()
            assert market.feeder(g, t, stop, gap).sum() <= cost + time + SLACK


def opening(given, minute, gate):
    opens, closes = given.opens[gate], given.closes[gate]
    while not (opens <= minute % DAY <= closes if opens <= closes else minute % DAY >= opens or minute % DAY <= closes):
        minute += 1
    return minute


@pytest.mark.parametrize("seed", SEEDS)
def test_no_last_mile_costs_less_than_its_riders_pay(seed):
    given, draw = given_of(random_problem(seed)), random.Random(seed)
    market, (groups, legs) = Market(given), (given.groups, given.legs)
    for _ in range(60):
        station, leaves = draw.choice((6, 7)), draw.randint(0, 5 * DAY)
        riders, time = [], 0.0
        for g in one_by_one(given, draw, 12):
            way = int(given.ways.minutes[station, groups.gate[g]])
            able = (legs.end == station) & (legs.arrives + legs.after <= leaves) & (legs.leaves >= groups.release[g])
            if able.any() and leaves + way <= groups.due[g]:
                riders.append((g, int(np.flatnonzero(able)[-1]), way))
                time += given.minute_fen * (opening(given, leaves + way, groups.gate[g]) - legs.arrives[riders[-1][1]])
        if riders:
            g, t, way = np.array(riders).T
            cost = cheapest(given, Role.LAST_MILE, {station}, set(groups.gate[g].tolist()), len(riders))
            assert market.last_mile(g, t, way).sum() <= cost + time + SLACK


def direct_load(given, riders, boards):
    """The cheapest coach that lets these people board there and alight in time, whatever it waits; inf without."""
    groups, minutes = given.groups, given.ways.minutes
    best = float("inf")
    gates = sorted({int(groups.gate[g]) for g in riders})
    for ups, downs in product(permutations(sorted(set(boards))), permutations(gates)):
        clock, route = 0, (*ups, *downs)
        for a, b in zip((route[0], *route), route, strict=False):
            clock += int(minutes[a, b])
            clock = max([clock] + [int(groups.release[g]) for g, s in zip(riders, boards, strict=True) if s == b])
            if any(clock > groups.due[g] for g in riders if groups.gate[g] == b):
                break
        else:
            best = min(best, cheapest_of(given, route, len(riders)))
    return best


def cheapest_of(given, route, heads):
    minutes, metres = (sum(int(t[a, b]) for a, b in pairwise(route)) for t in given.ways)
    return min(hires(given, Role.TRUNK, metres, minutes, heads), default=float("inf"))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_direct_coach_costs_less_than_its_riders_pay(seed):
    given, draw = given_of(random_problem(seed)), random.Random(seed)
    share = direct_shares(given, np.isfinite(direct_alone(given)[0]))
    loads = 0
    for _ in range(150):
        riders = one_by_one(given, draw, 4)
        boards = [int(draw.choice([a for a in given.groups.at[g] if a >= 0])) for g in riders]
        cost = direct_load(given, riders, boards)
        loads += cost < float("inf")
        assert share[riders].sum() <= cost + SLACK
    assert loads


@pytest.mark.parametrize("crowd", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_what_ways_are_pruned_by_is_no_more_than_what_they_cost(seed, crowd):
    given = given_of(random_problem(seed, 12, crowd))
    market = Market(given)
    everybody, every = np.full(len(given.groups.gate), np.inf), np.ones(len(given.departures.hire), bool)
    for rides in market._rides(everybody, every):
        assert (rides.cost <= market._shared(rides) + SLACK).all()
    for ends in (market.feeders, market.last_miles):
        assert ends.ringed.any()
        assert not (crowd and ends.ringed.all())
