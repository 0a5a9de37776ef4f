"""The audit's own bound against the solver's, on instances of the solver's tests; it trusts nothing of them."""

import json
import sys
from dataclasses import replace
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import operation
import pytest

from dispatch.config import TravelPolicy, TravelServer
from dispatch.geo.travel import road_times
from dispatch.model.demand import TravelEntry
from dispatch.network import problem_json
from dispatch.plan.audit import ways
from dispatch.plan.audit.bound import prove
from dispatch.plan.audit.given import read_given, turnover
from dispatch.plan.audit.road import Ways, stated_road, stated_tables
from dispatch.plan.audit.ways import closed, least_ways
from dispatch.solve.bound import WholePlanBound
from dispatch.solve.options import LeastCosts

sys.path.append(str(Path(__file__).parents[1] / "solve"))

from enumerated import best_plan
from tiny import coach, demand, problem, random_problem, train

DAY = 1440


def solved(made):
    bound = WholePlanBound(made, LeastCosts(made))
    bound.improve(5.0, lambda: 0.0)
    return bound


def proven(made, prices, unserved):
    return prove(read_given(json.loads(problem_json(made)), None), np.array(prices, np.int64), unserved)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("left_out", [0, 2])
def test_the_prices_prove_what_the_solver_says(seed, left_out):
    made = random_problem(seed)
    bound = solved(made)
    said = bound.value(bound.stranded + left_out)
    found = proven(made, said.prices, bound.stranded + left_out)
    assert abs(found.value_fen - said.value_fen) <= made.heads
    assert (found.stranded, len(found.too_high)) == (said.unserved, 0)


@pytest.mark.parametrize("seed", range(20))
def test_no_prices_prove_more_than_the_best_ones_by_much(seed):
    """Whatever the prices, what they prove is a bound; of those too high no more counts than may."""
    made = random_problem(seed)
    bound = solved(made)
    draw = np.random.default_rng(seed)
    best = bound.value(bound.stranded)
    prices = [int(p * draw.uniform(0.5, 3)) for p in best.prices]
    assert proven(made, prices, bound.stranded).value_fen <= 1.5 * best.value_fen + made.heads


def test_the_prices_of_the_small_operation_are_the_solvers():
    said = solved(operation.problem()).value(1)
    assert (said.prices, said.value_fen) == (operation.PRICES_FEN, operation.BOUND_FEN)


def shared_feeder(*others):
    """Three people share a feeder to a train on the fourth day; whoever else stands at their stop cannot travel."""
    places = {"A1": (0, 0), "R1": (30, 0), "R2": (400, 0)}
    people = demand([0], 2, 3, release=3 * DAY, due=9 * DAY - 1, names=count(1))
    leaves = 3 * DAY + 660
    calls = [(1, leaves, leaves), (2, leaves + 140, leaves + 140)]
    feeder = coach("F", 0, 4, fixed_fen=30_000)
    return problem(places, [people, *others], [feeder], [train(calls, seats=9, fare=1_000, day=3)], days=10)


def test_people_who_are_due_before_they_are_ready_take_nobodys_company_away():
    """Such parties come of members whose windows do not meet; a day's company must not lose them twice."""
    alone, crowded = shared_feeder(), shared_feeder(demand([0], 2, 1, 2, 5 * DAY, 2 * DAY, names=count(9)))
    for made in (alone, crowded):
        prices = [10**8] + [0] * (len(made.demands) - 1)
        assert proven(made, prices, made.heads - 3).value_fen <= best_plan(alone)


@pytest.mark.parametrize("n", [0, 1, 5, 70, 200])
def test_ways_closed_block_by_block_are_the_shortest(n):
    draw = np.random.default_rng(n)
    roads = draw.integers(1, 1_000, (n, n)).astype(np.int32)
    np.fill_diagonal(roads, 0)
    plain = roads.copy()
    for k in range(n):
        plain = np.minimum(plain, plain[:, k, None] + plain[k])
    assert (closed(roads) == plain).all()


def test_many_stops_get_the_best_pace_and_are_closed_where_a_short_hop_is_quicker(monkeypatch):
    monkeypatch.setattr(ways, "CLOSED_MOST", 3)
    stops = operation.problem().stops
    places = [s.position for s in stops]
    roads = stated_tables(operation.inputs(), operation.settings())(stops)
    paced, exact = least_ways(roads, places), Ways(closed(roads.minutes), closed(roads.metres))
    assert all((a <= b).all() and a.sum() > 0.5 * b.sum() for a, b in zip(paced, exact, strict=True))
    quick = Ways(roads.minutes.copy(), roads.metres)
    quick.minutes[1, 2] = quick.minutes[2, 1] = 1
    assert (least_ways(quick, places).minutes == closed(quick.minutes)).all()


def test_all_roads_at_once_are_those_of_the_network_and_of_the_audit_pair_by_pair():
    entry = TravelEntry("A2", "A1", 77, 4_321)
    inputs = replace(operation.inputs(), travel_entries=(entry, replace(entry, from_stop="nowhere")))
    settings, stops = operation.settings(), operation.problem().stops
    found = stated_tables(inputs, settings)(stops)
    given = road_times(stops, inputs.travel_entries, settings.policy.travel)
    assert (found.minutes.ravel() == np.array(given.minutes)).all()
    assert (found.metres.ravel() == np.array(given.metres)).all()
    road = stated_road(inputs, settings)
    for a, b in pairwise(stops):
        minutes, metres = road(a.position, b.position, a.stop_id, b.stop_id)
        i, j = stops.index(a), stops.index(b)
        assert found.metres[i, j] == metres
        assert 0 <= found.minutes[i, j] - minutes <= 1


def test_a_servers_answers_count_but_for_the_users_table_and_for_roads_it_does_not_know():
    server = TravelServer(kind="osrm", url="http://127.0.0.1:1", time_factor=1.2)
    policy = TravelPolicy(server=server)
    settings = operation.settings()
    settings = settings.model_copy(update={"policy": settings.policy.model_copy(update={"travel": policy})})
    inputs = replace(operation.inputs(), travel_entries=(TravelEntry("A2", "A1", 77, 4_321),))
    stops = operation.problem().stops

    def served_all(asked, needed):
        seconds = np.full(needed.shape, 601, np.int32)
        seconds[0, 2] = -1
        return seconds, np.full(needed.shape, 5_000, np.int32)

    found = stated_tables(inputs, settings, lambda *_: (601, 5_000), served_all)(stops)
    given = road_times(stops, inputs.travel_entries, policy, served_all)
    assert (found.minutes.ravel() == np.array(given.minutes)).all()
    assert (found.metres.ravel() == np.array(given.metres)).all()
    pairs = stated_tables(inputs, settings, lambda *_: (601, 5_000))(stops)
    assert (pairs.minutes == found.minutes).sum() == found.minutes.size - 1


def test_roads_that_the_problem_leaves_out_are_made_anew():
    made = random_problem(3)
    bound = solved(made)
    said = bound.value(bound.stranded)
    content = json.loads(problem_json(made))
    tables = Ways(*(np.array(content["travel"][key], np.int32) for key in ("minutes", "metres")))
    content["travel"] |= {"minutes": None, "metres": None}
    given = read_given(content, lambda _: tables)
    assert prove(given, np.array(said.prices, np.int64), bound.stranded).value_fen == said.value_fen


def test_a_seat_is_used_by_as_many_as_can_follow_one_another():
    calls = [{"board": b, "alight": a} for b, a in ((1, 0), (1, 1), (0, 1), (0, 1), (1, 0), (0, 1))]
    assert turnover(calls) == 3
    assert turnover(calls[:1]) == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c["coaches"][0].update(seats=0),
        lambda c: c["demands"][0].update(gate=99),
        lambda c: c["driving"].update(daily=0),
        lambda c: c.update(days=0),
        lambda c: c["travel"]["minutes"].pop(),
        lambda c: c["stops"][0].pop("lat"),
    ],
)
def test_a_problem_out_of_its_form_is_refused(damage):
    content = json.loads(problem_json(random_problem(1)))
    damage(content)
    with pytest.raises((KeyError, ValueError)):
        read_given(content, partial(pytest.fail, "nothing is left out"))
