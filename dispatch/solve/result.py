"""A state of the search as a ``SolveResult``: timed runs with their rests, itineraries of every party."""

from __future__ import annotations

from dispatch.model.problem import (
    Bound,
    CoachRun,
    Itinerary,
    NotServed,
    Problem,
    RideLeg,
    RunCall,
    SolveResult,
    UsedDeparture,
)
from dispatch.solve.best_start import run_from, windows
from dispatch.solve.instance import DESTINATION, GATE, ORIGIN, ROLE_OF_KIND, VEHICLE, Compiled, Instance
from dispatch.solve.moves import draft_of
from dispatch.solve.state import (
    ABOARD,
    BOARD,
    BOARDINGS,
    BY_TRUNK,
    DRIVE,
    DRIVERS,
    FIRST,
    KIND,
    LAST,
    MEMBER,
    MEMBERS,
    METRES,
    RIDE,
    START,
    STOPS,
    TYPE,
    UNSERVED,
    WAY,
    Draft,
    State,
    new_draft,
)


def timed_run(x: Instance, s: State, d: Draft, slot: int) -> CoachRun:
    """Load ``slot`` with its calls and rests; raises ``RuntimeError`` where the stored start is no longer legal."""
    row = s.coach[slot]
    draft_of(s, slot, d)
    n = int(row[STOPS])
    windows(x, d, int(row[KIND]), n, int(row[BOARDINGS]), int(row[MEMBERS]))
    forced = run_from(x, d, n, int(row[START]), int(row[DRIVERS]), int(row[METRES]))
    if forced < 0:
        raise RuntimeError(f"load {slot} lost its timetable")
    calls = []
    f = 0
    for i in range(n):
        arrives, departs = int(d.out.arrives[i]), int(d.out.departs[i])
        rested = departs - arrives if departs - arrives >= x.rules.rest else 0
        calls.append(RunCall(int(d.row[i]), arrives, departs, rested))
        while f < forced and d.out.rests[f, 0] == i:
            _, start, minutes, driven = (int(v) for v in d.out.rests[f])
            calls.append(RunCall(-1, start, start + minutes, minutes, driven / max(1, int(d.window[DRIVE, i]))))
            f += 1
    return CoachRun(int(row[TYPE]), ROLE_OF_KIND[row[KIND]], int(row[DRIVERS]), tuple(calls), int(row[METRES]))


def extract(
    problem: Problem,
    compiled: Compiled,
    s: State,
    bound: Bound,
    objective_fen: int,
    trunk: tuple[int, int],
    status: dict[str, str],
    iterations: int,
    lines: int,
) -> SolveResult:
    """The result of a state; why parties with a boarding stop are left out is not in it yet."""
    x = compiled.instance
    loads = [slot for slot in range(int(s.top[0])) if s.coach[slot, KIND] >= 0]
    d = new_draft(lines)
    runs = tuple(timed_run(x, s, d, slot) for slot in loads)
    run_of = {slot: i for i, slot in enumerate(loads)}
    hired = [v for v in range(len(s.vehicle)) if s.vehicle[v, ABOARD] > 0]
    used_of = {v: i for i, v in enumerate(hired)}
    itineraries, left_out = [], []
    for u, unit in enumerate(compiled.units):
        if s.unit[u, WAY] == UNSERVED:
            left_out += [NotServed(demand, party, "") for demand, party in unit.members]
        else:
            legs = _legs(compiled, s, runs, run_of, used_of, u)
            itineraries += [Itinerary(demand, party, legs) for demand, party in unit.members]
    for number, cohort in enumerate(problem.demands):
        if not cohort.access:
            left_out += [NotServed(number, p, "no_stop_in_reach") for p in range(len(cohort.parties))]
    return SolveResult(
        runs=runs,
        used=tuple(UsedDeparture(*compiled.vehicles[v]) for v in hired),
        itineraries=tuple(itineraries),
        not_served=tuple(left_out),
        objective_fen=objective_fen,
        bound=bound,
        trunk_objective_fen=trunk[0],
        trunk_bound_fen=trunk[1],
        status=status,
        iterations=iterations,
    )


def _legs(
    compiled: Compiled,
    s: State,
    runs: tuple[CoachRun, ...],
    run_of: dict[int, int],
    used_of: dict[int, int],
    u: int,
) -> tuple[RideLeg, ...]:
    x = compiled.instance
    legs = []
    first, last = int(s.unit[u, FIRST]), int(s.unit[u, LAST])
    if first >= 0:
        to = int(x.unit[u, GATE]) if s.unit[u, WAY] != BY_TRUNK else int(x.leg[s.unit[u, RIDE], ORIGIN])
        legs.append(_ride(runs, run_of[first], _board_stop(s, first, u), to))
    if s.unit[u, WAY] == BY_TRUNK:
        t = int(s.unit[u, RIDE])
        board, alight = compiled.leg_calls[t]
        legs.append(RideLeg(False, used_of[int(x.leg[t, VEHICLE])], board, alight))
        if last >= 0:
            legs.append(_ride(runs, run_of[last], int(x.leg[t, DESTINATION]), int(x.unit[u, GATE])))
    return tuple(legs)


def _board_stop(s: State, slot: int, u: int) -> int:
    members = [int(m) for m in s.rows[slot, MEMBER : MEMBER + s.coach[slot, MEMBERS]]]
    return int(s.rows[slot, BOARD + members.index(u)])


def _ride(runs: tuple[CoachRun, ...], index: int, board: int, alight: int) -> RideLeg:
    calls = runs[index].calls
    start = next(i for i, c in enumerate(calls) if c.stop == board)
    end = max(i for i, c in enumerate(calls) if c.stop == alight)
    return RideLeg(True, index, start, end)
