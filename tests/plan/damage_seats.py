"""Seats sold twice, parties and minors apart."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from damage import Case, NotApplicableError, Row, breaks, first, when


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


def _ten_years_ago(c: Case) -> date:
    return date(c.settings.horizon.to_date.year - 10, 1, 1)


@breaks("minor.guardian")
def a_minor_sits_rows_away(c):
    one, other = _two_on_one_trip(c, lambda a, b: abs(int(a["seat"][:-1]) - int(b["seat"][:-1])) > 1)
    c.change_worker(c.legs[other]["worker_id"], guardian_id=c.legs[one]["worker_id"], born=_ten_years_ago(c))


@breaks("minor.guardian")
def a_minor_sits_across_the_aisle(c):
    aisle = {"2+2": ("B", "C"), "3+2": ("C", "D"), "3+3": ("C", "D")}
    alone = [r[0] for r in c.rides().values() if len(r) == 1]
    seats = {(x["trip_id"], x["from_seq"], x["to_seq"], x["seat"]): x["worker_id"] for x in alone}
    for (trip, start, end, seat), worker_id in seats.items():
        left, right = aisle[c.offer(c.trip(trip)).seat_layout]
        other = seats.get((trip, start, end, seat[:-1] + right))
        if seat.endswith(left) and other:
            return c.change_worker(other, guardian_id=worker_id, born=_ten_years_ago(c))
    raise NotApplicableError


@breaks("minor.guardian")
def a_minor_rides_another_trip(c):
    way = {w: [x["trip_id"] for x in r] for w, r in c.rides().items()}
    one = c.legs[0]["worker_id"]
    c.change_worker(one, guardian_id=first(w for w in way if way[w] != way[one]), born=_ten_years_ago(c))


@breaks("minor.guardian")
def a_child_rides_alone(c):
    leg = first(x for x in c.legs if not c.worker(x["worker_id"]).guardian_id)
    day = when(leg["departs_at"]).date()
    c.change_worker(leg["worker_id"], born=date(day.year - 9, 12, 31))


@breaks("minor.escort")
def an_escort_has_too_many_children(c):
    one, *others = dict.fromkeys(x["worker_id"] for x in c.legs)
    for child in others[: c.settings.policy.people.children_per_escort + 1]:
        c.change_worker(child, born=_ten_years_ago(c), guardian_id=one)


@breaks("minor.escort")
def fewer_children_are_allowed(c):
    child = first(w.worker_id for w in c.inputs.workers if w.guardian_id)
    c.change_worker(child, born=_ten_years_ago(c))
    c.change_policy("people", children_per_escort=0)


@breaks("minor.adult")
def a_guardian_is_a_child(c):
    one, other = list(dict.fromkeys(x["worker_id"] for x in c.legs))[:2]
    year = c.settings.horizon.to_date.year
    c.change_worker(other, guardian_id=one, born=date(year - 8, 1, 1))
    c.change_worker(one, born=date(year - 16, 1, 1))


@breaks("minor.flight")
def somebody_under_age_flies_alone(c):
    leg = first(
        x for x in c.legs if c.trip(x["trip_id"])["mode"] != "coach" and not c.worker(x["worker_id"]).guardian_id
    )
    c.trip(leg["trip_id"])["mode"] = "flight"
    day = when(leg["departs_at"]).date()
    c.change_worker(leg["worker_id"], born=date(day.year - 18, 12, 31))
