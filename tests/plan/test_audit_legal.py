"""What is legal at the edge is not flagged."""

from dataclasses import replace
from datetime import date, timedelta

import operation
import pytest

from dispatch.model.demand import TravelEntry
from dispatch.model.supply import Mode
from dispatch.model.units import DailyHours, Position, great_circle_m
from dispatch.network import problem_json
from dispatch.plan.audit import audit_bundle, stated_road
from dispatch.plan.audit.seats import seat_of
from dispatch.plan.bundle import write_bundle

PROBLEM = problem_json(operation.problem())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return operation.write(tmp_path_factory.mktemp("small") / "plan")


def rules(bundle, inputs=None, settings=None, road=None):
    return [v.rule for v in audit_bundle(bundle, inputs or operation.inputs(), settings or operation.settings(), road)]


def with_worker(worker_id, **changes):
    inputs = operation.inputs()
    return replace(
        inputs, workers=tuple(replace(w, **changes) if w.worker_id == worker_id else w for w in inputs.workers)
    )


def with_offer(offer_id, **changes):
    inputs = operation.inputs()
    return replace(inputs, offers=tuple(replace(o, **changes) if o.offer_id == offer_id else o for o in inputs.offers))


def policy(section, **changes):
    settings = operation.settings()
    part = getattr(settings.policy, section).model_copy(update=changes)
    return settings.model_copy(update={"policy": settings.policy.model_copy(update={section: part})})


def span(worker_id):
    legs = [leg for leg in operation.legs() if leg.worker_id == worker_id]
    return legs[0].departs_at, legs[-1].arrives_at


def test_leaving_the_minute_one_is_ready(bundle):
    assert rules(bundle, with_worker("W04", ready_at=span("W04")[0])) == []


def test_arriving_the_minute_one_is_due(bundle):
    assert rules(bundle, with_worker("W04", due_at=span("W04")[1])) == []


def test_arriving_the_minute_a_gate_closes(bundle):
    inputs = operation.inputs()
    arrives = span("W01")[1]
    hours = DailyHours(8 * 60, arrives.hour * 60 + arrives.minute)
    employers = tuple(replace(e, hours=hours) if e.employer_id == "E1" else e for e in inputs.employers)
    assert rules(bundle, replace(inputs, employers=employers)) == []


def test_boarding_while_a_stop_opens(bundle):
    inputs = operation.inputs()
    opens = DailyHours(6 * 60 + 40, 20 * 60)  # the coach is there from 06:36 to 06:41
    stops = tuple(replace(s, hours=opens) if s.stop_id == "A1" else s for s in inputs.stops)
    assert rules(bundle, replace(inputs, stops=stops)) == []


def test_changing_in_exactly_the_least_time(bundle):
    arrives = next(x.arrives_at for x in operation.legs() if x.trip_id == "Z-1")
    departs = next(x.departs_at for x in operation.legs() if x.trip_id == "L-1")
    least = int((departs - arrives) / timedelta(minutes=1))
    assert rules(bundle, settings=policy("connect", rail_to_coach_min=least)) == []
    assert "connect.min" in rules(bundle, settings=policy("connect", rail_to_coach_min=least + 1))


def test_a_charter_with_exactly_its_least_load_and_all_its_vehicles(bundle):
    assert rules(bundle, with_offer("Z1", min_passengers=8, available=1)) == []
    assert rules(bundle, with_offer("C1", available=3)) == []
    assert rules(bundle, with_offer("C1", available=2)) == ["offer.available"]


def test_a_load_cap_that_is_just_reached(bundle):
    assert rules(bundle, settings=policy("load", cap=9 / 37)) == []
    assert rules(bundle, settings=policy("load", cap=8.9 / 37)) == ["load.cap"]


def test_a_coach_as_far_from_its_base_as_allowed(bundle):
    away = great_circle_m(operation.SEAT_AT, operation.place("A1")) / 1000
    settings = operation.settings()
    for km, expected in ((away, []), (away - 0.01, ["coach.base"])):
        near = settings.policy.model_copy(update={"coach_base_km": km})
        assert rules(bundle, settings=settings.model_copy(update={"policy": near})) == expected


def test_a_short_shuttle_may_run_through_the_curfew(tmp_path):
    plan = operation.plan()
    night = timedelta(hours=-4)  # F-1 leaves at 02:00
    trips = tuple(
        replace(
            t,
            departs_at=t.departs_at + night,
            arrives_at=t.arrives_at + night,
            calls=tuple(replace(c, arrives_at=c.arrives_at + night, departs_at=c.departs_at + night) for c in t.calls),
        )
        if t.trip_id == "F-1"
        else t
        for t in plan.trips
    )
    legs = tuple(
        replace(x, departs_at=x.departs_at + night, arrives_at=x.arrives_at + night) if x.trip_id == "F-1" else x
        for x in plan.legs
    )
    write_bundle(replace(plan, trips=trips, legs=legs), PROBLEM, tmp_path / "plan")
    found = rules(tmp_path / "plan")
    assert "drive.curfew" not in found
    assert set(found) == {"summary.objective", "summary.passenger_hours"}
    assert "drive.curfew" in rules(tmp_path / "plan", settings=policy("drive", curfew_exempt_km=20))


def test_a_stop_of_the_users_table_beats_the_estimate(bundle):
    def audited(minutes):
        entry = TravelEntry("A2", "A1", minutes, operation.road("A2", "A1")[1])
        return rules(bundle, replace(operation.inputs(), travel_entries=(entry,)))

    assert audited(36) == []
    assert audited(37) == ["travel.time"]


def test_a_table_counts_in_its_own_direction_only(bundle):
    entry = TravelEntry("A1", "R1", 900, operation.road("A1", "R1")[1])
    backwards = TravelEntry("R1", "A1", 900, 1)
    assert rules(bundle, replace(operation.inputs(), travel_entries=(backwards,))) == []
    assert rules(bundle, replace(operation.inputs(), travel_entries=(entry,))) == ["travel.time"]


def test_a_given_source_of_travel_times_is_the_one_that_counts(bundle):
    own = stated_road(operation.inputs(), operation.settings())

    def slower(a, b, a_id, b_id):
        minutes, metres = own(a, b, a_id, b_id)
        return minutes + 1, metres

    assert set(rules(bundle, road=slower)) == {"travel.time"}


def test_somebody_with_no_point_near_may_board_at_the_seat_only(bundle):
    near = Position(operation.SEAT_AT.lat + 0.01, operation.SEAT_AT.lon)
    inputs = operation.inputs()
    opened = replace(inputs.stops[0], stop_id="A9", position=near)
    assert rules(bundle, replace(inputs, stops=(*inputs.stops, opened))) == ["chain.start"]


def test_a_point_just_inside_the_reach(bundle):
    home = operation.home("A1")
    away = great_circle_m(operation.place("A2"), operation.place("A1")) / 1000
    settings = operation.settings()
    moved = with_worker("W04", home=home)  # lives at A1, boards at A2
    for km, expected in ((away, []), (away - 0.01, ["chain.start"])):
        reach = settings.policy.model_copy(update={"access_max_km": km})
        assert rules(bundle, moved, settings.model_copy(update={"policy": reach})) == expected


def test_a_party_on_the_same_trips_is_together(bundle):
    inputs = with_worker("W04", party="P9")
    inputs = replace(
        inputs, workers=tuple(replace(w, party="P9") if w.worker_id in ("W05", "W06") else w for w in inputs.workers)
    )
    assert rules(bundle, inputs) == []


def test_a_party_that_stays_behind_as_a_whole_is_together(bundle):
    assert rules(bundle, with_worker("W14", party="P9")) == []


def test_a_minor_left_behind_with_the_guardian_sits_nowhere(bundle):
    assert rules(bundle, with_worker("W14", guardian_id="W99")) == []


@pytest.mark.parametrize(
    ("seats", "apart"),
    [
        (("1A", "1B", "1C"), set()),  # one beside the guardian, the other in the same row
        (("1A", "1B", "2A"), set()),  # or in the next
        (("1A", "1B", "3A"), {"W10"}),
        (("1A", "2A", "2B"), {"W10", "W11"}),  # the seat beside the guardian went to somebody else
    ],
)
def test_wards_who_outnumber_the_seats_beside_their_guardian_are_within_a_row(seats, apart, tmp_path):
    given = dict(zip(("W12", "W11", "W10"), seats, strict=True)) | {"W09": "5A"}
    plan = operation.plan()
    write_bundle(
        replace(plan, legs=tuple(replace(x, seat=given.get(x.worker_id, x.seat)) for x in plan.legs)),
        PROBLEM,
        tmp_path / "plan",
    )
    inputs = operation.inputs()
    for born, expected in ((date(2012, 3, 3), apart), (date(1990, 3, 3), set())):  # grown-ups need no seat beside
        wards = tuple(
            replace(w, guardian_id="W12", born=born) if w.worker_id in ("W10", "W11") else w for w in inputs.workers
        )
        found = audit_bundle(tmp_path / "plan", replace(inputs, workers=wards), operation.settings())
        assert {(v.rule, v.subject) for v in found} == {("minor.guardian", w) for w in expected}


def test_seats_beyond_the_last_row_do_not_exist():
    assert seat_of("10A", "2+2", 37) is None
    assert seat_of("10B", "2+2", 38) is not None
    assert seat_of("10C", "2+2", 38) is None
    assert seat_of("9E", "2+2", 37) is not None  # the bench of five at the rear
    assert seat_of("8E", "2+2", 37) is None
    assert seat_of("1E", "3+2", 60) is None
    assert seat_of("01A", "2+2", 37) is None


def test_hours_that_nobody_could_settle_are_reported_as_such(bundle, monkeypatch):
    monkeypatch.setattr("dispatch.plan.audit.driving.can_be_driven", lambda *_: None)
    assert set(rules(bundle)) == {"drive.unproven"}


def test_a_barred_mode_that_is_not_used(bundle):
    assert rules(bundle, with_worker("W09", modes_barred=frozenset({Mode.TRAIN, Mode.FLIGHT}))) == []


def test_money_as_text_and_as_number_is_the_same(bundle, tmp_path):
    plan = operation.plan()
    summary = plan.summary | {"objective": f"{plan.summary['objective']:.2f}"}
    write_bundle(replace(plan, summary=summary), PROBLEM, tmp_path / "plan")
    assert rules(tmp_path / "plan") == []
