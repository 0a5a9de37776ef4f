"""Routes are the best there are where that can be known, and keep every rule where a solver's own word would not do."""

import os
import signal
import threading
from dataclasses import replace
from multiprocessing import active_children

import numpy as np
import pytest
from flat import SOON, best, coach, flat, random_problem, routed

from dispatch.solve.routing import MISSING, Request, Shape, Stop, Vehicle, route, violations

LINE = [(0, 0), (30, 0), (40, 0), (50, 0)]


@pytest.mark.parametrize("seed", range(60))
def test_small_problems_are_solved_to_the_best_that_trying_everything_finds(seed):
    problem = random_problem(seed)
    answer = routed(problem)
    assert (answer.left_out, answer.cost_fen) == best(problem)
    assert violations(problem, answer) == ()


@pytest.mark.parametrize("shape", [Shape.GATHER, Shape.SPREAD])
def test_more_people_than_a_coach_holds_are_shared_out_with_parties_whole(shape):
    parties = (7, 7, 7, 5, 5, 3, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1)
    problem = flat(LINE[:2], [Request(1, parties, hub_min=600)], [coach(20)], shape)
    answer = routed(problem)
    assert answer.unserved == () and len(answer.trips) == 3
    assert sorted(p for t in answer.trips for p in t.parties) == [(0, p) for p in range(len(parties))]


def test_a_coach_stands_once_at_a_place_however_many_board_there():
    requests = [Request(1, (6,) * 6, 600), Request(2, (4,), 600)]
    [trip] = routed(flat(LINE, requests, [coach()], Shape.GATHER)).trips
    assert [v.place for v in trip.visits] == [2, 1]
    assert trip.ends_min - trip.starts_min == 10 + 5 + 30
    assert (trip.visits[0].arrives_min, trip.visits[0].departs_min) == (600 - 45, 600 - 45)


def test_a_ride_limit_holds_to_the_minute_without_the_stand_at_the_first_stop():
    requests = [Request(1, (6,), 600), Request(2, (4,), 600)]
    together = flat(LINE, requests, [coach()], Shape.GATHER, ride_limit_min=45)
    assert len(routed(together).trips) == 1
    assert len(routed(replace(together, ride_limit_min=44)).trips) == 2
    nobody = routed(replace(together, ride_limit_min=39))
    assert (len(nobody.trips), nobody.unserved) == (1, ((1, 0),))


def test_riders_of_several_trains_share_a_coach_that_is_in_time_for_the_first():
    requests = [Request(1, (6,), 600), Request(2, (4,), 540, earliest=440)]
    [trip] = routed(flat(LINE, requests, [coach()], Shape.GATHER)).trips
    assert trip.ends_min == 540
    late = [requests[0], replace(requests[1], earliest=520)]
    answer = routed(flat(LINE, late, [coach()], Shape.GATHER))
    assert answer.unserved == ((1, 0),)


def test_a_coach_waits_at_the_station_for_the_later_of_two_trains():
    requests = [Request(1, (6,), 600), Request(2, (4,), 630)]
    [trip] = routed(flat(LINE, requests, [coach()])).trips
    assert (trip.starts_min, trip.ends_min) == (630, 675)
    assert trip.person_minutes == 6 * 60 + 4 * 45


def test_a_party_above_every_coach_is_left_out_and_nobody_else_is():
    answer = routed(flat(LINE, [Request(1, (41, 5)), Request(2, (3,))], [coach(40)]))
    assert answer.unserved == ((0, 0),) and answer.left_out == 41


def test_where_seats_are_too_few_they_are_filled_before_anybody_is_left_out():
    requests = [Request(1, (10,)), Request(2, (10,)), Request(3, (15,))]
    answer = routed(flat(LINE, requests, [coach(25, available=1)]))
    assert answer.left_out == 10 and sum(t.people for t in answer.trips) == 25


def test_dear_coaches_do_not_make_an_overfull_one_the_cheaper_choice():
    requests = [Request(p, (12,), 600) for p in (1, 2, 3)]
    dear = coach(24, fixed=300_000_000, km=5_000_000)
    answer = routed(flat(LINE, requests, [dear], Shape.GATHER))
    assert answer.unserved == () and [t.people for t in answer.trips] in ([24, 12], [12, 24])


def test_a_road_that_is_missing_is_not_driven():
    problem = flat(LINE, [Request(1, (5,)), Request(2, (5,)), Request(3, (5,))], [coach(fixed=0)])
    metres = problem.metres.copy()
    metres[1, 2] = metres[:3, 3] = MISSING
    answer = routed(replace(problem, metres=metres))
    assert answer.unserved == ((2, 0),)
    assert all([v.place for v in t.visits] != [1, 2] for t in answer.trips)


def test_a_free_coach_does_not_drive_a_missing_road_either():
    problem = flat(LINE[:3], [Request(1, (5,)), Request(2, (5,))], [coach(available=1, fixed=0, km=0)])
    metres = problem.metres.copy()
    metres[1, 2] = metres[2, 1] = MISSING
    assert routed(replace(problem, metres=metres)).left_out == 5


def test_a_coach_only_begins_where_its_base_is_near():
    requests = [Request(1, (6,), 600), Request(2, (4,), 600)]
    tied = flat(LINE, requests, [coach(begins=frozenset({1}), available=1)], Shape.GATHER)
    [trip] = routed(tied).trips
    assert trip.visits[0].place == 1 and trip.people == 10


def test_the_cheapest_of_the_types_that_hold_the_people_is_taken():
    fleet = [coach(50, fixed=300_000), coach(20, fixed=90_000), coach(20, available=0, fixed=1)]
    [trip] = routed(flat(LINE, [Request(1, (9,)), Request(2, (9,))], fleet)).trips
    assert trip.vehicle == 1


def test_trips_below_their_minimum_are_reported():
    answer = routed(flat(LINE, [Request(1, (9,))], [coach(min_passengers=10)]))
    assert answer.short == (0,)


def test_round_trips_count_the_way_home():
    answer = routed(flat(LINE, [Request(1, (9,)), Request(3, (9,))], [coach(km=1000)], Shape.ROUND))
    assert answer.cost_fen == 100_000 + 1000 * 100


def test_matrices_with_fractions_are_refused_rather_than_cut_off():
    problem = flat(LINE, [Request(1, (1,))], [coach()])
    with pytest.raises(ValueError, match="metres has shape"):
        replace(problem, metres=problem.metres / 7)


@pytest.mark.parametrize(
    "broken", [Stop, lambda: Request(1, ()), lambda: Vehicle("C", 0, 1, 0, 0), lambda: Request(1, (1,), -1)]
)
def test_a_question_without_sense_is_refused(broken):
    with pytest.raises(ValueError):
        broken()


def test_nobody_to_carry_and_no_coach_at_all_are_answers_too():
    assert routed(flat(LINE, [], [coach()])).trips == ()
    assert routed(flat(LINE, [Request(1, (4,))], [])).left_out == 4


def test_with_rounds_the_answer_is_the_same_on_every_run():
    problem = random_problem(3)
    assert routed(problem, seed=5) == routed(problem, seed=5)


def test_no_unsigned_overflow_hides_in_the_matrices_of_the_travel_times():
    problem = flat(LINE, [Request(1, (9,), 600)], [coach(km=500_000)])
    narrow = replace(problem, metres=problem.metres.astype(np.int32), minutes=problem.minutes.astype(np.int32))
    assert routed(narrow).cost_fen == routed(problem).cost_fen


def _kill_the_first_child(killed):
    while not killed.is_set():
        for child in active_children():
            os.kill(child.pid, signal.SIGKILL)
            killed.set()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed this way here")
def test_a_killed_process_does_not_change_the_answer():
    problem, killed = random_problem(8), threading.Event()
    killer = threading.Thread(target=_kill_the_first_child, args=(killed,), daemon=True)
    killer.start()
    answer = route(problem, SOON, processes=2)
    assert killed.is_set()
    killer.join()
    assert answer == route(problem, SOON, processes=2)
