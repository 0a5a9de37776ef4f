"""A search that begins from an earlier plan: nothing of it that can still run is lost, the others are inserted anew."""

import random
from dataclasses import replace
from functools import cache

import pytest
from crowd import changed, crowd
from rules import FAMILIES
from tiny import random_problem

from dispatch.model.problem import PreviousPlan, PreviousRide, PreviousTrip
from dispatch.model.supply import Role
from dispatch.solve import Limits, solve, whole
from dispatch.solve.instance import pack_units, split_units
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.snapshot import cost
from dispatch.solve.state import UNSERVED, WAY
from dispatch.solve.warm import carried_over, warm_start

LIMITS = Limits(time_limit_s=20, rounds=480, threads=1)
FEW = replace(LIMITS, rounds=1)
SEEDS = range(12)


def previous(problem, result):
    """The result as an earlier plan, as it would be read from a bundle."""
    trips = {
        f"C{i:03d}": PreviousTrip(
            problem.coaches[run.coach].offer_id,
            True,
            run.role,
            problem.instant(run.calls[0].departs_min),
            tuple(problem.stops[c.stop].stop_id for c in run.calls if c.stop >= 0),
        )
        for i, run in enumerate(result.runs)
    }
    for i, used in enumerate(result.used):
        d = problem.departures[used.departure]
        stops = tuple(problem.stops[c.stop].stop_id for c in d.calls)
        trips[f"T{i:03d}"] = PreviousTrip(d.offer_id, False, Role.TRUNK, problem.instant(d.calls[0].departs_min), stops)
    journeys = {}
    for way in result.itineraries:
        rides = tuple(_ride(problem, result, leg) for leg in way.legs)
        journeys |= dict.fromkeys(problem.demands[way.demand].parties[way.party], rides)
    return PreviousPlan(trips, journeys)


def _ride(problem, result, leg):
    if leg.is_coach:
        calls, name = result.runs[leg.index].calls, f"C{leg.index:03d}"
    else:
        calls, name = problem.departures[result.used[leg.index].departure].calls, f"T{leg.index:03d}"
    return PreviousRide(name, *(problem.stops[calls[c].stop].stop_id for c in (leg.from_call, leg.to_call)))


@cache
def solved(seed):
    problem = random_problem(seed)
    result = solve(problem, LIMITS)
    return problem, result, previous(problem, result)


@cache
def crowd_solved():
    problem = crowd()
    result = solve(problem, LIMITS)
    return problem, result, previous(problem, result)


def faults(problem, result):
    return [fault for family in FAMILIES.values() for fault in family(problem, result)]


def left(problem, result):
    return sum(problem.demands[n.demand].party_size for n in result.not_served)


def compiled_of(problem):
    units = split_units(problem, pack_units(problem, 6), (), True)
    return whole._compiled(problem, whole.LeastCosts(problem), units)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_operation_carries_the_whole_plan_over(seed):
    problem, result, before = solved(seed)
    compiled = compiled_of(problem)
    plan = carried_over(problem, compiled, before, 1)
    assert (plan.way[:, WAY] == UNSERVED).sum() == len(units_left(compiled, result))
    assert cost(compiled.instance, plan, 0.0, 0.0) <= result.objective_fen + 1


def units_left(compiled, result):
    left = {(n.demand, n.party) for n in result.not_served}
    return [u for u, unit in enumerate(compiled.units) if left & set(unit.members)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_from_a_plan_is_at_least_as_good_as_the_plan_and_breaks_no_rule(seed):
    problem, first, before = solved(seed)
    second = solve(problem, FEW, previous=before)
    assert faults(problem, second) == []
    assert (left(problem, second), second.objective_fen) <= (left(problem, first), first.objective_fen + 1)
    assert second.warm


@pytest.mark.parametrize("seed", SEEDS)
def test_some_gone_and_some_come_still_makes_a_plan_that_breaks_no_rule(seed):
    problem, _, before = solved(seed)
    other = changed(problem, 0.3, 0.3, seed)
    compiled = compiled_of(other)
    start = warm_start(other, compiled, before, 1)
    result = solve(other, FEW, previous=before)
    assert faults(other, result) == []
    value = left(other, result) * UNSERVED_FEN + result.objective_fen
    out_of_reach = UNSERVED_FEN * whole._out_of_reach(other)
    assert value <= cost(compiled.instance, start, UNSERVED_FEN, SHORT_FEN) + out_of_reach + 1


def test_a_tenth_gone_and_a_tenth_new_keeps_nearly_everybody_where_they_were():
    problem, _, before = crowd_solved()
    other = changed(problem, 0.1, 0.1)
    compiled = compiled_of(other)
    plan = carried_over(other, compiled, before, 1)
    sizes = compiled.instance.unit[:, 0]
    assert sizes[plan.way[:, WAY] != UNSERVED].sum() > 0.8 * sizes.sum()
    warm = solve(other, FEW, previous=before)
    cold = solve(other, FEW)
    assert faults(other, warm) == []
    assert left(other, warm) == 0
    assert warm.objective_fen < cold.objective_fen


def test_the_same_start_and_rounds_give_the_same_plan():
    problem, _, before = crowd_solved()
    other = changed(problem, 0.1, 0.1)
    assert solve(other, LIMITS, previous=before) == solve(other, LIMITS, previous=before)


@pytest.mark.parametrize("gone", ["C37", "F12", "T0", "Z1"])
def test_whoever_rode_an_offer_that_is_gone_goes_another_way(gone):
    problem, _, before = crowd_solved()
    other = replace(
        problem,
        coaches=tuple(c for c in problem.coaches if c.offer_id != gone),
        departures=tuple(d for d in problem.departures if d.offer_id != gone),
    )
    result = solve(other, FEW, previous=before)
    assert faults(other, result) == []


@pytest.mark.parametrize("seed", range(6))
def test_offers_and_windows_that_changed_break_no_rule(seed):
    problem, _, before = solved(seed)
    draw = random.Random(seed)
    other = replace(
        problem,
        coaches=tuple(replace(c, seats=max(1, c.seats - 2), available_per_day=1) for c in problem.coaches),
        departures=tuple(replace(d, seats=max(1, d.seats - draw.randint(0, 4))) for d in problem.departures),
        demands=tuple(replace(d, due_min=d.due_min - draw.choice((0, 300))) for d in problem.demands),
    )
    assert faults(other, solve(other, FEW, previous=before)) == []


def test_the_plan_of_another_operation_helps_nobody_and_harms_nothing():
    problem, *_ = solved(0)
    result = solve(problem, LIMITS, previous=solved(1)[2])
    assert faults(problem, result) == []
    nothing = PreviousPlan({}, {})
    assert left(problem, solve(problem, LIMITS, previous=nothing)) <= left(problem, solved(0)[1]) + 1
