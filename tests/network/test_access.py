"""Where people may board: nearest first within reach, the fixed stop, or a stop made at the seat of their township."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster import SEAT, STOPS, at, built, home, ids, inputs, worker

from dispatch.model.supply import StopKind
from dispatch.model.units import Position, great_circle_m
from dispatch.network.access import access_stops, haversine_m


def boarding(north_km, reach_km=40.0, **changes):
    people = inputs([worker("W1", home=home(at(north_km)), **changes)])
    (found,), made = access_stops(people, reach_km * 1000)
    return list(found), made


def test_assembly_stops_within_reach_come_nearest_first():
    assert boarding(0) == (["A2", "A1"], [])
    assert boarding(20) == (["A1", "A2"], [])


@pytest.mark.parametrize(
    ("reach", "found"), [(5.01, ["A2"]), (9.9, ["A2"]), (10.01, ["A2", "A1"]), (91, ["A2", "A1", "A9"])]
)
def test_reach_ends_at_the_configured_kilometres(reach, found):
    assert boarding(0, reach)[0] == found


def test_a_station_is_no_assembly_stop_unless_it_is_chosen():
    assert "R1" not in boarding(3)[0]
    assert boarding(3, boarding_stop="R1") == (["R1"], [])


def test_a_fixed_stop_holds_however_far_it_is():
    assert boarding(0, 1, boarding_stop="A9") == (["A9"], [])


def test_a_stop_is_made_at_the_seat_only_where_none_is_in_reach():
    found, (made,) = boarding(300)
    assert (found, made.stop_id, made.position, made.made, made.kind) == (
        ["141024"],
        "141024",
        SEAT,
        True,
        StopKind.ASSEMBLY,
    )


def test_one_stop_is_made_for_a_township_however_many_live_there():
    problem, notices = built([worker(f"W{i}", home=home(at(300 + i))) for i in range(4)])
    assert [n.code for n in notices] == ["made_stop"]
    assert len(problem.demands) == 1
    assert ids(problem, problem.demands[0].access) == ["141024"]


def test_a_home_nobody_could_find_has_no_stop_and_is_told():
    unknown = home(None, level="unknown", division_code="", seat=None)
    problem, notices = built([worker("W1", home=unknown), worker("W2")])
    assert [(n.code, n.worker_id, n.row) for n in notices] == [("no_stop_in_reach", "W1", 4)]
    assert problem.heads == 2
    assert sorted(len(d.access) for d in problem.demands) == [0, 2]


def test_every_member_of_a_party_whose_home_is_unknown_is_told_of():
    unknown = home(None, level="unknown", division_code="", seat=None)
    _, notices = built([worker("W1", party="P"), worker("W2", party="P", home=unknown)])
    assert [n.code for n in notices] in (["party_apart"], ["no_stop_in_reach"])


def test_stops_that_nobody_needs_are_left_out_and_counted():
    problem, _ = built([worker("W1")])
    assert ids(problem, range(len(problem.stops))) == ["A1", "A2", "R1", "R2", "E1"]
    assert problem.pruned == {"stops_not_used": len(STOPS) - 5}


POINTS = st.builds(Position, st.floats(-80, 80), st.floats(-179, 179))


@given(POINTS, POINTS)
def test_distances_in_bulk_are_the_distances_one_by_one(a, b):
    assert haversine_m([a], [b])[0, 0] == pytest.approx(great_circle_m(a, b), abs=0.01)
    assert math.isfinite(haversine_m([a, b], [a, b]).sum())
