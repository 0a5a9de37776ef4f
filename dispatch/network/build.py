"""Inputs and settings to a ``Problem``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from dispatch.config import Settings, SquarePolicy
from dispatch.model.demand import Inputs, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.problem import ConnectionRules, DrivingRules, Problem, RideLimits, Square, TravelTimes
from dispatch.model.supply import Stop
from dispatch.model.units import DAY_MIN, fen
from dispatch.network.access import access_stops
from dispatch.network.cohorts import demands, parties_of
from dispatch.network.roads import road_notices
from dispatch.network.services import coach_types, departures

RoadTimes = Callable[[Sequence[Stop]], TravelTimes]


def build_problem(inputs: Inputs, settings: Settings, road_times: RoadTimes) -> tuple[Problem, tuple[Notice, ...]]:
    """The instance to solve and what had to be said about it (people out of reach, parties that cannot hold
    together, stops that no road joins).
    """
    access, made = access_stops(inputs, settings.policy.access_max_km * 1000)
    stops = _relevant(inputs, access, made)
    index = {s.stop_id: i for i, s in enumerate(stops)}
    epoch = datetime.combine(settings.horizon.from_date, time(), ZoneInfo(settings.timezone))
    days = (settings.horizon.to_date - settings.horizon.from_date).days + 1
    policy = settings.policy
    problem = Problem(
        name=settings.name,
        epoch=epoch,
        days=days,
        stops=stops,
        travel=road_times(stops),
        demands=demands(inputs.workers, access, index, epoch, days * DAY_MIN - 1),
        coaches=coach_types(inputs.offers, settings, index),
        departures=departures(inputs.offers, settings, index, stops),
        driving=_driving(settings),
        connections=ConnectionRules(
            policy.connect.coach_to_rail_min,
            policy.connect.coach_to_air_min,
            policy.connect.rail_to_coach_min,
            policy.connect.air_to_coach_min,
        ),
        coach_base_m=round(policy.coach_base_km * 1000),
        dwell_min=policy.coach.dwell_min,
        value_of_time_fen_per_hour=fen(settings.objective.value_of_time_per_hour),
        pruned={"stops_not_used": len(inputs.stops) + len(made) - len(stops)},
        ride_limits=RideLimits(
            policy.coach.feeder_ride_max_min, policy.coach.last_mile_ride_max_min, policy.coach.direct_ride_max_min
        ),
        squares=_squares(policy.squares, index),
    )
    said = (*_party_notices(inputs.workers, access), *_made_notices(made))
    return problem, (*said, *road_notices(problem, settings.inputs.stops.name))


def _relevant(inputs: Inputs, access: Sequence[tuple[str, ...]], made: Sequence[Stop]) -> tuple[Stop, ...]:
    """Stops that anybody can board at, work at, change at or that a coach is based at: the others only cost memory."""
    used = {s for some in set(access) for s in some} | {w.employer_id for w in inputs.workers}
    used |= {c.stop_id for o in inputs.offers for c in o.calls} | {o.base_stop for o in inputs.offers if o.base_stop}
    return tuple(s for s in (*inputs.stops, *made) if s.stop_id in used)


def _squares(limits: Mapping[str, SquarePolicy], index: Mapping[str, int]) -> tuple[Square, ...]:
    """The limits of the stops that anybody can use, in the order of the stops."""
    found = ((index[stop], limit) for stop, limit in limits.items() if stop in index)
    return tuple(Square(i, s.people_per_hour, s.coaches_per_hour) for i, s in sorted(found, key=lambda f: f[0]))


def _driving(settings: Settings) -> DrivingRules:
    drive = settings.policy.drive
    second_driver_km = drive.second_driver_expressway_km if drive.expressway else drive.second_driver_km
    return DrivingRules(
        continuous=drive.continuous_min,
        continuous_night=drive.continuous_night_min,
        rest=drive.rest_min,
        night_from=_clock(drive.night_from),
        night_to=_clock(drive.night_to),
        daily=drive.daily_min,
        weekly=drive.weekly_min,
        curfew_from=_clock(drive.curfew_from),
        curfew_to=_clock(drive.curfew_to),
        curfew_exempt_m=round(drive.curfew_exempt_km * 1000),
        second_driver_m=round(second_driver_km * 1000),
        swap=drive.swap_min,
    )


def _clock(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _party_notices(workers: Sequence[Worker], access: Sequence[tuple[str, ...]]) -> list[Notice]:
    found = []
    for members in parties_of(workers):
        first = workers[members[0]]
        if any(workers[i].employer_id != first.employer_id for i in members):
            found.append(_notice("party_two_employers", Severity.ERROR, first, first.party))
        if not access[members[0]]:
            found.append(_notice("no_stop_in_reach", Severity.WARNING, first, first.home.text))
        elif len(members) > 1 and not set.intersection(*(set(access[i]) for i in members)):
            found.append(_notice("party_apart", Severity.WARNING, first, first.party))
    return found


def _notice(code: str, severity: Severity, worker: Worker, value: str) -> Notice:
    return Notice(code, severity, worker.file, worker.row, "", value, worker.sheet, worker.worker_id)


def _made_notices(made: Sequence[Stop]) -> list[Notice]:
    return [Notice("made_stop", Severity.NOTE, "", value=s.name, params=(("stop_id", s.stop_id),)) for s in made]
