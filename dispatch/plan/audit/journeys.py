"""One person's journey: a connected chain of an allowed form, inside window and hours, with time to change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise

from dispatch.model.demand import Worker
from dispatch.model.plan import Call
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DailyHours
from dispatch.plan.audit.evidence import Evidence, Ride
from dispatch.plan.audit.violation import Violation, found


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``chain.*``, ``window.*``, ``hours.*``, ``connect.min`` and ``mode.barred``."""
    for worker_id, rides in e.rides.items():
        yield from _chain(worker_id, rides)
        yield from _form(worker_id, rides)
        yield from _changes(e, worker_id, rides)
        if worker := e.workers.get(worker_id):
            yield from _window(worker, rides)
    yield from _hours(e)
    yield from _horizon(e)


def _chain(worker_id: str, rides: list[Ride]) -> Iterator[Violation]:
    if [r.leg.leg for r in rides] != list(range(1, len(rides) + 1)):
        yield found("chain.legs", worker_id, legs=" ".join(str(r.leg.leg) for r in rides))
    for a, b in pairwise(rides):
        if a.leg.alight_stop != b.leg.board_stop:
            yield found("chain.broken", worker_id, leg=b.leg.leg, alights=a.leg.alight_stop, boards=b.leg.board_stop)


def _form(worker_id: str, rides: list[Ride]) -> Iterator[Violation]:
    """A direct coach, or at most feeder, one train or flight, last mile."""
    roles = [r.trip.role if r.trip.mode is Mode.COACH else None for r in rides]
    if roles == [Role.TRUNK]:
        return
    if roles[:1] == [Role.FEEDER]:
        roles = roles[1:]
    if roles[-1:] == [Role.LAST_MILE]:
        roles = roles[:-1]
    if roles != [None]:
        yield found("chain.form", worker_id, form=" → ".join(f"{r.trip.mode} {r.trip.role}" for r in rides))


def _changes(e: Evidence, worker_id: str, rides: list[Ride]) -> Iterator[Violation]:
    for a, b in pairwise(rides):
        wait = (b.start.departs_at - a.end.arrives_at) / timedelta(minutes=1)
        if wait < (least := _least(e, a.trip.mode, b.trip.mode)):
            yield found(
                "connect.min", worker_id, leg=b.leg.leg, stop=b.leg.board_stop, minutes=f"{wait:.0f}", least=least
            )


def _least(e: Evidence, inbound: Mode, outbound: Mode) -> int:
    connect = e.settings.policy.connect
    return {
        (Mode.COACH, Mode.TRAIN): connect.coach_to_rail_min,
        (Mode.COACH, Mode.FLIGHT): connect.coach_to_air_min,
        (Mode.TRAIN, Mode.COACH): connect.rail_to_coach_min,
        (Mode.FLIGHT, Mode.COACH): connect.air_to_coach_min,
    }.get((inbound, outbound), 0)


def _window(worker: Worker, rides: list[Ride]) -> Iterator[Violation]:
    leaves, arrives = rides[0].start.departs_at, rides[-1].end.arrives_at
    if leaves < worker.ready_at:
        yield found("window.ready", worker.worker_id, time=leaves, limit=worker.ready_at)
    if arrives > worker.due_at:
        yield found("window.due", worker.worker_id, time=arrives, limit=worker.due_at)
    if worker.modes_barred:
        for r in rides:
            if r.trip.mode in worker.modes_barred:
                yield found("mode.barred", worker.worker_id, leg=r.leg.leg, mode=r.trip.mode)


def _hours(e: Evidence) -> Iterator[Violation]:
    for trip in e.plan.trips:
        boarded = {r.start.seq for r in e.aboard[trip.trip_id]}
        alighted = {r.end.seq for r in e.aboard[trip.trip_id]}
        for call in trip.calls:
            employer, stop = e.employers.get(call.stop_id), e.stops.get(call.stop_id)
            if employer and call.seq in alighted and not _open(e, employer.hours, call.arrives_at):
                yield found("hours.gate", trip.trip_id, seq=call.seq, stop=call.stop_id, time=call.arrives_at)
            elif stop and stop.hours and not employer and not _while_open(e, stop.hours, call, boarded, alighted):
                yield found("hours.stop", trip.trip_id, seq=call.seq, stop=call.stop_id, time=call.arrives_at)


def _while_open(e: Evidence, hours: DailyHours, call: Call, boarded: set[int], alighted: set[int]) -> bool:
    """People alight at the arrival; to board it is enough that the vehicle came or left while the place was open."""
    arrives = _open(e, hours, call.arrives_at)
    if call.seq in alighted and not arrives:
        return False
    return call.seq not in boarded or arrives or _open(e, hours, call.departs_at)


def _open(e: Evidence, hours: DailyHours, at: datetime) -> bool:
    return hours.contains(e.minute(at))


def _horizon(e: Evidence) -> Iterator[Violation]:
    horizon = e.settings.horizon
    opens = datetime.combine(horizon.from_date, time(), e.zone)
    closes = datetime.combine(horizon.to_date + timedelta(days=1), time(), e.zone)
    for trip_id, rides in e.aboard.items():
        leaves = min((r.start.departs_at for r in rides), default=opens)
        arrives = max((r.end.arrives_at for r in rides), default=closes)
        if leaves < opens or arrives > closes:
            yield found("window.horizon", trip_id, leaves=leaves, arrives=arrives)
