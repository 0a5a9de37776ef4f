"""The list a vehicle's leader calls out at the door, checks and hands over."""

from __future__ import annotations

from collections import Counter
from datetime import date

from dispatch.model.demand import ADULT_AGE
from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import day_of, moment, next_leg, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name, shown_phone
from dispatch.publish.view import Ride, View, age_on, seat_order

# heading, width in narrow characters, centred
_COLUMNS = (
    ("seat", 6, True), ("name", 13, False), ("sex", 5, True), ("age", 5, True), ("id_number", 21, True),
    ("phone", 13, True), ("boards", 18, False), ("alights", 18, False), ("employer", 22, False),
    ("next_leg", 24, False),
)  # fmt: skip
_CALLS = {"call": 1, "stop": 4, "arrives": 1, "departs": 1, "board_alight": 1, "onboard": 1, "remark": 2}


def vehicle_sheet(view: View, trip: Trip, *, unmask: bool) -> Sheet:
    """The manifest of one trip; ``unmask`` shows ID numbers in full."""
    rides = view.rides(trip.trip_id)
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    signature = Column(say(view, "signature"), 13, ink=True)
    day = view.local(trip.departs_at).date()
    rows = tuple(_row(view, ride, day, unmask=unmask) for ride in rides)
    return Sheet(
        title=say(view, "vehicle.title"),
        stamp=stamp(view, Audience.LEADER),
        reference=vehicle_name(view, trip),
        audience=Audience.LEADER,
        facts=_facts(view, trip, leader(rides, day)),
        fact_spans=(2, 3, 1, 3),
        overview=calls_table(view, trip, _CALLS),
        main=Table((*columns, signature), rows),
        signoff=tuple(say(view, key) for key in _signoff(trip)),
        note=say(view, "note.times"),
        context=((say(view, "trip"), trip.trip_id), (say(view, "date"), day_of(view, trip.departs_at))),
        code=trip.trip_id,
        landscape=True,
    )


def leader(rides: tuple[Ride, ...], day: date) -> Ride | None:
    """The adult with a phone, of the largest party, boarding first, in the foremost seat; ``None`` without an adult."""
    sizes = Counter(ride.worker.party for ride in rides)
    adults = [ride for ride in rides if (age_on(ride.worker.born, day) or 0) >= ADULT_AGE]

    def rank(ride: Ride) -> tuple[bool, int, int, tuple[int, str], str]:
        size = sizes[ride.worker.party] if ride.worker.party else 1
        return not ride.worker.phone, -size, ride.leg.from_seq, seat_order(ride.leg.seat), ride.worker.worker_id

    return min(adults, key=rank, default=None)


def calls_table(view: View, trip: Trip, spans: dict[str, int]) -> Table:
    """A trip's calls with times, people and rests; ``spans`` picks the columns and says how wide each is."""
    columns = tuple(Column(say(view, key), span=span, centred=key != "stop") for key, span in spans.items())
    cells = [_call_cells(view, n, call, len(trip.calls)) for n, call in enumerate(trip.calls, start=1)]
    return Table(columns, tuple(tuple(row[key] for key in spans) for row in cells))


def _call_cells(view: View, n: int, call: Call, calls: int) -> dict[str, str]:
    return {
        "call": str(n),
        "stop": call.stop_name if call.stop_id else say(view, "rest"),
        "arrives": "" if n == 1 else moment(view, call.arrives_at),
        "departs": "" if n == calls else moment(view, call.departs_at),
        "board_alight": say(view, "up_down", up=call.board, down=call.alight) if call.stop_id else "",
        "onboard": str(call.onboard_after),
        "remark": say(view, "rest_minutes", minutes=call.rest_minutes) if call.rest_minutes else "",
    }


def _facts(view: View, trip: Trip, chosen: Ride | None) -> tuple[tuple[str, str], ...]:
    first, last = trip.calls[0], trip.calls[-1]
    led_by = f"{chosen.worker.name} {chosen.worker.phone}" if chosen else ""
    pairs = [
        ("trip", trip.trip_id),
        ("date", day_of(view, trip.departs_at)),
        ("origin", f"{first.stop_name} {moment(view, trip.departs_at)}"),
        ("destination", f"{last.stop_name} {moment(view, trip.arrives_at)}"),
        ("operator", trip.operator),
        ("vehicle_seats", say(view, "vehicle_and_seats", vehicle=trip.vehicle, seats=trip.seats)),
        ("leader", led_by),
        ("passengers", str(trip.passengers)),
    ]
    if trip.mode is Mode.COACH:
        pairs += [("plate", ""), ("driver" if trip.drivers < 2 else "drivers", "")]
    return tuple((say(view, key), value) for key, value in pairs)


def _signoff(trip: Trip) -> tuple[str, ...]:
    signs = ("sign.leader", "sign.driver") if trip.mode is Mode.COACH else ("sign.leader",)
    return (*signs, "sign.boarded", "sign.delivered", "sign.receiver")


def _row(view: View, ride: Ride, day: date, *, unmask: bool) -> tuple[str, ...]:
    worker, see = ride.worker, disclosure(Audience.LEADER, unmask=unmask)
    age = age_on(worker.born, day)
    return (
        ride.leg.seat,
        shown_name(worker.name, see.name),
        say(view, f"sex.{worker.sex}"),
        "" if age is None else str(age),
        shown_id(worker.id_number, see.id_number),
        shown_phone(worker.phone, see.phone),
        ride.board.stop_name,
        ride.alight.stop_name,
        ride.employer.name,
        next_leg(view, ride.onward),
    )
