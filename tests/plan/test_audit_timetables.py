"""Coaches whose calls alone show that they break a rule: one trip of the small operation is given other calls."""

from dataclasses import replace
from datetime import timedelta

import operation
import pytest

from dispatch.plan.audit import audit_bundle
from dispatch.plan.bundle import write_bundle

AT = 5 * 60  # leaves at five in the morning
NEXT_DAY = 1440


def calls_of(trip, pieces):
    """Calls of a coach that stops at its three stops at the ends of the first two and the last of ``pieces``."""
    begins = [piece[0] for piece in pieces]
    ends = [piece[1] for piece in pieces]
    real = [c for c in trip.calls if c.stop_id]
    times = list(zip([begins[0], *ends], [*begins, ends[-1]], strict=True))
    made = []
    for seq, (arrives, departs) in enumerate(times, 1):
        stop = {1: real[0], 2: real[1], len(times): real[2]}.get(seq)
        rest = 0 if stop else departs - arrives
        bare = replace(stop or real[1], seq=seq, arrives_at=operation.instant(arrives), rest_minutes=rest)
        bare = replace(bare, departs_at=operation.instant(departs))
        made.append(bare if stop else replace(bare, stop_id="", stop_name="", board=0, alight=0, onboard_after=4))
    return tuple(made)


def audited(folder, pieces, drivers, metres=300_000, minutes=1, change=None, **policy):
    """Rules of driving that the bundle breaks whose trip D-1 drives in ``pieces`` (minutes of the first day)."""
    plan = operation.plan()
    trip = next(t for t in plan.trips if t.trip_id == "D-1")
    calls = calls_of(trip, pieces)
    calls = change(calls) if change else calls
    moved = replace(trip, calls=calls, drivers=drivers, departs_at=calls[0].departs_at, arrives_at=calls[-1].arrives_at)
    trips = tuple(moved if t.trip_id == "D-1" else t for t in plan.trips)
    write_bundle(replace(plan, trips=trips), "{}", folder / "plan")
    settings = operation.settings()
    drive = settings.policy.drive.model_copy(update=policy)
    settings = settings.model_copy(update={"policy": settings.policy.model_copy(update={"drive": drive})})
    found = audit_bundle(folder / "plan", operation.inputs(), settings, lambda *_: (minutes, metres // 2))
    return {v.rule for v in found if v.subject == "D-1" and v.rule.startswith(("drive.", "call.rest", "travel."))}


def spans(*pieces, start=AT):
    """Pieces from alternating minutes of driving and standing."""
    made, now = [], start
    for minutes, stands in pieces:
        made.append((now, now + minutes))
        now += minutes + stands
    return made


def days(count, start=AT, hours=(240, 240)):
    """Whole days at the wheel, with a rest between their two halves."""
    return [p for d in range(count) for p in spans(*((h, 20) for h in hours), start=start + d * 1440)]


def test_rests_and_changes_as_long_as_the_rule_are_legal(tmp_path):
    assert audited(tmp_path, spans((120, 0), (120, 20), (240, 0)), 1) == set()


def test_a_rest_a_minute_shorter_than_the_rule_is_none(tmp_path):
    assert audited(tmp_path, spans((120, 0), (120, 19), (240, 0)), 1) == {"drive.continuous"}


def test_a_change_a_minute_shorter_than_the_rule_is_none(tmp_path):
    assert audited(tmp_path, spans((120, 0), (120, 5), (240, 0)), 2) == set()
    assert audited(tmp_path / "4", spans((120, 0), (120, 4), (240, 0)), 2) == {"drive.continuous"}


def test_two_changes_a_minute_apart_are_silly_and_legal(tmp_path):
    assert audited(tmp_path, spans((120, 0), (120, 5), (1, 5), (200, 0)), 2) == set()


def test_driving_through_a_rest_that_is_only_written_down_is_caught(tmp_path):
    def written(calls):
        rest = calls[2]
        return (*calls[:2], replace(rest, departs_at=rest.arrives_at), *calls[3:])

    pieces = spans((120, 0), (120, 20), (200, 0))
    assert audited(tmp_path, pieces, 1, change=written) == {"call.rest", "drive.continuous"}


@pytest.mark.parametrize("minutes", [0, 19, 21])
def test_a_rest_is_as_long_as_its_times_say(minutes, tmp_path):
    def told(calls):
        return (*calls[:2], replace(calls[2], rest_minutes=minutes), *calls[3:])

    assert audited(tmp_path, spans((120, 0), (120, 20), (240, 0)), 1, change=told) == {"call.rest"}


def test_a_rest_written_down_at_a_stop_fits_into_it(tmp_path):
    def told(calls):
        return (calls[0], replace(calls[1], rest_minutes=21), *calls[2:])

    assert audited(tmp_path, spans((120, 21), (240, 0)), 1, change=told) == set()
    assert audited(tmp_path / "20", spans((120, 20), (240, 0)), 1, change=told) == {"call.rest"}


def test_standing_is_no_driving_when_a_leg_is_held_against_the_road(tmp_path):
    pieces = spans((240, 20), (120, 60), (120, 0))
    assert audited(tmp_path, pieces, 1, minutes=240) == set()
    assert audited(tmp_path / "faster", pieces, 1, minutes=241) == {"travel.time"}


def test_the_sixth_day_at_the_wheel_is_beyond_the_week(tmp_path):
    five = [*days(5), *spans((200, 20), (40, 0), start=AT + 5 * 1440)]
    assert audited(tmp_path, five, 1) == set()
    assert audited(tmp_path / "6", [*five[:-1], (five[-1][0], five[-1][1] + 1)], 1) == {"drive.weekly"}


def test_a_week_reaches_over_the_ends_of_the_horizon(tmp_path):
    before = AT - 4 * 1440
    assert audited(tmp_path, days(6, before), 1) == {"drive.weekly"}
    assert audited(tmp_path / "late", [*days(5, before), *days(1, before + 7 * 1440)], 1) == set()


def test_a_week_of_two_drivers_is_twice_as_long(tmp_path):
    day = ((240, 5), (240, 5), (240, 5), (240, 5))
    week = [p for d in range(5) for p in spans(*day, start=AT + d * 1440)]
    last = spans((240, 5), (240, 0), start=AT + 5 * 1440)
    assert audited(tmp_path, [*week, *last], 2) == set()
    assert audited(tmp_path / "x", [*week, *last[:1], (last[1][0], last[1][1] + 1)], 2) != set()


def test_a_rolling_day_is_no_calendar_day(tmp_path):
    late = spans((240, 20), (240, 0), start=12 * 60)
    assert audited(tmp_path, [*late, *spans((120, 0), start=12 * 60 + 1440)], 1) == set()
    assert audited(tmp_path / "x", [*late, *spans((120, 0), start=12 * 60 + 1439)], 1) == {"drive.daily"}


def test_nobody_moves_in_the_curfew_beyond_two_hundred_kilometres(tmp_path):
    night = spans((60, 20), (60, 0), start=NEXT_DAY + 60)
    assert audited(tmp_path, night, 1, metres=200_000) == set()
    assert audited(tmp_path / "far", night, 1, metres=200_002) == {"drive.curfew"}


@pytest.mark.parametrize(("expressway", "km", "due"), [(False, 400, 401), (True, 600, 601)])
def test_a_second_driver_is_due_above_the_kilometres_of_the_road(expressway, km, due, tmp_path):
    pieces = spans((120, 20), (120, 0))
    assert audited(tmp_path, pieces, 1, metres=km * 1000, expressway=expressway) == set()
    far = audited(tmp_path / "far", pieces, 1, metres=due * 1000, expressway=expressway)
    assert far == {"drive.second_driver"}
    assert audited(tmp_path / "two", pieces, 2, metres=due * 1000, expressway=expressway) == set()


@pytest.mark.parametrize(
    ("name", "prefix"), [("feeder_ride_max_min", "F"), ("last_mile_ride_max_min", "L"), ("direct_ride_max_min", "D")]
)
def test_nobody_sits_in_a_coach_longer_than_its_limit(name, prefix, tmp_path):
    bundle = operation.write(tmp_path / "plan")
    rides = {x.worker_id: x.arrives_at - x.departs_at for x in operation.legs() if x.trip_id[0] == prefix}
    longest = max(rides.values()) // timedelta(minutes=1)

    def rules(limit):
        settings = operation.settings()
        coach = settings.policy.coach.model_copy(update={name: limit})
        policy = settings.policy.model_copy(update={"coach": coach})
        found = audit_bundle(bundle, operation.inputs(), settings.model_copy(update={"policy": policy}))
        return {v.rule for v in found}, {v.subject for v in found}

    assert rules(longest)[0] == set()
    broken, people = rules(longest - 1)
    assert broken == {"coach.ride_max"}
    assert people == {worker_id for worker_id, ride in rides.items() if ride == max(rides.values())}
