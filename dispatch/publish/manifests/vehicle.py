"""The list a vehicle's leader calls out at the door, checks and hands over."""

from __future__ import annotations

from collections import Counter
from datetime import date

from dispatch.model.demand import ADULT_AGE
from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode
from dispatch.publish.manifests.boarding import boarding_order, gate_time, packs_of, setting_out
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
_CALLS = {"stop": 4, "arrives": 1, "departs": 1, "board_alight": 1, "onboard": 1, "remark": 2}
_GATED_CALLS = {"stop": 3, "gate": 1, "arrives": 1, "departs": 1, "board_alight": 1, "onboard": 1, "remark": 2}
_ORDER = ("boarding_order", 6, True)
_CHECK_WIDTH = 11


def vehicle_sheet(view: View, trip: Trip, *, unmask: bool) -> Sheet:
    """The manifest of one trip; ``unmask`` shows ID numbers in full."""
    rides = view.rides(trip.trip_id)
    checks = view.settings.publish.checks if trip.mode is Mode.COACH else ()
    day = view.local(trip.departs_at).date()
    return Sheet(
        title=say(view, "vehicle.title"),
        stamp=stamp(view, Audience.LEADER),
        reference=vehicle_name(view, trip),
        audience=Audience.LEADER,
        facts=_facts(view, trip, leader(rides, day), len(setting_out(rides))),
        fact_spans=(3 if checks else 2, 3, 1, 3),
        overview=calls_table(view, trip, _call_spans(view, rides, checks)),
        main=_list(view, rides, day, checks, unmask=unmask),
        signoff=tuple(say(view, key) for key in _signoff(trip, checks)),
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


def leaders(view: View) -> dict[str, Ride | None]:
    """Who leads each trip, by trip id."""
    return {t.trip_id: leader(view.rides(t.trip_id), view.local(t.departs_at).date()) for t in view.plan.trips}


def _list(view: View, rides: tuple[Ride, ...], day: date, checks: tuple[str, ...], *, unmask: bool) -> Table:
    """Everybody with a line to sign; where there are checks, in the order of boarding with a blank for each check."""
    order = (_ORDER,) if checks else ()
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in (*order, *_COLUMNS))
    blanks = tuple(Column(say(view, f"check.{check}"), _CHECK_WIDTH, ink=True) for check in checks)
    rows = tuple(_row(view, ride, day, unmask=unmask) for ride in (boarding_order(rides) if checks else rides))
    if checks:
        rows = tuple((str(n), *row) for n, row in enumerate(rows, start=1))
    return Table((*columns, *blanks, Column(say(view, "signature"), 13, ink=True)), rows)


def _call_spans(view: View, rides: tuple[Ride, ...], checks: tuple[str, ...]) -> dict[str, int]:
    """Columns of the calls over those of the list, with the time to be there where anybody sets out."""
    gated = any(_gates(view, ride.trip, ride.board) for ride in setting_out(rides))
    spans = {"call": 1, **(_GATED_CALLS if gated else _CALLS)}
    spans["stop"] += bool(checks)
    spans["remark"] += len(checks)
    return spans


def _gates(view: View, trip: Trip, call: Call) -> bool:
    return gate_time(view, trip, call.departs_at) < call.departs_at


def calls_table(view: View, trip: Trip, spans: dict[str, int]) -> Table:
    """A trip's calls with times, people and rests; ``spans`` picks the columns and says how wide each is."""
    columns = tuple(Column(say(view, key), span=span, centred=key != "stop") for key, span in spans.items())
    begun = {ride.board.seq for ride in setting_out(view.rides(trip.trip_id))} if "gate" in spans else set()
    cells = [_call_cells(view, n, call, len(trip.calls)) for n, call in enumerate(trip.calls, start=1)]
    for row, call in zip(cells, trip.calls, strict=True):
        row["gate"] = moment(view, gate_time(view, trip, call.departs_at)) if call.seq in begun else ""
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


def _facts(view: View, trip: Trip, chosen: Ride | None, handed: int) -> tuple[tuple[str, str], ...]:
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
    if view.settings.publish.packs:
        pairs.append(("packs_to_take", packs_of(view, handed)))
    return tuple((say(view, key), value) for key, value in pairs)


def _signoff(trip: Trip, checks: tuple[str, ...]) -> tuple[str, ...]:
    signs = ("sign.leader", "sign.driver") if trip.mode is Mode.COACH else ("sign.leader",)
    return (*signs, *(("sign.checker",) if checks else ()), "sign.boarded", "sign.delivered", "sign.receiver")


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
