"""Units that travel together: packed by what all of their people may do, apart again where that leaves some out."""

from itertools import count

import numpy as np
import pytest
from crowd import crowd
from rules import FAMILIES
from searching import compiled_of, searched
from tiny import coach, demand, problem, random_problem, train

from dispatch.model.problem import Bound
from dispatch.model.supply import Role
from dispatch.solve import Limits, solve, whole
from dispatch.solve.compile import compile_instance
from dispatch.solve.instance import pack_units, split_units
from dispatch.solve.options import LeastCosts
from dispatch.solve.refine import refined
from dispatch.solve.result import extract
from dispatch.solve.search import UNSERVED_FEN
from dispatch.solve.snapshot import aboard, cost, empty, hired
from dispatch.solve.state import PEOPLE, RIDERS, UNSERVED, WAY

LIMITS = Limits(60, rounds=120, threads=1)
RELEASES = (0, 15, 1500)


def faults(made, result):
    return [fault for family in FAMILIES.values() for fault in family(made, result)]


def various(seed):
    """Parties of one to eight with long and short windows, one to three stops each, some of whom take no coach."""
    draw, names = np.random.default_rng(seed), count(1)
    people = [
        demand(
            draw.permutation(4)[: draw.integers(1, 4)].tolist(),
            4 + int(draw.integers(2)),
            parties=int(draw.integers(1, 5)),
            size=int(draw.choice((1, 1, 2, 3, 8))),
            release=RELEASES[draw.integers(3)],
            due=int(draw.choice((1600, 3000, 3800, 4319))),
            names=names,
        )
        for _ in range(40)
    ]
    places = {f"A{i}": (10 * i, 0) for i in range(4)} | {"G1": (200, 0), "G2": (210, 0)}
    return problem(places, people, [coach(seats=20, days=(0, 2))], days=3)


@pytest.mark.parametrize("made", [*map(various, range(6)), *map(random_problem, range(6)), crowd()])
@pytest.mark.parametrize("most", [1, 6, 12])
def test_a_unit_has_the_window_and_the_stops_of_all_its_parties_and_everybody_is_in_one(made, most):
    packed = pack_units(made, most)
    everybody = sorted((d, p) for d, some in enumerate(made.demands) for p in range(len(some.parties)) if some.access)
    for units in (packed, split_units(made, packed, (), True), split_units(made, packed, {0, 2}, False)):
        assert sorted(m for unit in units for m in unit.members) == everybody
        for unit in units:
            demands = [made.demands[d] for d, _ in unit.members]
            assert unit.size == sum(d.party_size for d in demands)
            assert unit.size <= most or len(unit.members) == 1
            assert unit.like.access
            for d in demands:
                assert set(unit.like.access) <= set(d.access)
                assert (unit.like.gate, unit.like.barred) == (d.gate, d.barred)
                assert d.release_min <= unit.like.release_min < unit.like.due_min <= d.due_min


def test_parties_whose_windows_differ_travel_in_one_unit_until_it_falls_apart():
    names = count(1)
    people = [demand([0, 1], 2, 2, due=4319, names=names), demand([0], 2, 2, due=4000, names=names)]
    made = problem({"A1": (0, 0), "A2": (9, 0), "G1": (80, 0)}, people, [coach()], days=3)
    (together,) = pack_units(made, 6)
    assert (together.size, together.like.access, together.like.due_min) == (4, (0,), 4000)
    apart = split_units(made, (together,), (), True)
    assert [(u.size, u.like.access, u.like.due_min) for u in apart] == [(2, (0, 1), 4319), (2, (0,), 4000)]
    assert [u.size for u in split_units(made, (together,), {0}, False)] == [1, 1, 1, 1]
    assert split_units(made, (together,), (), False) == (together,)


@pytest.mark.parametrize("made", [*map(various, range(4)), crowd(), *map(random_problem, range(4))])
def test_a_plan_for_units_that_fall_apart_costs_the_same_and_loses_nobody(made):
    search = searched(made, rounds=150, apart=False)
    coarse, plan = search.compiled, search.best
    left = set(np.flatnonzero(plan.way[:, WAY] == UNSERVED).tolist())
    units = split_units(made, coarse.units, left, True)
    fine = compile_instance(made, LeastCosts(made), units, 40)
    found = refined(coarse, fine, plan)
    assert cost(fine.instance, found, UNSERVED_FEN, 0.0) == cost(coarse.instance, plan, UNSERVED_FEN, 0.0)
    assert (aboard(fine.instance, found.way) == aboard(coarse.instance, plan.way)).all()
    assert (hired(fine.instance, found.coach) == hired(coarse.instance, plan.coach)).all()
    way = {member: w for unit, w in zip(coarse.units, plan.way.tolist(), strict=True) for member in unit.members}
    assert all(way[member] == w for unit, w in zip(units, found.way.tolist(), strict=True) for member in unit.members)


@pytest.mark.parametrize("made", [*map(various, range(4)), crowd(), *map(random_problem, range(4))])
def test_a_plan_for_units_that_fall_apart_keeps_every_window_and_load(made):
    search = searched(made, rounds=150, apart=False)
    search.finish()
    coarse = search.compiled
    fine = compile_instance(made, LeastCosts(made), split_units(made, coarse.units, (), True), 40)
    plan = refined(coarse, fine, search.best)
    search.compiled, search.x, search.best = fine, fine.instance, plan
    result = extract(made, fine, search.state(), Bound(0, 0, "", ()), 0, (0, 0), {}, 0, search.lines)
    assert faults(made, result) == []


def test_a_load_of_more_units_than_a_row_holds_is_not_made():
    def falling_apart(people):
        made = problem({"A1": (0, 0), "G1": (80, 0)}, [demand([0], 1, people)], [coach(seats=90)])
        search = searched(made, rounds=1, most=90)
        assert search.best.coach[:, PEOPLE].tolist() == [people]
        units = split_units(made, search.compiled.units, {0}, False)
        return refined(search.compiled, compile_instance(made, LeastCosts(made), units, 40), search.best)

    assert falling_apart(RIDERS) is not None
    assert falling_apart(RIDERS + 1) is None


LINE = {"R1": (0, 0), "G1": (100, 0)}


def small_coaches():
    return problem(LINE, [demand([0], 1, 6)], [coach(seats=4)])


def the_last_seats():
    """Three seats of a train, three of a coach."""
    calls = [(0, 600, 600), (1, 650, 650)]
    return problem(LINE, [demand([0], 1, 6)], [coach(seats=4, available=1)], [train(calls, seats=3)])


def families():
    """Parties of two in a unit of six, and two coaches of four seats."""
    return problem(LINE, [demand([0], 1, 3, 2)], [coach(seats=4)])


@pytest.mark.parametrize("made", [small_coaches(), the_last_seats(), families()])
def test_units_that_find_no_seats_for_all_fall_apart_into_their_parties(made):
    assert [u.size for u in pack_units(made, 6)] == [6]
    result = solve(made, LIMITS)
    assert result.not_served == ()
    assert faults(made, result) == []


def test_a_party_is_never_torn_apart():
    made = problem(LINE, [demand([0], 1, 1, 6)], [coach(seats=4)])
    result = solve(made, LIMITS)
    assert len(result.not_served) == 1


@pytest.mark.parametrize("gap", [0.0, 0.5, 1.0])
def test_a_proven_gap_leaves_nobody_out_who_has_a_seat(gap):
    result = solve(small_coaches(), Limits(60, rounds=120, threads=1, gap=gap))
    assert result.not_served == ()


def test_only_units_left_out_fall_apart_where_the_others_may_stay():
    search = searched(small_coaches(), rounds=20)
    assert search.left_out == 6
    least = LeastCosts(small_coaches())
    with whole.Engine(1) as engine:
        engine.take(search.x)
        search.refine(engine, small_coaches(), least, False)
        assert (search.left_out, len(search.compiled.units)) == (6, 6)
        before = search.compiled.units
        search.refine(engine, small_coaches(), least, False)
        assert search.compiled.units == before


@pytest.mark.parametrize("parties", [305, 760])
def test_in_the_end_nobody_is_held_to_the_window_of_another(parties, monkeypatch):
    """Whether the search begins from several first plans, as it does for few units, or from one."""
    names, units = count(1), []
    people = [demand([0, 1][:n], 2, parties, due=due, names=names) for n, due in ((1, 4319), (2, 4000))]
    types = [coach(seats=50, available=40, days=(0, 2))]
    made = problem({"A1": (0, 0), "A2": (9, 0), "G1": (80, 0)}, people, types, days=3)
    assert any(len({d for d, _ in unit.members}) > 1 for unit in pack_units(made, 6))
    assert (len(pack_units(made, 6)) <= whole.FEW_UNITS) is (parties == 305)
    finish = whole._Search.finish
    monkeypatch.setattr(whole._Search, "finish", lambda s: units.extend(s.compiled.units) or finish(s))
    result = solve(made, Limits(60, rounds=120, threads=1))
    assert faults(made, result) == []
    assert result.not_served == ()
    assert all(len({d for d, _ in unit.members}) == 1 for unit in units)


def by_two_trains(fixed, least, available):
    """Two units of six who need a feeder, one of two trains with six seats each, and a last mile."""
    places = {"A1": (0, 0), "R1": (30, 0), "R2": (300, 0), "G1": (330, 0)}
    calls = [(1, 600, 600), (2, 700, 700)]
    types = [
        coach("F", 1, 6, Role.FEEDER, available=available),
        coach("L", 2, 6, Role.LAST_MILE, available=available),
    ]
    trains = [train(calls, seats=6, copies=2, fixed=fixed, least=least)]
    return problem(places, [demand([0], 3, 12)], types, trains)


@pytest.mark.parametrize("available", [2, 9])
@pytest.mark.parametrize(("fixed", "least"), [(0, 0), (90_000, 0), (0, 6), (90_000, 4)])
def test_two_units_take_two_vehicles_of_one_train_with_coaches_of_their_own(fixed, least, available):
    made = by_two_trains(fixed, least, available)
    result = solve(made, LIMITS)
    assert result.not_served == ()
    assert faults(made, result) == []
    assert len(result.used) == 2


def test_a_first_plan_alone_serves_both_units():
    search = searched(by_two_trains(0, 0, 2), rounds=1)
    assert search.left_out == 0
    assert [u.size for u in compiled_of(by_two_trains(0, 0, 2)).units] == [6, 6]


def test_whoever_is_left_out_at_the_end_is_offered_a_coach_of_their_own():
    """It was forgotten which direct coaches there are: who left a train below its minimum stayed behind."""
    search = searched(crowd(), rounds=60)
    search.best = empty(len(search.compiled.units))
    search.parts.solo = None
    assert (search.finish().unit[:, WAY] != UNSERVED).all()
