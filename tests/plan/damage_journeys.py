"""People forgotten, doubled, or carried where and when they may not be."""

from dataclasses import replace
from datetime import timedelta

from damage import Row, breaks, first, when

from dispatch.model.units import DailyHours, Position


@breaks("worker.missing")
def somebody_is_forgotten(c):
    c.tables["legs"] = [x for x in c.legs if x["worker_id"] != c.legs[0]["worker_id"]]


@breaks("chain.legs")
def somebody_rides_twice(c):
    c.legs.append(dict(c.legs[0]))


@breaks("worker.both")
def somebody_is_served_and_unserved(c):
    c.tables["unserved"].append(_left_out(c.legs[0]["worker_id"]))


@breaks("worker.twice")
def somebody_is_left_out_twice(c):
    c.tables["unserved"] += [_left_out(c.legs[0]["worker_id"])] * 2


@breaks("worker.unknown")
def a_stranger_is_listed(c):
    c.tables["unserved"].append(_left_out("somebody else"))


@breaks("worker.reason")
def nobody_says_why(c):
    c.tables["unserved"].append(_left_out(c.legs[0]["worker_id"]) | {"reason": ""})


def _left_out(worker_id: str) -> Row:
    return {"worker_id": worker_id, "reason": "no_seats", "detail": "", "remedy": ""}


@breaks("chain.start")
def somebody_boards_at_a_stop_that_is_not_theirs(c):
    leg = first(x for x in c.legs if x["leg"] == "1")
    c.change_worker(leg["worker_id"], boarding_stop=leg["alight_stop"])


@breaks("chain.start")
def somebody_lives_too_far_from_the_stop(c):
    leg = first(x for x in c.legs if x["leg"] == "1" and not c.worker(x["worker_id"]).boarding_stop)
    away = replace(c.worker(leg["worker_id"]).home, position=Position(45.0, 90.0), division_code="999999999")
    c.change_worker(leg["worker_id"], home=away)


@breaks("chain.end")
def somebody_is_brought_to_the_wrong_gate(c):
    leg = c.legs[0]
    mine = c.worker(leg["worker_id"]).employer_id
    other = first(e.employer_id for e in c.inputs.employers if e.employer_id != mine)
    c.change_worker(leg["worker_id"], employer_id=other)


@breaks("chain.broken")
def a_change_is_at_another_stop(c):
    leg = first(x for x in c.legs if x["leg"] == "2")
    leg["board_stop"] = leg["alight_stop"]


@breaks("chain.form")
def a_feeder_feeds_no_train(c):
    rides = first(r for r in c.rides().values() if len(r) > 1)
    coach = first(c.trip(x["trip_id"]) for x in rides if c.trip(x["trip_id"])["mode"] == "coach")
    coach["role"] = "trunk"


@breaks("window.ready")
def somebody_leaves_before_being_ready(c):
    leg = first(x for x in c.legs if x["leg"] == "1")
    c.change_worker(leg["worker_id"], ready_at=when(leg["departs_at"]) + timedelta(minutes=1))


@breaks("window.due")
def somebody_is_late_at_the_gate(c):
    last = c.rides()[c.legs[0]["worker_id"]][-1]
    c.change_worker(last["worker_id"], due_at=when(last["arrives_at"]) - timedelta(minutes=1))


@breaks("window.due")
def everything_runs_a_day_late(c):
    for trip in c.trips:
        c.retime(trip["trip_id"], lambda _: timedelta(days=30))


@breaks("window.horizon")
def the_horizon_has_passed(c):
    first_day = min(when(x["departs_at"]) for x in c.legs).date() + timedelta(days=1)
    horizon = c.settings.horizon.model_copy(update={"from_date": first_day})
    c.settings = c.settings.model_copy(update={"horizon": horizon})


@breaks("hours.gate")
def a_gate_is_closed_on_arrival(c):
    last = c.rides()[c.legs[0]["worker_id"]][-1]
    shut = (_minute(last["arrives_at"]) + 1) % 1440
    employers = [
        replace(e, hours=DailyHours(shut, shut)) if e.employer_id == last["alight_stop"] else e
        for e in c.inputs.employers
    ]
    c.inputs = replace(c.inputs, employers=tuple(employers))


@breaks("hours.stop")
def a_station_is_closed(c):
    leg = first(x for x in c.legs if c.trip(x["trip_id"])["mode"] != "coach")
    shut = (_minute(leg["arrives_at"]) + 1) % 1440
    stops = [replace(s, hours=DailyHours(shut, shut)) if s.stop_id == leg["alight_stop"] else s for s in c.inputs.stops]
    c.inputs = replace(c.inputs, stops=tuple(stops))


def _minute(text: str) -> int:
    return when(text).hour * 60 + when(text).minute


@breaks("connect.min")
def a_feeder_is_late_for_its_train(c):
    rides = first(r for r in c.rides().values() if len(r) > 1 and c.trip(r[0]["trip_id"])["mode"] == "coach")
    late = when(rides[1]["departs_at"]) - when(rides[0]["arrives_at"]) - timedelta(minutes=1)
    c.retime(rides[0]["trip_id"], lambda _: late)


@breaks("connect.min")
def the_last_mile_leaves_too_soon(c):
    rides = first(r for r in c.rides().values() if len(r) > 1 and c.trip(r[-2]["trip_id"])["mode"] != "coach")
    early = when(rides[-2]["arrives_at"]) - when(rides[-1]["departs_at"]) + timedelta(minutes=1)
    c.retime(rides[-1]["trip_id"], lambda _: early)


@breaks("mode.barred")
def somebody_rides_what_is_barred(c):
    leg = c.legs[0]
    c.change_worker(leg["worker_id"], modes_barred=frozenset({c.offer(c.trip(leg["trip_id"])).mode}))
