"""Coaches that nobody could or may drive so."""

from datetime import datetime, timedelta

from damage import Case, NotApplicableError, Row, breaks, first, when


@breaks("coach.base")
def a_coach_starts_far_from_its_base(c):
    trip = c.coach()
    far = max(c.inputs.stops, key=lambda s: abs(s.position.lon - float(c.calls(trip["trip_id"])[0]["lon"])))
    c.change_offer(trip["offer_id"], base_stop=far.stop_id)


@breaks("coach.one_load")
def somebody_alights_before_the_last_boards(c):
    for trip in c.trips:
        seqs = [x["seq"] for x in c.calls(trip["trip_id"]) if x["board"] != "0"]
        if trip["mode"] == "coach" and len(seqs) > 1:
            leg = first(x for x in c.legs if x["trip_id"] == trip["trip_id"] and x["from_seq"] == seqs[0])
            leg["to_seq"] = seqs[1]
            return
    raise NotApplicableError


@breaks("coach.distance")
def a_coach_is_billed_for_more_kilometres(c):
    trip = c.coach()
    trip["distance_km"] = f"{float(trip['distance_km']) + 1:.3f}"


@breaks("travel.time")
def a_coach_flies_over_the_road(c):
    trip = c.coach()
    calls = c.calls(trip["trip_id"])
    drive = when(calls[1]["arrives_at"]) - when(calls[0]["departs_at"])
    c.retime(trip["trip_id"], lambda seq: -_half(drive) if seq > int(calls[0]["seq"]) else timedelta())


def _half(span: timedelta) -> timedelta:
    return timedelta(minutes=(int(span.total_seconds()) // 60 + 1) // 2)


@breaks("travel.time")
def the_road_is_longer_than_thought(c):
    c.change_policy("travel", detour=3.0)


@breaks("drive.continuous")
def the_rests_of_a_coach_are_driven_through(c):
    resting = {x["trip_id"] for x in c.tables["calls"] if not x["stop_id"]}
    trip = first(t for t in c.trips if t["trip_id"] in resting and float(t["distance_km"]) > 700)
    c.tables["calls"] = [x for x in c.tables["calls"] if x["trip_id"] != trip["trip_id"] or x["stop_id"]]


@breaks("drive.continuous")
def driving_without_a_rest_is_cut_to_ten_minutes(c):
    c.coach()
    c.change_policy("drive", continuous_min=10, night_from="03:00", night_to="03:01")


@breaks("drive.continuous_night")
def driving_by_night_is_cut_to_ten_minutes(c):
    moving = _driving_of(c, c.coach())
    span = (moving[0] + timedelta(minutes=11)).strftime("%H:%M")
    if moving[1] - moving[0] < timedelta(minutes=12):
        raise NotApplicableError
    c.change_policy("drive", continuous_night_min=10, night_from=moving[0].strftime("%H:%M"), night_to=span)


def _driving_of(c: Case, trip: Row) -> tuple[datetime, datetime]:
    calls = c.calls(trip["trip_id"])
    return when(calls[0]["departs_at"]), when(calls[1]["arrives_at"])


@breaks("drive.continuous")
def rests_and_changes_last_four_minutes(c):
    trip = first(t for t in c.trips if _rests(c, t) and float(t["distance_km"]) > 700)
    spared, saved = {}, timedelta()
    for call in c.calls(trip["trip_id"]):
        spared[int(call["seq"])] = saved
        if not call["stop_id"]:
            saved += timedelta(minutes=int(call["rest_minutes"]) - 4)
    c.retime(trip["trip_id"], lambda seq: -spared[seq])
    for call in _rests(c, trip):
        call["departs_at"] = (when(call["arrives_at"]) + timedelta(minutes=4)).isoformat()
        call["rest_minutes"] = "4"


def _rests(c: Case, trip: Row) -> list[Row]:
    return [x for x in c.calls(trip["trip_id"]) if not x["stop_id"]]


@breaks("call.rest")
def a_rest_is_written_down_longer_than_it_is(c):
    rest = first(x for x in c.tables["calls"] if not x["stop_id"])
    rest["rest_minutes"] = str(int(rest["rest_minutes"]) + 1)


@breaks("call.rest")
def a_rest_is_written_down_and_driven_through(c):
    rest = first(x for x in c.tables["calls"] if not x["stop_id"])
    rest["departs_at"] = rest["arrives_at"]


@breaks("travel.time")
def a_leg_with_rests_inside_is_driven_faster_than_the_road(c):
    trip = first(t for t in c.trips if _rests(c, t))
    seq = int(_rests(c, trip)[0]["seq"])
    c.retime(trip["trip_id"], lambda at: timedelta(minutes=-2) if at >= seq else timedelta())


@breaks("coach.ride_max")
def rides_on_feeders_are_cut_to_a_minute(c):
    c.coach("feeder")
    c.change_policy("coach", feeder_ride_max_min=1)


@breaks("coach.ride_max")
def rides_on_direct_coaches_are_cut_to_a_minute(c):
    c.coach("trunk")
    c.change_policy("coach", direct_ride_max_min=1)


@breaks("drive.second_driver")
def the_expressway_spares_the_second_driver_up_to_six_hundred_kilometres_only(c):
    c.long_coach(601)["drivers"] = "1"
    c.change_policy("drive", expressway=True)


@breaks("drive.daily")
def a_day_at_the_wheel_is_cut_to_ten_minutes(c):
    c.coach()
    c.change_policy("drive", daily_min=10)


@breaks("drive.weekly")
def a_week_at_the_wheel_is_cut_to_ten_minutes(c):
    c.coach()
    c.change_policy("drive", weekly_min=10)


@breaks("drive.curfew")
def a_long_coach_leaves_at_half_past_two(c):
    trip = c.long_coach(201)
    leaves = when(trip["departs_at"])
    c.retime(trip["trip_id"], lambda _: leaves.replace(hour=2, minute=30) - leaves)


@breaks("drive.curfew")
def the_curfew_spares_nobody(c):
    start, _ = _driving_of(c, c.coach())
    end = (start + timedelta(minutes=5)).strftime("%H:%M")
    c.change_policy("drive", curfew_exempt_km=0, curfew_from=start.strftime("%H:%M"), curfew_to=end)


@breaks("drive.second_driver")
def the_second_driver_stays_home(c):
    c.long_coach(401)["drivers"] = "1"


@breaks("trip.drivers")
def nobody_drives(c):
    c.coach()["drivers"] = "0"
