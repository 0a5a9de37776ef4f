"""A result of the solver becomes named people on named trips: nothing is lost, and the sums agree."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import operation
import pytest

from dispatch.geo.travel import road_times
from dispatch.model.problem import NotServed
from dispatch.model.units import fen
from dispatch.network import build_problem
from dispatch.plan.assemble import assemble
from dispatch.solve import Limits, solve

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def solved():
    inputs, settings = operation.inputs(), operation.settings()
    problem, _ = build_problem(inputs, settings, lambda stops: road_times(stops, (), settings.policy.travel))
    return problem, solve(problem, Limits(20, rounds=60)), inputs, settings


@pytest.fixture(scope="module")
def plan(solved):
    return assemble(*solved, revision=3, made_at=MADE_AT, stages={})


def test_everybody_has_legs_or_a_reason_and_never_both(plan):
    travelling, left = {x.worker_id for x in plan.legs}, [u.worker_id for u in plan.unserved]
    assert not travelling & set(left)
    assert sorted([*travelling, *left]) == sorted(operation.PEOPLE)
    assert all(u.reason and u.detail and u.remedy for u in plan.unserved)


def test_legs_follow_the_roster_and_each_journey_is_a_chain(plan, solved):
    order = [w.worker_id for w in solved[2].workers]
    assert [x.worker_id for x in plan.legs] == sorted((x.worker_id for x in plan.legs), key=order.index)
    ways = defaultdict(list)
    for leg in plan.legs:
        ways[leg.worker_id].append(leg)
    for way in ways.values():
        assert [x.leg for x in way] == list(range(1, len(way) + 1))
        for a, b in pairwise(way):
            assert a.alight_stop == b.board_stop
            assert a.arrives_at < b.departs_at


def test_calls_count_exactly_the_people_who_board_and_alight(plan):
    for trip in plan.trips:
        on = [x for x in plan.legs if x.trip_id == trip.trip_id]
        board, alight = Counter(x.from_seq for x in on), Counter(x.to_seq for x in on)
        aboard = 0
        for call in trip.calls:
            aboard += board[call.seq] - alight[call.seq]
            assert (call.board, call.alight, call.onboard_after) == (board[call.seq], alight[call.seq], aboard)
        assert aboard == 0
        assert trip.passengers == len(on) > 0


def test_a_trip_has_the_times_and_ends_of_its_calls(plan):
    for trip in plan.trips:
        first, last = trip.calls[0], trip.calls[-1]
        assert (trip.departs_at, trip.arrives_at) == (first.departs_at, last.arrives_at)
        assert (trip.origin_stop, trip.destination_stop) == (first.stop_id, last.stop_id)
        assert [c.seq for c in trip.calls] == list(range(1, len(trip.calls) + 1))
        assert all((c.rest_minutes > 0) is (c.stop_id == "") or c.stop_id for c in trip.calls)


def test_trips_are_numbered_by_day_and_purpose_in_order_of_departure(plan):
    assert len({t.trip_id for t in plan.trips}) == len(plan.trips)
    letters = defaultdict(list)
    for trip in plan.trips:
        assert trip.trip_id.startswith(f"{trip.departs_at:%Y%m%d}-")
        letters[trip.trip_id[:10]].append(trip)
    for some in letters.values():
        assert [t.departs_at for t in some] == sorted(t.departs_at for t in some)
        assert [int(t.trip_id[-3:]) for t in some] == list(range(1, len(some) + 1))


def test_cost_lines_sum_to_each_trip_and_its_people(plan):
    money, heads = Counter(), Counter()
    for line in plan.costs:
        money[line.trip_id] += line.cost_fen
        heads[line.trip_id] += line.passengers
    assert money == Counter({t.trip_id: t.cost_fen for t in plan.trips})
    assert heads == Counter({t.trip_id: t.passengers for t in plan.trips})


def test_the_objective_of_the_summary_is_the_solvers_up_to_the_rounding_of_each_trip(plan, solved):
    _, result, _, _ = solved
    assert abs(fen(plan.summary["objective"]) - result.objective_fen) <= len(plan.trips) + 1
    assert fen(plan.summary["lower_bound"]) <= fen(plan.summary["objective"])


def test_the_summary_counts_what_the_plan_holds(plan):
    summary = plan.summary
    assert summary["served"] + summary["unserved"] == summary["accepted"] == len(operation.PEOPLE)
    assert fen(summary["cost"]) == sum(t.cost_fen for t in plan.trips)
    assert sum(fen(c) for c in summary["cost_by_mode"].values()) == fen(summary["cost"])
    assert sum(summary["trips_by_mode"].values()) == len(plan.trips)
    assert (summary["revision"], summary["made_at"]) == (3, MADE_AT.isoformat())
    assert all(0 < share <= 1 for share in summary["load_factors"].values())


def test_coaches_beyond_the_long_haul_mark_are_named(plan, solved):
    longest = max(t.distance_m for t in plan.trips if t.mode == "coach")
    _, _, _, settings = solved
    for km, named in ((longest / 1000 + 1, False), (longest / 1000 - 1, True)):
        coach = settings.policy.coach.model_copy(update={"long_haul_warning_km": km})
        policy = settings.policy.model_copy(update={"coach": coach})
        marked = settings.model_copy(update={"policy": policy})
        told = assemble(*solved[:3], marked, revision=3, made_at=MADE_AT, stages={}).summary["long_haul_coaches"]
        assert bool(told) is named


def test_the_same_result_is_assembled_the_same(plan, solved):
    assert assemble(*solved, revision=3, made_at=MADE_AT, stages={}) == plan


def test_a_reason_is_worded_in_the_language_of_the_settings(solved):
    problem, result, inputs, settings = solved
    kept = tuple(way for way in result.itineraries if way.demand)
    dropped = [NotServed(way.demand, way.party, "capacity") for way in result.itineraries if not way.demand]
    english = settings.model_copy(update={"publish": settings.publish.model_copy(update={"language": "en"})})
    emptied = replace(result, itineraries=kept, not_served=(*result.not_served, *dropped))
    wordings = [
        assemble(problem, emptied, inputs, some, revision=1, made_at=MADE_AT, stages={}).unserved
        for some in (settings, english)
    ]
    assert wordings[0]
    assert all(zh.detail != en.detail and en.detail.isascii() for zh, en in zip(*wordings, strict=True))
