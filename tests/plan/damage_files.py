"""Files and tables that do not hold together."""

from datetime import timedelta

from damage import breaks, first, move


@breaks("bundle.form")
def a_heading_is_renamed(c):
    c.tables["trips"] = [{("price" if k == "cost" else k): v for k, v in row.items()} for row in c.trips]


@breaks("bundle.form")
def a_time_is_garbage(c):
    c.tables["calls"][0]["arrives_at"] = "soon"


@breaks("bundle.form")
def a_time_has_no_offset(c):
    c.tables["calls"][0]["arrives_at"] = c.tables["calls"][0]["arrives_at"][:19]


@breaks("bundle.form")
def a_file_is_gone(c):
    c.gone = "costs.csv"


@breaks("bundle.form")
def the_problem_is_cut_short(c):
    c.problem = '{"name": '


@breaks("bundle.form")
def a_call_names_no_trip(c):
    c.tables["calls"].append(c.tables["calls"][0] | {"trip_id": "nowhere"})


@breaks("trip.twice")
def a_trip_stands_twice(c):
    c.trips.append(dict(c.trips[0]))


@breaks("trip.calls")
def a_trip_has_no_calls(c):
    gone = c.trips[0]["trip_id"]
    c.tables["calls"] = [x for x in c.tables["calls"] if x["trip_id"] != gone]


@breaks("trip.ends")
def a_trip_starts_elsewhere(c):
    c.trips[0]["origin_stop"] = c.trips[0]["destination_stop"]


@breaks("trip.ends")
def a_trip_ends_at_another_time(c):
    move(c.trips[0], "arrives_at", timedelta(minutes=1))


@breaks("trip.passengers")
def a_trip_counts_one_too_many(c):
    c.trips[0]["passengers"] = str(int(c.trips[0]["passengers"]) + 1)


@breaks("call.order")
def a_call_leaves_before_it_arrives(c):
    move(c.tables["calls"][0], "arrives_at", timedelta(minutes=1))


@breaks("call.order")
def a_call_stands_out_of_order(c):
    calls = c.calls(c.coach()["trip_id"])
    calls[-1]["seq"] = calls[0]["seq"]


@breaks("call.rest")
def a_rest_is_shorter_than_said(c):
    rest = first(x for x in c.tables["calls"] if not x["stop_id"])
    rest["rest_minutes"] = str(int(rest["rest_minutes"]) + 20)


@breaks("call.place")
def a_stop_ismoved(c):
    c.tables["calls"][0]["lat"] = str(float(c.tables["calls"][0]["lat"]) + 0.01)


@breaks("call.counts")
def a_call_says_one_more_aboard(c):
    c.tables["calls"][0]["onboard_after"] = str(int(c.tables["calls"][0]["onboard_after"]) + 1)


@breaks("call.counts")
def a_call_says_one_fewer_boards(c):
    call = first(x for x in c.tables["calls"] if x["board"] != "0")
    call["board"] = str(int(call["board"]) - 1)


@breaks("leg.trip")
def a_leg_names_no_trip(c):
    c.legs[0]["trip_id"] = "nowhere"


@breaks("leg.calls")
def a_leg_names_the_wrong_call(c):
    leg = first(x for x in c.legs if len(c.calls(x["trip_id"])) > 2)
    others = {x["seq"] for x in c.calls(leg["trip_id"])} - {leg["from_seq"]}
    leg["from_seq"] = min(others, key=int)


@breaks("leg.times")
def a_leg_leaves_a_minute_early(c):
    move(c.legs[0], "departs_at", timedelta(minutes=-1))
