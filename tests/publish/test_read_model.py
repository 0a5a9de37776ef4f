from datetime import date

import pytest
from sample_plan import sample

from dispatch.model.supply import Role
from dispatch.publish.manifests.vehicle import leader
from dispatch.publish.view import age_on, build_view, seat_order


@pytest.fixture
def view(tmp_path):
    return build_view(*sample(tmp_path))


def test_everybody_served_arrives_in_exactly_one_city(view):
    assert sum(city.people for city in view.cities) == len(view.legs_by_worker) == 51
    for city in view.cities:
        assert sum(arrival.people for arrival in city.arrivals) == city.people
        assert all(sum(g.people for g in arrival.groups) == arrival.people for arrival in city.arrivals)


def test_arrivals_are_where_the_trunk_is_left_and_last_mile_coaches_follow(view):
    shanghai, qingdao = view.cities
    assert [(a.trip.trip_id, a.call.stop_id, a.people) for a in qingdao.arrivals] == [("T-G2093-0201", "R2", 38)]
    assert [t.trip_id for t in qingdao.last_mile] == ["L-1", "L-2"]
    assert [(a.call.stop_id, a.people) for a in shanghai.arrivals] == [("E6", 4), ("E5", 9)]
    assert shanghai.last_mile == ()


def test_a_journey_runs_from_feeder_to_gate_and_each_ride_knows_the_next(view):
    feeder, train, last = view.journey("W0000")
    assert [r.trip.role for r in (feeder, train, last)] == [Role.FEEDER, Role.TRUNK, Role.LAST_MILE]
    assert (feeder.onward, train.onward, last.onward) == (train.leg, last.leg, None)
    assert last.alight.stop_id == last.employer.employer_id


def test_somebody_unserved_has_no_journey(view):
    (worker_id,) = view.unserved
    assert view.journey(worker_id) == ()


@pytest.mark.parametrize(("day", "age"), [(date(2026, 2, 27), 15), (date(2026, 2, 28), 15), (date(2026, 3, 1), 16)])
def test_age_is_counted_on_the_day_of_travel_even_for_leap_day_birthdays(day, age):
    assert age_on(date(2010, 3, 1), day) == age
    assert age_on(None, day) is None
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17


def test_seats_sort_by_row_number():
    assert sorted(["10A", "2B", "2A", "", "1F"], key=seat_order) == ["", "1F", "2A", "2B", "10A"]


def test_the_leader_is_the_adult_of_the_largest_party(view):
    rides = view.rides("F-1")
    day = view.trips["F-1"].departs_at.date()
    assert leader(rides, day).worker.worker_id == "W0004"
    minors = tuple(r for r in rides if r.worker.worker_id == "W0005")
    assert leader(minors, day) is None
