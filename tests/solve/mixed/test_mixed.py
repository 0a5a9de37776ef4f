"""Mixed loads: every answer is held to the rules again, small ones to an exhaustive search."""

import math
from dataclasses import fields, replace
from itertools import count

import numpy as np
import pytest
from judge import can_run, faults, fewest_vehicles, orders, random_instance

from dispatch.solve.mixed import MixedLimits, VehicleType, route_mixed
from dispatch.solve.mixed.arrays import new_work
from dispatch.solve.mixed.instance import chunks, compiled
from dispatch.solve.mixed.schedule import timetable


def routed(x, seed=1, rounds=300, fleet=True):
    return route_mixed(x, MixedLimits(600.0, rounds, fleet), seed)


def two_gates(**other):
    """One stop with 4 and 4 riders for gates 100 s and 200 s down the road."""
    drive = np.array([[0, 100, 200], [100, 0, 100], [200, 100, 0]], float)
    still = {"board_halt_s": 0.0, "board_each_s": 0.0, "alight_halt_s": 0.0, "alight_each_s": 0.0}
    facts = {
        "drive_s": drive, "metres": drive * 10, "stop": np.array([0, 0]), "gate": np.array([1, 2]),
        "riders": np.array([4, 4]), "board_from_s": np.zeros(2), "board_until_s": np.full(2, np.inf),
        "arrive_from_s": np.zeros(2), "arrive_until_s": np.full(2, 1000.0), "ride_limit_s": np.inf,
        "vehicles": (VehicleType(8, 2, fixed=100.0),),
    }  # fmt: skip
    return replace(random_instance(np.random.default_rng(0), 2, 2), **{**still, **facts, **other})


@pytest.mark.parametrize("one_load", [False, True])
def test_a_route_is_accepted_exactly_when_some_times_exist(one_load):
    rng = np.random.default_rng(7)
    verdicts = []
    for _ in range(40):
        opens = rng.integers(-4000, 1000, 4).astype(float)
        gates = rng.integers(0, 1500, 3)
        x = random_instance(
            rng, 4, 3, one_load=one_load, ride_limit_s=float(rng.integers(900, 4000)), riders=rng.integers(1, 16, 4),
            board_from_s=opens, board_until_s=opens + rng.integers(2000, 8000, 4),
        )  # fmt: skip
        opens = gates[x.gate - 4].astype(float)
        x = replace(x, arrive_from_s=opens, arrive_until_s=opens + float(rng.integers(600, 4000)))
        request, riders = chunks(x)
        arrays, gates = compiled(x, riders, request), np.unique(x.gate)
        for order in list(orders(x, [0, 1, 2, 3]))[::20]:
            nodes = np.array([w if w >= 0 else 4 + np.searchsorted(gates, ~w) for w in order])
            accepted = timetable(arrays, new_work(arrays), nodes, len(nodes), 50.0)
            if accepted != can_run(x, order):
                # times are rounded to the safe side by a 64th of a second, so a hair's breadth may be refused
                assert not accepted
                slack = replace(x, ride_limit_s=x.ride_limit_s - 1, arrive_until_s=x.arrive_until_s - 1)
                assert not can_run(slack, order)
            verdicts.append(accepted)
    assert 0.02 < np.mean(verdicts) < 0.98


@pytest.mark.parametrize("one_load", [False, True])
def test_small_cases_need_no_more_vehicles_than_trying_everything_finds(one_load):
    rng = np.random.default_rng(11)
    seen = set()
    for _ in range(25):
        x = random_instance(rng, 4, 2, one_load=one_load)
        least = fewest_vehicles(x)
        found = routed(x)
        assert faults(x, found) == []
        if least:
            assert (len(found.vehicle), found.absent.sum()) == (least, 0)
        else:
            assert found.absent.sum() > 0
        seen.add(least)
    assert len(seen) > 2


@pytest.mark.parametrize("one_load", [False, True])
@pytest.mark.parametrize("fleet", [False, True])
def test_every_rule_holds_on_larger_cases(one_load, fleet):
    x = random_instance(np.random.default_rng(3), 80, 6, one_load=one_load, ride_limit_s=4000.0)
    found = routed(x, fleet=fleet)
    assert faults(x, found) == []
    assert found.absent.sum() == 0


def test_demand_above_a_vehicle_is_cut_and_nobody_is_lost():
    x = random_instance(np.random.default_rng(5), 6, 2, riders=np.array([130, 1, 50, 51, 7, 200]))
    found = routed(x)
    assert faults(x, found) == []
    assert found.absent.sum() == 0


def test_the_same_seed_and_rounds_give_the_same_routes():
    x = random_instance(np.random.default_rng(9), 40, 4)
    one, two = routed(x, seed=4), routed(x, seed=4)
    assert all(np.array_equal(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))


def test_a_gate_that_closes_before_anybody_can_be_there_leaves_its_riders_out_and_serves_the_rest():
    x = two_gates(arrive_until_s=np.array([50.0, 1000.0]))
    found = routed(x)
    assert found.absent.tolist() == [4, 0]
    assert faults(x, found) == []


def test_a_ride_longer_than_its_limit_is_refused_however_wide_the_windows():
    assert routed(two_gates(ride_limit_s=199.0)).absent.tolist() == [0, 4]
    assert routed(two_gates(ride_limit_s=200.0)).absent.tolist() == [0, 0]


def test_riders_of_two_gates_share_one_vehicle_but_not_one_that_is_too_small():
    assert routed(two_gates()).vehicle.tolist() == [0]
    soon = np.full(2, 250.0)  # too soon for a second trip
    assert len(routed(two_gates(vehicles=(VehicleType(7, 2, fixed=100.0),), arrive_until_s=soon)).vehicle) == 2


def test_no_more_vehicles_than_there_are():
    found = routed(two_gates(vehicles=(VehicleType(7, 1, fixed=100.0),), arrive_until_s=np.full(2, 250.0)))
    assert (len(found.vehicle), found.absent.sum()) == (1, 4)


def test_where_vehicles_are_too_few_those_there_are_carry_as_many_as_they_can():
    few = (VehicleType(50, 3, fixed=100.0, per_km=1.0),)
    x = random_instance(np.random.default_rng(2), 40, 3, vehicles=few, ride_limit_s=4000.0)
    for fleet in (False, True):
        first, later = (routed(x, rounds=rounds, fleet=fleet) for rounds in (1, 2000))
        assert faults(x, later) == []
        assert np.count_nonzero(later.absent) < np.count_nonzero(first.absent)


def test_the_cheaper_of_two_types_is_taken_and_the_cost_is_hire_way_and_hours():
    cheap = VehicleType(8, 1, fixed=50.0, per_km=2.0, per_hour=36.0)
    found = routed(two_gates(vehicles=(VehicleType(50, 1, fixed=100.0), cheap)), fleet=False)
    assert found.vehicle.tolist() == [1]
    assert found.cost.tolist() == [50.0 + 2.0 * 2 + 36.0 * 200 / 3600]


def test_nobody_boards_after_the_first_alighting_where_that_is_forbidden():
    # from the first gate back to a second stop beside it: one vehicle only where boarding again is allowed
    x = two_gates(stop=np.array([0, 1]), riders=np.array([8, 8]))
    assert len(routed(x).vehicle) == 1
    assert len(routed(replace(x, one_load=True)).vehicle) == 2


def test_a_wait_before_a_gate_counts_as_ride_so_boarding_is_late():
    x = two_gates(arrive_from_s=np.array([900.0, 900.0]), ride_limit_s=200.0)
    found = routed(x)
    assert found.absent.sum() == 0
    assert found.arrives_s[0] >= 700.0
    assert faults(x, found) == []


def test_senseless_instances_are_refused():
    with pytest.raises(ValueError, match="riders"):
        two_gates(riders=np.array([0, 4]))
    with pytest.raises(ValueError, match="lengths"):
        two_gates(riders=np.array([4]))
    with pytest.raises(ValueError, match="drive_s"):
        two_gates(drive_s=np.full((3, 3), np.nan))


def test_where_rounds_are_the_only_limit_no_clock_has_a_say():
    x = random_instance(np.random.default_rng(9), 40, 4)
    slow, fast = count(0, 1.0), count(0, 1e-6)
    limits = MixedLimits(math.inf, 2_000)
    one, two = (route_mixed(x, limits, 4, lambda clock=clock: next(clock)) for clock in (slow, fast))
    assert all(np.array_equal(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))
