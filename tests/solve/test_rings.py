"""Rings around sets of stops: prices that no load undercuts."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from dispatch.solve.rings import ringed_prices

NO_LIMIT = 1 << 40


def instance(seed, n=6):
    """Places on a plane with one-way roads, two types of coach, people at each; closed under ways over other places."""
    draw = np.random.default_rng(seed)
    at = draw.uniform(0, 100, (n + 1, 2))
    road = np.linalg.norm(at[:, None] - at, axis=2) * draw.uniform(0.8, 1.25, (n + 1, n + 1))
    for k in range(n + 1):
        road = np.minimum(road, road[:, k, None] + road[k])
    np.fill_diagonal(road, 0)
    arcs = np.stack([road[:n] * 3.0, road[:n] * 5.0])
    hire, fare, seats = np.array([40.0, 60.0]), np.array([0.0, 1.0]), np.array([4.0, 9.0])
    people = draw.integers(1, 5, n)
    distance = np.minimum(road, road.T)[:n, :n]
    i, j = np.triu_indices(n, 1)
    order = np.argsort(distance[i, j], kind="stable")
    return arcs, hire, fare, seats, people, np.column_stack((i[order], j[order])), draw


def cheapest_run(arcs, hire, fare, seats, riders):
    """What the best coach for some riders a place costs, over every order of its stops."""
    stops = [p for p, n in enumerate(riders) if n]
    total = sum(riders)
    best = np.inf
    for order in permutations(stops):
        for k in range(len(hire)):
            if total <= seats[k]:
                way = [*order, arcs.shape[1]]
                cost = hire[k] + fare[k] * total + sum(arcs[k, a, b] for a, b in pairwise(way))
                best = min(best, cost)
    return best


@pytest.mark.parametrize("limit", [0, 4, NO_LIMIT])
@pytest.mark.parametrize("seed", range(15))
def test_no_load_costs_less_than_the_prices_of_its_riders(seed, limit):
    arcs, hire, fare, seats, people, pairs, draw = instance(seed)
    price = ringed_prices(arcs, hire, fare, seats, people, pairs, limit)
    assert (price > 0).all()
    for _ in range(80):
        riders = [int(draw.integers(0, n + 1)) * int(draw.integers(2)) for n in people]
        if 0 < sum(riders) <= seats.max():
            assert price @ riders <= cheapest_run(arcs, hire, fare, seats, riders) + 1e-6


def test_somebody_far_off_pays_the_detour_in_full():
    """Twelve people beside the station and two 100 away: a full coach's share of the way would be far less."""
    arcs = np.array([[[0.0, 100.0, 1.0], [100.0, 0.0, 100.0]]])
    one = [np.array([v]) for v in (12.0, 0.0, 14.0)]
    people, pairs = np.array([12, 2]), np.array([[0, 1]])
    ringed = ringed_prices(arcs, *one, people, pairs, NO_LIMIT)
    shared = ringed_prices(arcs, *one, people, pairs, 0)
    assert shared[1] == pytest.approx((12 + 101) / 14)
    assert ringed[1] == pytest.approx(100 / 2 + 12 / 14)
    assert ringed @ people == pytest.approx(12 + 100 + 1)  # what one coach for all costs
