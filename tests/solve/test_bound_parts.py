"""The parts of the bound against slow and plain versions of themselves."""

from itertools import chain, combinations, count, islice, pairwise, permutations

import numpy as np
import pytest
from tiny import coach, demand, problem, random_problem

from dispatch.model.supply import Role
from dispatch.solve import end_prices as ends
from dispatch.solve import sharing
from dispatch.solve.bound import WholePlanBound, dual_value
from dispatch.solve.end_prices import aboard, end_prices
from dispatch.solve.instance import FEEDER
from dispatch.solve.least_ways import shortest_ways
from dispatch.solve.options import LeastCosts
from dispatch.solve.sharing import distinct_terms, least_shares


def _departures(draw, groups, departures, dearest, highest):
    """Random people of each group, starts, groups and costs of each departure's entries, seats, hires and vehicles."""
    start, who, cost = [0], [], []
    for _ in range(departures):
        chosen = draw.choice(groups, draw.integers(1, groups + 1), replace=False)
        who += chosen.tolist()
        cost += draw.integers(0, dearest, len(chosen)).tolist()
        start.append(len(who))
    terms = np.column_stack([draw.integers(*span, departures) for span in ((1, 8), (0, highest), (1, 4))])
    return draw.integers(1, 6, groups), np.array(start), np.array(who, np.int32), np.array(cost, np.int32), terms


@pytest.mark.parametrize("seed", range(60))
def test_departures_that_cannot_pay_yet_are_passed_over_without_changing_the_bound(seed):
    draw = np.random.default_rng(seed)
    groups, departures = 6, 8
    entries = _departures(draw, groups, departures, 900, 4_000)
    terms = entries[-1]
    terms[: departures // 3, 1] = 0  # tickets
    idle, last, passed_over = np.zeros(len(terms)), None, 0
    price = draw.integers(0, 300, groups)
    for _ in range(60):
        risen = 0.0 if last is None else float(max(0, (price - last).max()))
        values, gones = [], []
        for known, more in ((idle, risen), (np.zeros(len(terms)), 0.0)):
            gone = np.zeros(groups, np.int64)
            values.append(dual_value(price, *entries, gone, np.zeros(2 * groups, np.int64), known, more))
            gones.append(gone.tolist())
        assert values[0] == values[1]
        assert gones[0] == gones[1]
        passed_over += int((idle > 0).sum())
        last, price = price, np.maximum(0, price + draw.integers(-9, 20, groups))
    assert passed_over > 0


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_of_some_prices_is_what_trying_every_number_of_people_gives(seed):
    draw = np.random.default_rng(seed)
    groups, departures = 5, 4
    price = draw.integers(0, 100, groups)
    heads, start, who, cost, terms = _departures(draw, groups, departures, 120, 200)
    gone = np.zeros(groups, np.int64)
    value = dual_value(
        price, heads, start, who, cost, terms, gone, np.zeros(2 * groups, np.int64), np.zeros(departures), 0.0
    )
    expected = int(price @ heads)
    for d, (seats, hire, copies) in enumerate(terms):
        gains = sorted(
            cost[e] - int(price[who[e]]) for e in range(start[d], start[d + 1]) for _ in range(heads[who[e]])
        )
        takes = ((z, n) for z in range(copies + 1) for n in range(min(len(gains), z * seats) + 1))
        expected += min(z * hire + sum(gains[:n]) for z, n in takes)
    assert value == expected
    assert (gone >= 0).all()


def test_the_least_share_is_the_least_over_every_company_a_person_could_have():
    """Anybody's load costs at least their own way and every way with one other aboard; seats cap how many share it."""
    draw = np.random.default_rng(3)
    for _ in range(20):
        n = 5
        heads, seats = draw.integers(1, 4, n), 6.0
        metres = draw.integers(10, 60, (n, n)).astype(float)
        minutes = draw.integers(1, 30, (n, n)).astype(float)
        terms = [(100.0, 2.0, 3.0, 7.0, seats), (160.0, 1.0, 3.0, 0.0, seats + 3)]
        found = least_shares(metres, minutes, heads[:, None], terms)
        for p in range(n):
            shares = []
            for hire, metre, minute, fare, room in terms:
                for mates in chain.from_iterable(combinations(range(n), k) for k in range(1, n + 1)):
                    costs = [hire + metre * metres[p, q] + minute * minutes[p, q] for q in mates]
                    shares.append(fare + max(costs) / min(room, heads[list(mates)].sum()))
            assert found[p, 0] == pytest.approx(min(shares))
    assert np.isinf(least_shares(metres, minutes, heads[:, None], [])).all()


def test_only_people_of_the_day_count_as_company():
    """Three places at one door: one's people are there on the second day only, another's on the first only."""
    flat = np.full((3, 3), 10.0)
    people = np.array([[1, 1], [0, 4], [8, 0]], np.int64)
    found = least_shares(flat, flat, people, [(100.0, 0.0, 0.0, 0.0, 50.0)])
    assert found[0] == pytest.approx((100 / 9, 100 / 5))
    assert np.isinf(found[1, 0]) and np.isinf(found[2, 1])


@pytest.mark.parametrize(
    ("feeder", "there"),
    # 60 minutes from the station, rides of two hours; released at 23:30 of day 0, due at 01:30 of day 2
    [(True, [0, 5, 0, 0]), (False, [0, 5, 5, 0])],
)
def test_people_are_aboard_on_the_days_that_their_way_and_ride_leave_them(feeder, there):
    riders = np.array([[0, 23 * 60 + 30, 2 * 1440 + 90, 5]], np.int64)
    assert aboard(riders, np.array([60.0]), 120, 4, feeder)[0].tolist() == there


def test_the_first_day_and_the_last_hold_whoever_comes_before_and_after_them():
    riders = np.array([[0, -3000, -2000, 1], [0, 9000, 9900, 2]], np.int64)
    assert aboard(riders, np.array([10.0]), 10, 3, True)[0].tolist() == [1, 0, 2]


def test_terms_that_cost_the_same_are_compared_once():
    alike = [coach("a", fixed_fen=1), coach("b", fixed_fen=1), coach("c", fixed_fen=2)]
    assert len(distinct_terms(alike)) == 2


def test_the_shortest_ways_over_any_stops_are_those_of_trying_all_orders():
    draw = np.random.default_rng(5)
    table = draw.integers(1, 100, (5, 5)).astype(np.float32)
    np.fill_diagonal(table, 0)
    found = shortest_ways(table.copy())
    for a, b in permutations(range(5), 2):
        others = set(range(5)) - {a, b}
        routes = [(a, *via, b) for k in range(4) for via in permutations(others, k)]
        assert found[a, b] == min(sum(table[x, y] for x, y in pairwise(route)) for route in routes)


def prices_of(seed):
    """The bound's values, as some clocks stop it on the way, and the bound."""
    made = random_problem(seed)
    bound = WholePlanBound(made, LeastCosts(made))
    values = [bound.value(0).value_fen]
    for looks in (2, 5, 10, 20, 40, 400, 10**9):
        bound.improve(looks, count().__next__)
        values.append(bound.value(0).value_fen)
    return values, bound


@pytest.mark.parametrize("seed", range(12))
def test_prices_only_ever_raise_the_bound(seed):
    values, _ = prices_of(seed)
    assert values == sorted(values)
    assert values[0] > 0


def test_prices_raise_most_bounds():
    risen = [values[-1] > values[0] for values, _ in map(prices_of, range(12))]
    assert sum(risen) >= 6


def test_a_bound_that_is_stopped_keeps_its_prices():
    _, bound = prices_of(0)
    price = bound.price.copy()
    bound.stopped = True
    bound.improve(10**9, count().__next__)
    assert (bound.price == price).all()


@pytest.mark.parametrize("people", [[], [demand([0], 1)], [demand([], 1)]])
def test_the_prices_of_people_whom_nothing_carries_are_found_at_once(people):
    """They were sought forever where rounds were the limit."""
    made = problem({"A1": (0, 0), "G1": (80, 0)}, people)
    bound = WholePlanBound(made, LeastCosts(made))
    bound.improve(10**9, islice(count(), 1_000).__next__)
    assert bound.value(0).value_fen == 0
    assert bound.value(0).unserved == len(people)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("nearest", [1, 2, 5])
def test_places_beyond_the_nearest_never_raise_a_least_share(seed, nearest, monkeypatch):
    draw = np.random.default_rng(seed)
    n, days = 12, 3
    places, heads = draw.uniform(0, 80, (n, 2)), draw.integers(1, 5, n)
    metres = 50 + np.linalg.norm(places[:, None] - places, axis=2)
    people = np.stack([draw.integers(0, heads + 1) for _ in range(days)], axis=1)
    terms = [(100.0, 2.0, 3.0, 7.0, 9.0), (160.0, 1.0, 3.0, 0.0, 30.0), (900.0, 0.1, 0.0, 0.0, 500.0)]
    exact = least_shares(metres, metres / 2, people, terms)
    monkeypatch.setattr(sharing, "COMPARED_MOST", 0)
    monkeypatch.setattr(sharing, "NEAREST", nearest)
    found = least_shares(metres, metres / 2, people, terms)
    assert (found <= exact + 1e-9).all()
    assert (np.isfinite(found) == (people > 0)).all()


@pytest.mark.parametrize("seed", range(8))
def test_on_days_with_rings_all_places_are_compared_however_many_there_are(seed, monkeypatch):
    """Rings that only exceeded shares which leave places out proved more than the audit, which leaves none out."""
    draw = np.random.default_rng(seed)
    n, dates = 24, ((0, 1_200), (1_500, 2_800))
    at = {f"A{i}": (draw.uniform(0, 20) + 60 * (i % 3), draw.uniform(0, 20)) for i in range(n)} | {"R1": (100, 200)}
    people = [demand([i], n, int(draw.integers(1, 9)), 1, *dates[i % 2]) for i in range(n)]
    coaches = [coach(f"F{seats}", 0, seats, Role.FEEDER, fixed_fen=9_000, km_fen=300) for seats in (5, 20)]
    made = problem(at, people, coaches, days=2)
    minutes, metres = (np.array(t).reshape(n + 1, n + 1) for t in (made.travel.minutes, made.travel.metres))

    def prices():
        return end_prices(made, FEEDER, np.arange(n), np.array([n]), np.zeros(1), (minutes, metres), False, 1)

    exact = prices()
    for module in (sharing, ends):
        monkeypatch.setattr(module, "COMPARED_MOST", n // 2)
    monkeypatch.setattr(sharing, "NEAREST", 2)
    assert prices() == pytest.approx(exact)
