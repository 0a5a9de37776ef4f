"""A plan's stops, coaches and riders become a routing problem in the plan's own indices."""

from dataclasses import replace

from flat import SOON
from tiny import coach, problem, train

from dispatch.model.supply import Role
from dispatch.solve.routing import NEVER, Riders, feeder_problem, last_mile_problem, route

PLACES = {"A1": (0, 0), "A2": (10, 0), "R1": (40, 0), "R2": (400, 0), "G1": (430, 0), "G2": (440, 0)}
COACHES = [
    coach("F", 0, 30, Role.FEEDER, 2, (0, 0)),
    coach("L", 3, 30, Role.LAST_MILE, 2, (0, 1)),
    coach("X", 3, 30, Role.ANY, 2, (0, 1)),
]


def plan(**changes):
    return problem(PLACES, [], COACHES, [train([(2, 0, 600), (3, 900, 900)])], days=2, **changes)


def test_a_feeder_gathers_both_stops_in_time_with_the_coach_whose_base_is_near():
    asked = feeder_problem(plan(), 2, [Riders(0, (3, 4), 540), Riders(1, (5,), 540)], day=0)
    assert [v.available for v in asked.vehicles] == [2, 0, 0]
    [trip] = route(asked, SOON, processes=1).trips
    assert (trip.vehicle, trip.ends_min, trip.people) == (0, 540, 12)
    assert [v.place for v in trip.visits] == [0, 1]


def test_coaches_of_another_day_or_used_elsewhere_are_not_there():
    riders = [Riders(0, (3,), 540)]
    assert feeder_problem(plan(), 2, riders, day=1).vehicles[0].available == 0
    assert feeder_problem(plan(), 2, riders, day=0, taken={0: 1}).vehicles[0].available == 1


def test_a_coach_near_some_stops_only_begins_there():
    near = replace(plan(), coach_base_m=5_000)
    asked = feeder_problem(near, 2, [Riders(0, (3,), 540), Riders(1, (5,), 540)], day=0)
    assert asked.vehicles[0].begins == frozenset({0})


def test_a_last_mile_leaves_after_the_train_and_keeps_the_hours_of_the_gates():
    hours = {"G1": (960, 1020)}
    riders = [Riders(4, (3,), 930), Riders(5, (6,), 930)]
    asked = last_mile_problem(plan(hours=hours), 3, riders, day=0)
    assert [v.available for v in asked.vehicles] == [0, 2, 2]
    assert [(r.earliest, r.latest) for r in asked.requests] == [(960, 1020), (0, NEVER)]
    answer = route(asked, SOON, processes=1)
    visits = {v.place: v for t in answer.trips for v in t.visits}
    assert answer.left_out == 0 and 960 <= visits[4].arrives_min <= 1020
    assert all(t.starts_min >= 930 for t in answer.trips)


def test_a_gate_that_closed_before_the_train_came_opens_again_the_next_day():
    asked = last_mile_problem(plan(hours={"G1": (480, 900)}), 3, [Riders(4, (3,), 930)], day=0)
    assert (asked.requests[0].earliest, asked.requests[0].latest) == (1440 + 480, 1440 + 900)
