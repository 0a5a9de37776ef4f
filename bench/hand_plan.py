#!/usr/bin/env python3
"""What an office does in a spreadsheet, priced with the same quotes, road times and value of time as the tool's plan.

``python bench/hand_plan.py CONFIG [--per employer|district|city] [--json]``

Rules of the hand practice, greedy throughout:

1. Everybody boards at the fixed stop or else at the nearest assembly stop. The people of one sending county who go to
   one employer (``--per district`` or ``city``: to one receiving district or city) are a group; a group whose windows
   overlap by less than a day is cut into waves.
2. Charter trains and flights are looked at first, cheapest seat first. One is hired when the groups it suits, those
   with the dearest coaches of their own first, fill its minimum and it costs less than those coaches. It has its own
   feeder coach from each county, to the nearest of its calls, and its own last-mile coach to each employer (district,
   city); gates that are closed when it comes have theirs apart.
3. Every other group takes the cheapest of coaches of its own from the county to the gate, or seats of one ordinary or
   block departure with its own feeder and last-mile coach. A group that nothing carries goes party by party.
4. A coach has the smallest size that holds the people left, else the largest; pick-ups run from the farthest stop to
   the nearest, drops from gate to nearest gate. No coach is shared by two counties or by two employers (districts,
   cities).
5. Driving times by a simple formula: a rest after the continuous limit (5 minutes where a second driver takes over),
   the daily limit, the curfew on runs above its exempt distance. A coach waits before a closed gate; feeders leave as
   late as they may, the others at the hour, in steps of 30 minutes, that makes the journey cheapest.

``employer`` is the list that an office keeps, ``district`` what a receiving city would ask for, ``city`` the most that
sorting a list can pool.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hand_coaches import STEP, Journey, Load, Office, Party, Service, coaches_for, price

from dispatch.config import load_settings
from dispatch.geo.datum import to_wgs84
from dispatch.geo.gazetteer import Gazetteer
from dispatch.geo.travel import road_times
from dispatch.intake.read import read_inputs
from dispatch.model.demand import Inputs
from dispatch.model.problem import DepartureCall, Problem
from dispatch.model.supply import Basis, Mode, Role
from dispatch.model.units import DAY_MIN
from dispatch.network import build_problem

READINGS = ("employer", "district", "city")
LAST_MILE_M = 200_000  # an office asks a station for coaches this far by road
STATIONS_TRIED = 2  # and looks at the departures of its nearest stations only

FEEDER_MAX_M = 400_000  # road metres that an office would send a feeder coach


def direct(office: Office, parties: Sequence[Party]) -> Journey | None:
    """The group's own coaches all the way."""
    loads = coaches_for(office, parties, Service(Role.TRUNK))
    if loads is None:
        return None
    minutes = sum(p.size * (off - on) for load in loads for p, on, off in load.riders)
    return Journey(tuple(parties), tuple(loads), -1, sum(price(office, load) for load in loads), minutes)


def by_departure(
    office: Office, parties: Sequence[Party], index: int, to: Callable[[Party], Hashable]
) -> Journey | None:
    """Feeders by county, seats of a departure, last-mile coaches by employer or district, for those whom it suits."""
    departure = office.problem.departures[index]
    end = departure.calls[-1]
    feeders: dict[tuple[str, DepartureCall], list[Party]] = defaultdict(list)
    last: dict[Hashable, list[Party]] = defaultdict(list)
    for p in parties:
        call = min((c for c in departure.calls if c.board), key=lambda c: office.metres[p.stop][c.stop])
        feeders[office.county(p), call].append(p)
        soonest = end.arrives_min + STEP + office.minutes[end.stop][p.gate]
        last[to(p), office.hours(p.gate).contains(soonest)].append(p)
    loads: list[Load] = []
    boards: dict[Party, int] = {}
    alights: dict[Party, int] = {}
    lost: set[Party] = set()
    for (_, call), group in feeders.items():
        found = feeder(office, group, call, departure.mode)
        lost.update(group if found is None else ())
        loads += found or ()
        boards |= dict.fromkeys((p for p in group if p.stop == call.stop), call.departs_min)
    boards |= {p: on for load in loads for p, on, _ in load.riders}
    for group in last.values():
        found = last_mile(office, group, end, departure.mode)
        lost.update(group if found is None else ())
        loads += found or ()
        alights |= {p: off for load in found or () for p, _, off in load.riders}
    if lost:
        rest = [p for p in parties if p not in lost]
        return by_departure(office, rest, index, to) if rest else None
    heads = sum(p.size for p in parties)
    money = sum(price(office, load) for load in loads) + departure.seat_fen * heads
    money += 0 if office.booked[index] else departure.fixed_fen
    return Journey(tuple(parties), tuple(loads), index, money, sum(p.size * (alights[p] - boards[p]) for p in parties))


def feeder(office: Office, group: Sequence[Party], call: DepartureCall, mode: Mode) -> list[Load] | None:
    """Coaches from a county to a call; none for people who live at the station."""
    fed = [p for p in group if p.stop != call.stop]
    if any(p.release > call.departs_min for p in group) or any(
        office.metres[p.stop][call.stop] > office.feeder_m for p in fed
    ):
        return None
    deadline = call.departs_min - office.problem.connections.before(mode)
    return coaches_for(office, fed, Service(Role.FEEDER, end=call.stop, deadline=deadline)) if fed else []


def last_mile(office: Office, group: Sequence[Party], call: DepartureCall, mode: Mode) -> list[Load] | None:
    if any(office.metres[call.stop][p.gate] > LAST_MILE_M for p in group):
        return None
    service = Service(Role.LAST_MILE, start=call.stop, waiting_from=call.arrives_min)
    return coaches_for(office, group, service, ready=call.arrives_min + office.problem.connections.after(mode))


def waves(parties: Sequence[Party]) -> list[list[Party]]:
    """Parties whose windows overlap by a day or more travel together; the first due come first."""
    found: list[list[Party]] = []
    for party in sorted(parties, key=lambda p: (p.due, p.release)):
        if found and party.release + DAY_MIN <= found[-1][0].due:
            found[-1].append(party)
        else:
            found.append([party])
    return found


def hire_charters(office: Office, groups: list[list[Party]], to: Callable[[Party], Hashable]) -> list[list[Party]]:
    """Hire what pays, cheapest seat first; the groups that are left."""
    departures = office.problem.departures
    charters = [i for i, d in enumerate(departures) if d.offer_id in office.charters]
    own: dict[tuple[Party, ...], float] = {}
    for index in sorted(charters, key=lambda i: (departures[i].fixed_fen / departures[i].seats, i)):
        d = departures[index]
        for _ in range(d.copies):
            if crowd(office, groups, index) < max(1, d.min_passengers):
                break
            suited = [g for g in groups if all(suits(office, p, index) for p in g)]
            own |= {tuple(g): office.worth(direct(office, g)) for g in suited if tuple(g) not in own}
            suited.sort(key=lambda g: -own[tuple(g)] / sum(p.size for p in g))
            chosen = fill_groups(suited, d.seats)
            office.booked[index] = 0  # each copy is paid for
            journey = by_departure(office, [p for g in chosen for p in g], index, to)
            if journey is None or sum(p.size for p in journey.parties) < d.min_passengers:
                break
            carried = set(journey.parties)
            if office.worth(journey) >= sum(own[tuple(g)] for g in chosen if carried.issuperset(g)):
                break
            office.book(journey)
            groups = [left for g in groups if (left := [p for p in g if p not in carried])]
    return groups


def crowd(office: Office, groups: Iterable[list[Party]], index: int) -> int:
    """At most so many people would suit a departure, by clock and road alone: a quick look before the careful one."""
    d = office.problem.departures[index]
    last = max(c.departs_min for c in d.calls if c.board)
    arrives = d.calls[-1].arrives_min
    reach = office.reach(tuple(c.stop for c in d.calls if c.board), d.calls[-1].stop, LAST_MILE_M)
    return sum(
        p.size
        for g in groups
        for p in g
        if p.release <= last and p.due >= arrives and p.stop in reach[0] and p.gate in reach[1]
    )


def fill_groups(groups: Iterable[list[Party]], seats: int) -> list[list[Party]]:
    chosen = []
    for group in groups:
        heads = sum(p.size for p in group)
        if heads <= seats:
            chosen.append(group)
            seats -= heads
    return chosen


def suits(office: Office, p: Party, index: int) -> bool:
    """Whether a departure is in reach of a party at both ends, by road, clock and mode."""
    d = office.problem.departures[index]
    end = d.calls[-1]
    call = min((c for c in d.calls if c.board), key=lambda c: office.metres[p.stop][c.stop])
    return (
        d.mode not in p.barred
        and p.release + office.minutes[p.stop][call.stop] <= call.departs_min
        and end.arrives_min + office.minutes[end.stop][p.gate] <= p.due
        and office.metres[p.stop][call.stop] <= office.feeder_m
        and office.metres[end.stop][p.gate] <= LAST_MILE_M
    )


def seats_near(office: Office, stations: dict[tuple[int, int], list[int]], p: Party) -> list[int]:
    """Ordinary and block departures between the stations nearest to both ends that suit a party."""
    starts = sorted({a for a, _ in stations}, key=lambda s: office.metres[p.stop][s])[:STATIONS_TRIED]
    ends = sorted({b for _, b in stations}, key=lambda s: office.metres[s][p.gate])[:STATIONS_TRIED]
    near = (i for a in starts for b in ends for i in stations.get((a, b), ()))
    return [i for i in near if suits(office, p, i)]


def carry(
    office: Office, group: list[Party], stations: dict[tuple[int, int], list[int]], to: Callable[[Party], Hashable]
) -> Journey | None:
    """The cheapest of the group's own coaches and the seats that are still to be had."""
    heads, ways = sum(p.size for p in group), [direct(office, group)]
    for index in seats_near(office, stations, group[0]):
        d = office.problem.departures[index]
        if office.booked[index] + heads <= d.seats and office.booked[index] + heads >= d.min_passengers:
            way = by_departure(office, group, index, to)
            ways.append(way if way and len(way.parties) == len(group) else None)
    return min(ways, key=office.worth)


def plan_by_hand(office: Office, to: Callable[[Party], Hashable]) -> int:
    """Book everybody, charters first, then the largest groups; the number of people whom nothing serves."""
    groups: dict[Hashable, list[Party]] = defaultdict(list)
    unserved = 0
    for demand in office.problem.demands:
        for members in demand.parties:
            if not demand.access:
                unserved += len(members)
                continue
            p = Party(demand.access[0], demand.gate, len(members), demand.release_min, demand.due_min, demand.barred)
            groups[office.county(p), to(p)].append(p)
    left = hire_charters(office, [wave for group in groups.values() for wave in waves(group)], to)
    stations: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, d in enumerate(office.problem.departures):
        if d.offer_id not in office.charters:
            stations[d.calls[0].stop, d.calls[-1].stop].append(i)
    for group in sorted(left, key=lambda g: -sum(p.size for p in g)):
        journey = carry(office, group, stations, to)
        # A group that cannot go together goes party by party.
        for part in [group] if journey else [[p] for p in group]:
            journey = journey or carry(office, part, stations, to)
            if journey:
                office.book(journey)
            else:
                unserved += sum(p.size for p in part)
            journey = None
    return unserved


def figures(office: Office, unserved: int) -> dict[str, Any]:
    """What the table shows: people, vehicles, money in yuan, hours."""
    cost = sum(j.cost_fen for j in office.journeys)
    minutes = sum(j.person_min for j in office.journeys)
    roles = Counter("direct" if j.departure < 0 else "feeder and last mile" for j in office.journeys for _ in j.loads)
    return {
        "people": office.problem.heads,
        "unserved": unserved,
        "cost_cny": round(cost / 100, 2),
        "passenger_hours": round(minutes / 60, 1),
        "generalised_cost_cny": round(cost / 100 + minutes / 60 * office.problem.value_of_time_fen_per_hour / 100, 2),
        "coaches_direct": roles["direct"],
        "coaches_feeder_and_last_mile": roles["feeder and last mile"],
        "people_by_train_or_flight": sum(p.size for j in office.journeys if j.departure >= 0 for p in j.parties),
    }


def problem_of(config: Path) -> tuple[Problem, frozenset[str]]:
    """The problem of a workspace, and its offers of whole trains and flights."""
    settings = load_settings(config)
    inputs, _ = read_inputs(settings, Gazetteer().resolve_all, partial(to_wgs84, settings.datum))
    travel = partial(road_times, entries=inputs.travel_entries, policy=settings.policy.travel)
    return build_problem(inputs, settings, travel)[0], charters_of(inputs)


def charters_of(inputs: Inputs) -> frozenset[str]:
    """Ids of the offers of whole trains and flights."""
    return frozenset(o.offer_id for o in inputs.offers if o.basis is Basis.CHARTER and o.mode is not Mode.COACH)


def planned(problem: Problem, charters: frozenset[str], per: str) -> dict[str, Any]:
    """The figures of one reading of the hand practice on a problem."""
    office = Office(problem, FEEDER_MAX_M, charters)
    gates = problem.stops
    readings: dict[str, Callable[[Party], Hashable]] = {
        "employer": lambda p: p.gate,
        "district": lambda p: (gates[p.gate].city, gates[p.gate].district),
        "city": lambda p: gates[p.gate].city,
    }
    return figures(office, plan_by_hand(office, readings[per]))


def by_hand(config: Path, per: str) -> dict[str, Any]:
    """The figures of one reading of the hand practice on one workspace."""
    return planned(*problem_of(config), per)


def main() -> None:
    """Print the hand plan's figures, both readings unless one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--per", choices=READINGS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    results = {per: by_hand(asked.config, per) for per in ([asked.per] if asked.per else READINGS)}
    if asked.json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
        return
    print(f"{'':32}" + "".join(f"{per:>16}" for per in results))
    for key in next(iter(results.values())):
        print(f"{key:32}" + "".join(f"{result[key]:>16,}" for result in results.values()))


if __name__ == "__main__":
    main()
