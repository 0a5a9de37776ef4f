"""Ways to break a valid bundle, each with the rule that must notice; they work on any bundle, small or real.

``broken(name, folder, into, inputs, settings)`` writes the broken bundle and returns the inputs and settings to audit it
with: some breaches are made in the bundle, some by inputs that no longer allow what the bundle does. A mutation that finds
nothing to break in a bundle (no rest, no train ...) raises ``NotApplicable``.
"""

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dispatch.config import Settings
from dispatch.model.demand import Inputs, Worker
from dispatch.model.supply import Offer
from dispatch.model.units import DailyHours, Position

TABLES = ("trips", "calls", "legs", "unserved", "costs")
Row = dict[str, str]


class NotApplicable(Exception):
    """This bundle has nothing of the kind that the mutation breaks."""


@dataclass
class Case:
    """A bundle's tables as rows of text, its summary, and what it is audited against."""

    tables: dict[str, list[Row]]
    summary: dict[str, Any]
    inputs: Inputs
    settings: Settings
    gone: str = ""
    problem: str | None = None

    @property
    def trips(self) -> list[Row]:
        return self.tables["trips"]

    @property
    def legs(self) -> list[Row]:
        return self.tables["legs"]

    def calls(self, trip_id: str) -> list[Row]:
        return [c for c in self.tables["calls"] if c["trip_id"] == trip_id]

    def rides(self) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for leg in self.legs:
            found[leg["worker_id"]].append(leg)
        return dict(found)

    def trip(self, trip_id: str) -> Row:
        return first(t for t in self.trips if t["trip_id"] == trip_id)

    def coach(self, role: str = "") -> Row:
        return first(
            t for t in self.trips if t["mode"] == "coach" and role in ("", t["role"]) and t["passengers"] != "0"
        )

    def scheduled(self) -> Row:
        return first(t for t in self.trips if t["mode"] != "coach")

    def long_coach(self, km: float) -> Row:
        return first(t for t in self.trips if t["mode"] == "coach" and float(t["distance_km"]) > km)

    def change_worker(self, worker_id: str, **changes: Any) -> None:
        people = tuple(replace(w, **changes) if w.worker_id == worker_id else w for w in self.inputs.workers)
        self.inputs = replace(self.inputs, workers=people)

    def change_offer(self, offer_id: str, **changes: Any) -> None:
        offers = tuple(replace(o, **changes) if o.offer_id == offer_id else o for o in self.inputs.offers)
        self.inputs = replace(self.inputs, offers=offers)

    def change_policy(self, section: str, **changes: Any) -> None:
        policy = self.settings.policy
        part = getattr(policy, section).model_copy(update=changes)
        self.settings = self.settings.model_copy(update={"policy": policy.model_copy(update={section: part})})

    def worker(self, worker_id: str) -> Worker:
        return first(w for w in self.inputs.workers if w.worker_id == worker_id)

    def offer(self, trip: Row) -> Offer:
        return first(o for o in self.inputs.offers if o.offer_id == trip["offer_id"])

    def retime(self, trip_id: str, shift: Callable[[int], timedelta]) -> None:
        """Move every time of a trip, in all tables, by ``shift(seq)``."""
        seqs = [int(c["seq"]) for c in self.calls(trip_id)]
        for c in self.calls(trip_id):
            _move(c, "arrives_at", shift(int(c["seq"])))
            _move(c, "departs_at", shift(int(c["seq"])))
        for leg in self.legs:
            if leg["trip_id"] == trip_id:
                _move(leg, "departs_at", shift(int(leg["from_seq"])))
                _move(leg, "arrives_at", shift(int(leg["to_seq"])))
        _move(self.trip(trip_id), "departs_at", shift(seqs[0]))
        _move(self.trip(trip_id), "arrives_at", shift(seqs[-1]))


def first(found: Iterable[Any]) -> Any:
    for item in found:
        return item
    raise NotApplicable


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _move(row: Row, column: str, by: timedelta) -> None:
    row[column] = (when(row[column]) + by).isoformat()


MUTATIONS: dict[str, tuple[str, Callable[[Case], object]]] = {}


def breaks(rule: str) -> Callable[[Callable[[Case], object]], Callable[[Case], object]]:
    """Registers a mutation under its function's name, with the rule that must notice it."""

    def register(function: Callable[[Case], object]) -> Callable[[Case], object]:
        MUTATIONS[function.__name__] = (rule, function)
        return function

    return register


def broken(name: str, folder: Path, into: Path, inputs: Inputs, settings: Settings) -> tuple[Inputs, Settings]:
    """Write the bundle of ``folder`` broken by mutation ``name`` into ``into``."""
    tables = {}
    for table in TABLES:
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    columns = {t: _heading(folder / f"{t}.csv") for t in TABLES}
    case = Case(tables, json.loads((folder / "summary.json").read_text("utf-8")), inputs, settings)
    MUTATIONS[name][1](case)
    shutil.copytree(folder, into)
    for table, rows in case.tables.items():
        with (into / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else columns[table])
            writer.writeheader()
            writer.writerows(rows)
    (into / "summary.json").write_text(json.dumps(case.summary, ensure_ascii=False), "utf-8")
    if case.problem is not None:
        (into / "problem.json").write_text(case.problem, "utf-8")
    if case.gone:
        (into / case.gone).unlink()
    return case.inputs, case.settings


def _heading(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


# --- the form of the files


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
    _move(c.trips[0], "arrives_at", timedelta(minutes=1))


@breaks("trip.passengers")
def a_trip_counts_one_too_many(c):
    c.trips[0]["passengers"] = str(int(c.trips[0]["passengers"]) + 1)


@breaks("call.order")
def a_call_leaves_before_it_arrives(c):
    _move(c.tables["calls"][0], "arrives_at", timedelta(minutes=1))


@breaks("call.order")
def a_call_stands_out_of_order(c):
    calls = c.calls(c.coach()["trip_id"])
    calls[-1]["seq"] = calls[0]["seq"]


@breaks("call.rest")
def a_rest_is_shorter_than_said(c):
    rest = first(x for x in c.tables["calls"] if not x["stop_id"])
    rest["rest_minutes"] = str(int(rest["rest_minutes"]) + 20)


@breaks("call.place")
def a_stop_is_moved(c):
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
    _move(c.legs[0], "departs_at", timedelta(minutes=-1))


# --- everybody once, from where they may board to their own gate


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


# --- seats, parties, minors


@breaks("seat.oversold")
def a_stretch_is_oversold(c):
    trip = first(t for t in c.trips if int(t["passengers"]) > 0)
    most = max(int(x["onboard_after"]) for x in c.calls(trip["trip_id"]))
    trip["seats"] = str(most - 1)


@breaks("load.cap")
def the_load_cap_falls(c):
    first(x for x in c.tables["calls"] if int(x["onboard_after"]) > 1)
    c.change_policy("load", cap=0.001)


@breaks("seat.unknown")
def a_seat_does_not_exist(c):
    c.legs[0]["seat"] = "99Z"


@breaks("seat.unknown")
def a_charter_gives_no_seat(c):
    first(x for x in c.legs if c.offer(c.trip(x["trip_id"])).basis == "charter")["seat"] = ""


@breaks("seat.twice")
def a_seat_is_given_twice(c):
    one, other = _two_on_one_trip(c, lambda a, b: True)
    c.legs[other]["seat"] = c.legs[one]["seat"]


def _two_on_one_trip(c: Case, wanted: Callable[[Row, Row], bool]) -> tuple[int, int]:
    """Two legs, by index, with the same trip and calls, seats given."""
    alike = defaultdict(list)
    for i, x in enumerate(c.legs):
        if x["seat"]:
            alike[x["trip_id"], x["from_seq"], x["to_seq"]].append(i)
    pairs = ((g[0], other) for g in alike.values() for other in g[1:])
    return first((a, b) for a, b in pairs if wanted(c.legs[a], c.legs[b]))


@breaks("party.split")
def a_party_rides_apart(c):
    rides = c.rides()
    way = {w: [x["trip_id"] for x in r] for w, r in rides.items()}
    one = c.legs[0]["worker_id"]
    other = first(w for w in way if way[w] != way[one])
    c.change_worker(one, party="apart")
    c.change_worker(other, party="apart")


@breaks("party.split")
def half_a_party_stays_behind(c):
    left = first(u["worker_id"] for u in c.tables["unserved"])
    c.change_worker(left, party="halved")
    c.change_worker(c.legs[0]["worker_id"], party="halved")


@breaks("minor.guardian")
def a_minor_sits_rows_away(c):
    one, other = _two_on_one_trip(c, lambda a, b: abs(int(a["seat"][:-1]) - int(b["seat"][:-1])) > 1)
    c.change_worker(c.legs[other]["worker_id"], guardian_id=c.legs[one]["worker_id"])


@breaks("minor.guardian")
def a_minor_sits_across_the_aisle(c):
    aisle = {"2+2": ("B", "C"), "3+2": ("C", "D"), "3+3": ("C", "D")}
    alone = [r[0] for r in c.rides().values() if len(r) == 1]
    seats = {(x["trip_id"], x["from_seq"], x["to_seq"], x["seat"]): x["worker_id"] for x in alone}
    for (trip, start, end, seat), worker_id in seats.items():
        left, right = aisle[c.offer(c.trip(trip)).seat_layout]
        other = seats.get((trip, start, end, seat[:-1] + right))
        if seat.endswith(left) and other:
            return c.change_worker(other, guardian_id=worker_id)
    raise NotApplicable


@breaks("minor.guardian")
def a_minor_rides_another_trip(c):
    way = {w: [x["trip_id"] for x in r] for w, r in c.rides().items()}
    one = c.legs[0]["worker_id"]
    c.change_worker(one, guardian_id=first(w for w in way if way[w] != way[one]))


@breaks("minor.guardian")
def a_child_rides_alone(c):
    leg = first(x for x in c.legs if not c.worker(x["worker_id"]).guardian_id)
    day = when(leg["departs_at"]).date()
    c.change_worker(leg["worker_id"], born=date(day.year - 9, 1, 1))


# --- coaches and their drivers


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
    raise NotApplicable


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
    trip = first(
        t for t in c.trips
        if t["mode"] == "coach" and float(t["distance_km"]) > 700 and any(not x["stop_id"] for x in c.calls(t["trip_id"]))
    )  # fmt: skip
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
        raise NotApplicable
    c.change_policy("drive", continuous_night_min=10, night_from=moving[0].strftime("%H:%M"), night_to=span)


def _driving_of(c: Case, trip: Row) -> tuple[datetime, datetime]:
    calls = c.calls(trip["trip_id"])
    return when(calls[0]["departs_at"]), when(calls[1]["arrives_at"])


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


# --- what was offered


@breaks("schedule.calls")
def a_train_runs_seven_minutes_late(c):
    c.retime(c.scheduled()["trip_id"], lambda _: timedelta(minutes=7))


@breaks("schedule.calls")
def a_train_calls_elsewhere(c):
    trip = c.scheduled()
    trip["destination_stop"] = c.calls(trip["trip_id"])[-1]["stop_id"] = trip["origin_stop"]


@breaks("schedule.boarding")
def a_train_takes_nobody_up(c):
    trip = c.scheduled()
    calls = tuple(replace(x, board=False) for x in c.offer(trip).calls)
    c.change_offer(trip["offer_id"], calls=calls)


@breaks("offer.dates")
def an_offer_holds_no_more(c):
    trip = c.trips[0]
    yesterday = when(trip["departs_at"]).date() - timedelta(days=2)
    c.change_offer(trip["offer_id"], from_date=yesterday, to_date=yesterday)


@breaks("offer.available")
def an_offer_is_used_up(c):
    c.change_offer(c.trips[0]["offer_id"], available=0)


@breaks("charter.min_load")
def a_charter_runs_too_empty(c):
    trip = first(t for t in c.trips if c.offer(t).basis != "ticket")
    c.change_offer(trip["offer_id"], min_passengers=int(trip["passengers"]) + 1)


@breaks("trip.offer")
def a_coach_has_grown_seats(c):
    c.coach()["seats"] = str(int(c.coach()["seats"]) + 1)


@breaks("trip.offer")
def a_trip_is_of_no_offer(c):
    c.trips[0]["offer_id"] = "nobody's"


@breaks("trip.offer")
def a_coach_plays_a_role_it_was_not_offered_for(c):
    trip = c.coach()
    c.change_offer(trip["offer_id"], role="feeder" if trip["role"] != "feeder" else "trunk")


# --- money and the summary


@breaks("cost.trip")
def a_trip_costs_five_fen_more(c):
    c.trips[0]["cost"] = f"{float(c.trips[0]['cost']) + 0.05:.2f}"


@breaks("cost.sum")
def the_shares_are_one_fen_off(c):
    c.tables["costs"][0]["cost"] = f"{float(c.tables['costs'][0]['cost']) + 0.01:.2f}"


@breaks("cost.sum")
def a_share_is_missing(c):
    c.tables["costs"].pop()


@breaks("cost.people")
def another_county_pays(c):
    c.tables["costs"][0]["sending_county"] += "?"


@breaks("cost.people")
def a_share_counts_one_more(c):
    c.tables["costs"][0]["passengers"] = str(int(c.tables["costs"][0]["passengers"]) + 1)


@breaks("cost.stray")
def a_trip_that_never_ran_is_paid(c):
    c.tables["costs"].append(c.tables["costs"][0] | {"trip_id": "nowhere"})


@breaks("summary.counts")
def one_more_is_served(c):
    c.summary["served"] += 1


@breaks("summary.counts")
def one_row_of_the_roster_is_forgotten(c):
    c.summary["rostered"] -= 1


@breaks("summary.counts")
def a_split_is_confessed(c):
    c.summary["splits"] += 1


@breaks("summary.objective")
def the_objective_is_a_yuan_lower(c):
    c.summary["objective"] = float(c.summary["objective"]) - 1


@breaks("summary.passenger_hours")
def an_hour_is_lost(c):
    c.summary["passenger_hours"] = float(c.summary["passenger_hours"]) - 1


@breaks("summary.cost_by_mode")
def trains_are_free(c):
    c.summary["cost_by_mode"][c.coach()["mode"]] = 0


@breaks("summary.bound")
def the_bound_lies_above_the_objective(c):
    c.summary["lower_bound"] = float(c.summary["objective"]) + 0.02


@breaks("summary.bound")
def the_trunks_bound_lies_above_its_objective(c):
    c.summary["trunk"] = {"objective": 100, "lower_bound": 100.02, "gap": -0.0002}


@breaks("summary.gap")
def the_gap_is_flattered(c):
    c.summary["gap"] = float(c.summary["gap"]) - 0.001


@breaks("summary.unserved_bound")
def fewer_cannot_be_left_out_yet_are(c):
    c.summary["unserved_lower_bound"] = int(c.summary["unserved"]) + 1


@breaks("summary.status")
def a_stage_is_perfect(c):
    c.summary["status"] = {**c.summary["status"], "search": "perfect"}


@breaks("summary.inputs")
def an_input_was_altered(c):
    name = min(c.inputs.sha256)
    c.inputs = replace(c.inputs, sha256=c.inputs.sha256 | {name: "0" * 64})


@breaks("summary.inputs")
def the_settings_were_altered(c):
    c.settings = c.settings.model_copy(update={"sha256": "1" * 64})


@breaks("summary.keys")
def nobody_says_what_the_bound_covers(c):
    c.summary["bound_scope"] = ""


@breaks("summary.keys")
def the_bound_is_not_a_number(c):
    c.summary["lower_bound"] = float("nan")
