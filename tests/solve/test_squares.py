"""Squares with hourly limits: every plan keeps them, and leaves nobody out whom a plan that keeps them can carry."""

import random
from dataclasses import replace
from functools import cache
from itertools import count

import pytest
from rules import FAMILIES, boarded, objective
from tiny import coach, demand, problem, random_problem, train

from dispatch.language import text
from dispatch.model.problem import Square
from dispatch.model.supply import Role
from dispatch.plan.left_out import words
from dispatch.solve import Limits, solve
from dispatch.solve.remedies import apply

LIMITS = Limits(60, rounds=150, threads=1)
HOUR, DAY = 60, 1440
LINE = {"A1": (0, 0), "A2": (0, 30), "G1": (100, 0)}  # 80 and 84 minutes
RAIL = {"A1": (0, 0), "R1": (50, 0), "R2": (550, 0), "G1": (600, 0)}  # 40 minutes to and from the stations


def by_line(parties, squares, access=(0,), release=6 * HOUR, due=DAY - 1, coaches=None, **changes):
    who = [demand(list(access), 2, parties, release=release, due=due)]
    return problem(LINE, who, coaches or [coach(seats=5)], squares=squares, **changes)


def left(made):
    result = solve(made, LIMITS)
    assert [fault for family in FAMILIES.values() for fault in family(made, result)] == []
    return sum(made.demands[n.demand].party_size for n in result.not_served)


# what is staggered


@pytest.mark.parametrize("limits", [(10, None), (5, None), (None, 1), (None, 2), (3, None)])
def test_coaches_leave_one_after_the_other(limits):
    assert left(by_line(15, (Square(0, *limits),))) == 0


def test_limits_that_nobody_meets_leave_the_plan_as_it_is():
    free = by_line(15, ())
    assert solve(replace(free, squares=(Square(0, 15, 3),)), LIMITS) == solve(free, LIMITS)


def test_feeders_leave_sooner_at_the_least_cost_of_waiting():
    rides = [train(((1, 10 * HOUR, 10 * HOUR), (2, 13 * HOUR, 13 * HOUR)))]
    coaches = [coach("F", 0, 5, Role.FEEDER), coach("L", 2, 15, Role.LAST_MILE)]
    made = problem(RAIL, [demand([0], 3, parties=15)], coaches, rides)
    free, tight = solve(made, LIMITS), solve(replace(made, squares=(Square(0, None, 1),)), LIMITS)
    assert [r.calls[0].departs_min for r in free.runs if r.role is Role.FEEDER] == [8 * HOUR + 20] * 3
    begins = sorted(r.calls[0].departs_min for r in tight.runs if r.role is Role.FEEDER)
    assert begins == [6 * HOUR + 59, 7 * HOUR + 59, 8 * HOUR + 20]
    waiting = (21 + 81) * 5  # person-minutes at 25 fen
    assert tight.objective_fen - free.objective_fen == waiting * 25
    assert tight.objective_fen == pytest.approx(objective(made, tight), abs=2)


def test_who_boards_at_two_squares_counts_at_both():
    places = {"A1": (0, 0), "A2": (10, 0), "G1": (200, 0)}
    people = [demand([a], 2, parties=2, release=6 * HOUR, due=DAY - 1, names=count(10 * a)) for a in (0, 1)]
    coaches = [coach(seats=4, available=1), coach("D", seats=2, available=2, fixed_fen=90_000)]
    made = problem(places, people, coaches, squares=(Square(0, None, 1), Square(1, 2, None)))
    assert left(made) == 0
    assert {stop for stop, _ in boarded(made, solve(made, LIMITS))[0]} == {0, 1}


def test_last_miles_wait_at_a_station_that_is_a_square():
    rides = [train(((1, 10 * HOUR, 10 * HOUR), (2, 13 * HOUR, 13 * HOUR)))]
    coaches = [coach("F", 0, 15, Role.FEEDER), coach("L", 2, 5, Role.LAST_MILE)]
    made = problem(RAIL, [demand([0], 3, parties=15)], coaches, rides, squares=(Square(2, 5, None),))
    assert left(made) == 0


def test_a_later_day_a_ticket_or_another_stop_is_found_for_who_has_no_hour():
    late = {"release": 22 * HOUR, "due": 2 * DAY + 3 * HOUR, "days": 3, "hours": {"A1": (21 * HOUR, DAY - 1)}}
    assert left(by_line(15, (Square(0, 5, None),), **late)) == 0
    assert left(by_line(15, (Square(0, 5, None),), access=(0, 1), due=8 * HOUR)) == 0
    rides = [train(((0, 10 * HOUR, 10 * HOUR), (2, 13 * HOUR, 13 * HOUR)), fare=40_000)]
    ticket = replace(by_line(15, (Square(0, 1, None),), due=14 * HOUR), departures=tuple(rides))
    assert left(ticket) == 0


# random instances


@cache
def tight(seed):
    made, draw = random_problem(seed), random.Random(seed)
    stops = draw.sample(range(len(made.stops)), 5)
    squares = (Square(s, draw.choice((None, 2, 4, 6)), draw.choice((1, 2))) for s in sorted(stops))
    made = replace(made, squares=tuple(squares))
    return made, solve(made, LIMITS)


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_of_a_random_operation_keeps_all_rules(seed):
    made, result = tight(seed)
    assert [fault for family in FAMILIES.values() for fault in family(made, result)] == []
    assert result.objective_fen == pytest.approx(objective(made, result), abs=2)
    assert result.bound.value_fen <= result.objective_fen
    assert {n.reason for n in result.not_served} <= set(REASONS)


REASONS = (
    "capacity", "not_found", "square_full", "minimum_not_reached", "party_too_large", "barred", "gate_hours",
    "connection", "driving_hours", "no_coach_near", "no_offer_in_window", "no_offer",
)  # fmt: skip


def test_the_random_operations_are_worth_trying():
    """Without the limits their plans would break them."""
    made = [tight(seed)[0] for seed in range(12)]
    free = [solve(replace(m, squares=()), LIMITS) for m in made]
    assert sum(any(FAMILIES["squares"](m, r)) for m, r in zip(made, free, strict=True)) > 4


def test_the_same_rounds_give_the_same_plan():
    made, first = tight(3)
    assert solve(made, LIMITS) == first


# whoever can be carried


def small(seed):
    """Up to seven parties at two stops, hours for two or three departures, few and small coaches."""
    draw = random.Random(seed)
    names = count(1)
    people = [
        demand(
            draw.choice(((0,), (1,), (0, 1))), 2, draw.randint(1, 3), draw.choice((1, 1, 2, 3)),
            release=6 * HOUR, due=(6 + draw.randint(1, 3)) * HOUR + 90, names=names,
        )
        for _ in range(draw.randint(2, 3))
    ]  # fmt: skip
    coaches = [coach(seats=draw.choice((3, 4)), available=draw.randint(2, 4))]
    squares = tuple(Square(s, draw.choice((None, 2, 3, 4)), draw.choice((1, 2))) for s in (0, 1))
    return problem(LINE, people, coaches, squares=squares)


def most_carried(made):
    """Most people that coaches from one stop each can carry within the limits, by trying everything."""
    parties = [(d, d.party_size) for d in made.demands for _ in d.parties]
    (offer,), limits = made.coaches, {s.stop: s for s in made.squares}

    @cache
    def best(i, loads):
        """People of the parties from ``i`` on; ``loads`` are (stop, hour, people) of the coaches that run."""
        if i == len(parties):
            return 0
        d, size = parties[i]
        found = best(i + 1, loads)
        for stop in d.access:
            square, drive = limits[stop], made.travel.minutes[stop * made.travel.n + d.gate]
            for hour in range(d.release_min // HOUR, (d.due_min - drive) // HOUR + 1):
                here = [load for load in loads if load[:2] == (stop, hour)]
                if square.people_per_hour is not None and sum(n for *_, n in here) + size > square.people_per_hour:
                    continue
                grown = []
                for k, load in enumerate(loads):
                    if load[:2] == (stop, hour) and load[2] + size <= offer.seats:
                        grown.append(tuple(sorted((*loads[:k], (stop, hour, load[2] + size), *loads[k + 1 :]))))
                free = len(here) < (square.coaches_per_hour or 9) and len(loads) < offer.available_per_day
                if free and size <= offer.seats:
                    grown.append(tuple(sorted((*loads, (stop, hour, size)))))
                found = max([found, *(size + best(i + 1, g) for g in set(grown))])
        return found

    return best(0, ())


@pytest.mark.parametrize("seed", range(40))
def test_as_many_are_carried_as_trying_everything_carries(seed):
    made = small(seed)
    # whom the search leaves out without any limits is another matter
    alone = left(replace(made, squares=()))
    assert made.heads - left(made) >= most_carried(made) - alone


# who is left out


def told(made, code):
    result = solve(made, LIMITS)
    assert {n.reason for n in result.not_served} == {code}
    about = dict(result.not_served[0].about)
    for language in ("zh", "en"):
        assert text(language, f"reasons.{code}", **about)
        assert all(words(language, r) for r in result.not_served[0].remedies)
    return result.not_served[0].remedies


def helps(made, remedy):
    return left(apply(made, remedy, 0)) == 0


@pytest.mark.parametrize(
    ("limits", "code", "least"),
    [
        ((4, None), "square_people", {"people": 5}),
        ((None, 1), "square_coaches", {"coaches": 2}),
        ((4, 1), "square", {"people": 10, "coaches": 2}),
    ],
)
def test_whoever_finds_every_hour_taken_is_told_which_limit_to_raise(limits, code, least):
    """Two hours are left to leave in, and coaches for all of them."""
    parties = {"square_people": 10, "square_coaches": 15, "square": 15}[code]
    made = by_line(parties, (Square(0, *limits),), due=7 * HOUR + 80 + 30)
    (remedy,) = told(made, "square_full")
    assert (remedy.code, remedy.also) == (code, ())
    assert {k: int(v) for k, v in remedy.values if k in least} == least or helps(made, remedy)
    assert helps(made, remedy)
    for name in ("people", "coaches"):
        if name in dict(remedy.values) and code != "square":
            short = replace(remedy, values=tuple((k, str(int(v) - 1) if k == name else v) for k, v in remedy.values))
            assert not helps(made, short)


def test_a_coach_that_is_missing_and_a_limit_are_asked_for_together():
    made = by_line(10, (Square(0, 4, None),), due=7 * HOUR + 80 + 30, coaches=[coach(seats=5, available=1)])
    (remedy,) = told(made, "capacity")
    assert [r.code for r in (remedy, *remedy.also)] == ["more_coaches", "square_people"]
    assert helps(made, remedy)
    assert not helps(made, replace(remedy, also=()))


def test_a_party_larger_than_a_square_lets_leave_is_told_so():
    made = problem(LINE, [demand([0], 2, size=4)], [coach(seats=5)], squares=(Square(0, 3, None),))
    (remedy,) = told(made, "square_full")
    assert dict(remedy.values)["people"] == "4"
    assert helps(made, remedy)
    assert boarded(made, solve(apply(made, remedy, 0), LIMITS))[0].total() == 4
