"""Who boards when, and when to be there."""

from dataclasses import replace
from itertools import groupby

from sample_plan import sample

from dispatch.config import ConnectPolicy, Policy
from dispatch.model.supply import Mode
from dispatch.publish.manifests.boarding import boarding_order, gate_time, setting_out
from dispatch.publish.manifests.vehicle import vehicle_sheet
from dispatch.publish.view import build_view


def rides_of(tmp_path, trip_id, seats=None, parties=None):
    """Everybody on a trip; some moved to other seats, some put into parties."""
    view = build_view(*sample(tmp_path))
    rides = view.rides(trip_id)
    return tuple(
        replace(
            ride,
            leg=replace(ride.leg, seat=(seats or {}).get(ride.leg.seat, ride.leg.seat)),
            worker=replace(ride.worker, party=(parties or {}).get(ride.leg.seat, "")),
        )
        for ride in rides
    )


def test_people_board_call_by_call_from_the_back_to_the_front(tmp_path):
    ordered = boarding_order(rides_of(tmp_path, "F-1"))
    first, second = ([r.leg.seat for r in call] for _, call in groupby(ordered, key=lambda r: r.leg.from_seq))
    assert first == ["7A", "7B", "6A", "6B", "6C", "6D", "5C", "5D"]
    assert second == [
        f"{row}{letter}" for row, letters in ((5, "AB"), *((r, "ABCD") for r in (4, 3, 2, 1))) for letter in letters
    ]


def test_a_party_boards_together_with_its_rearmost_member(tmp_path):
    ordered = boarding_order(rides_of(tmp_path, "F-2", parties={"1A": "P", "3D": "P", "2B": "Q", "1D": "Q"}))
    seats = [r.leg.seat for r in ordered]
    assert seats == ["3A", "3B", "3C", "3D", "1A", "2A", "2B", "1D", "2C", "2D", "1B", "1C"]


def test_people_of_one_party_who_board_at_two_calls_board_with_their_call(tmp_path):
    ordered = boarding_order(rides_of(tmp_path, "F-1", parties={"1A": "P", "7B": "P"}))
    assert [r.leg.from_seq for r in ordered] == [1] * 8 + [2] * 18


def test_the_order_hangs_on_nothing_but_seats_and_parties(tmp_path):
    rides = rides_of(tmp_path, "F-2", parties={"1A": "P", "3D": "P"})
    assert boarding_order(rides[::-1]) == boarding_order(rides)
    assert sorted(r.worker.worker_id for r in boarding_order(rides)) == sorted(r.worker.worker_id for r in rides)


def test_row_ten_boards_before_row_two(tmp_path):
    ordered = boarding_order(rides_of(tmp_path, "F-2", seats={"1A": "10A"}))
    assert ordered[0].leg.seat == "10A"


def test_who_sets_out_by_train_is_there_as_early_as_a_feeder_would_be(tmp_path):
    plan, inputs, settings = sample(tmp_path, gate_lead_min=20)
    settings = settings.model_copy(update={"policy": Policy(connect=ConnectPolicy(coach_to_rail_min=50))})
    early = {w.worker_id for w in inputs.workers if w.boarding_stop == "S3"}
    legs = tuple(replace(leg, leg=leg.leg - (leg.worker_id in early)) for leg in plan.legs if leg.trip_id != "F-2")
    view = build_view(replace(plan, legs=legs), inputs, settings)
    train = view.trips["T-G2093-0201"]
    assert len(setting_out(view.rides(train.trip_id))) == len(early) == 12
    calls = vehicle_sheet(view, train, unmask=False).overview
    column = [c.heading for c in calls.columns].index("到场时间")
    assert [row[column] for row in calls.rows] == ["2月1日 09:40", ""]
    flight = replace(train, mode=Mode.FLIGHT)
    assert (train.departs_at - gate_time(view, flight, train.departs_at)).seconds == 120 * 60


def test_no_lead_leaves_no_column_for_it(tmp_path):
    view = build_view(*sample(tmp_path, gate_lead_min=0))
    calls = vehicle_sheet(view, view.trips["F-1"], unmask=False).overview
    assert "到场时间" not in [c.heading for c in calls.columns]
