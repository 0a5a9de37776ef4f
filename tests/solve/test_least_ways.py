"""Least ways of large instances are above no way over other stops, whoever gave the road times."""

import random
from array import array
from math import ceil, hypot

import pytest
from tiny import problem

from dispatch.model.problem import TravelTimes
from dispatch.solve import least_ways


def travelling(places, minutes, metres):
    n = len(places)
    flat = (array("i", (int(way(a, b)) for a in places.values() for b in places.values())) for way in (minutes, metres))
    return problem(places, [], travel=TravelTimes(n, *flat, "osrm"))


def apart_km(a, b):
    return hypot(a[0] - b[0], a[1] - b[1])


def closed(made, monkeypatch):
    monkeypatch.setattr(least_ways, "CLOSED_MOST", 10**9)
    exact = least_ways.least_ways(made)
    monkeypatch.setattr(least_ways, "CLOSED_MOST", 0)
    return exact, least_ways.least_ways(made)


def test_short_hops_quicker_than_any_long_way_are_all_taken(monkeypatch):
    """A motorway through stops 4 km apart, while the server's long ways crawl."""
    places = {f"A{k}": (4 * k, 0) for k in range(6)}
    km = apart_km
    made = travelling(
        places, lambda a, b: km(a, b) / 4 if km(a, b) < 5 else 5 * km(a, b), lambda a, b: 1_000 * km(a, b)
    )
    _, (minutes, _) = closed(made, monkeypatch)
    assert minutes[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_two_stops_at_one_door_make_no_way_through_them_free(monkeypatch):
    """Both were moved to the same point of a road, so the server sees no metre between them."""
    places = {"A1": (0, 0), "A2": (0.4, 0), "R1": (40, 0), "G1": (80, 0)}
    km = apart_km
    made = travelling(places, lambda a, b: ceil(km(a, b)) if km(a, b) > 1 else 0, lambda a, b: 1_200 * km(a, b))
    exact, large = closed(made, monkeypatch)
    assert (large[0] <= exact[0]).all()
    assert large[0][0, 3] >= 0.9 * exact[0][0, 3]


@pytest.mark.parametrize("seed", range(20))
def test_no_least_way_is_above_a_way_over_other_stops(seed, monkeypatch):
    draw = random.Random(seed)
    places = {f"A{k}": (draw.uniform(0, 40), draw.uniform(0, 40)) for k in range(12)}
    pace = draw.choice(((0.5, 3.0), (0.9, 1.1), (1.0, 1.0)))

    def minutes(a, b):
        return ceil(apart_km(a, b) * draw.uniform(*pace))

    made = travelling(places, minutes, lambda a, b: round(1_250 * apart_km(a, b) * draw.uniform(*pace)))
    for exact, large in zip(*closed(made, monkeypatch), strict=True):
        assert (large <= exact).all()


def test_the_estimate_needs_no_closing(monkeypatch):
    """Even with stops a few steps apart, whose metres are mostly rounding."""
    draw = random.Random(3)
    places = {f"A{k}": (draw.uniform(0, 300), draw.uniform(0, 300)) for k in range(40)}
    places |= {f"G{k}": (100 + k / 100, 100) for k in range(10)}

    def minutes(a, b):
        return ceil(1.25 * apart_km(a, b) * 60 / (75 if apart_km(a, b) > 60 else 45) - 1e-6)

    made = travelling(places, minutes, lambda a, b: round(1_250 * apart_km(a, b)))
    monkeypatch.setattr(least_ways, "CLOSED_MOST", 0)
    monkeypatch.setattr(least_ways, "shortest_ways", None)
    exact = least_ways.least_ways(made)
    assert exact[0].max() > 300
