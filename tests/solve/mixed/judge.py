"""The rules of a mixed load once more, by plain sweeps; shares no code with the search."""

import itertools
from collections import Counter

import numpy as np

from dispatch.solve.mixed import MixedInstance, MixedRoutes, VehicleType

FINE = 1e-6


def random_instance(rng, requests=6, gates=2, **other):
    """Places on a square of 1,000 s, gates with short windows within an hour, rides of at most 1,500 s."""
    at = rng.integers(0, 1000, (requests + gates, 2))
    drive = np.abs(at[:, None] - at).sum(2).astype(float)
    gate = rng.integers(0, gates, requests)
    opens = rng.integers(0, 3600, gates).astype(float)
    facts = {
        "drive_s": drive, "metres": drive * 10, "stop": np.arange(requests), "gate": requests + gate,
        "riders": rng.integers(1, 30, requests),
        "board_from_s": np.full(requests, -np.inf), "board_until_s": np.full(requests, np.inf),
        "arrive_from_s": opens[gate], "arrive_until_s": opens[gate] + 600,
        "vehicles": (VehicleType(50, requests, fixed=1e4, per_km=1.0),), "ride_limit_s": 1500.0,
        "board_halt_s": 19.0, "board_each_s": 2.6, "alight_halt_s": 29.0, "alight_each_s": 1.9,
    }  # fmt: skip
    return MixedInstance(**{**facts, **other})


def faults(x: MixedInstance, found: MixedRoutes) -> list[str]:
    """Every broken rule of an answer."""
    bad = []
    carried = np.zeros(len(x.stop), int)
    for a, b, kind in zip(found.first, found.first[1:], found.vehicle, strict=False):
        bad += route_faults(x, found, range(a, b), x.vehicles[kind].seats)
        for c in range(a, b):
            if found.request[c] >= 0:
                carried[found.request[c]] += found.riders[c]
    if (carried + found.absent != x.riders).any():
        bad.append("riders lost or made up")
    for kind, count in Counter(found.vehicle.tolist()).items():
        if count > x.vehicles[kind].available:
            bad.append("more vehicles than there are")
    return bad


def route_faults(x, found, calls, seats):
    bad, aboard, alighted = [], [], False
    previous = None
    for c in calls:
        place, request, riders = found.place[c], found.request[c], found.riders[c]
        arrives, departs = found.arrives_s[c], found.departs_s[c]
        halt = 0.0
        if previous is None or found.place[previous] != place:
            halt = x.board_halt_s if request >= 0 else x.alight_halt_s
        if (
            previous is not None
            and arrives < found.departs_s[previous] + x.drive_s[found.place[previous], place] - FINE
        ):
            bad.append("too fast")
        each = x.board_each_s if request >= 0 else x.alight_each_s
        if departs < arrives + halt + each * abs(riders) - FINE:
            bad.append("too short a halt")
        if request >= 0:
            if x.one_load and alighted:
                bad.append("boards after the first has alighted")
            if x.stop[request] != place:
                bad.append("boards elsewhere")
            begins = arrives + halt
            if not x.board_from_s[request] - FINE <= begins <= x.board_until_s[request] + FINE:
                bad.append("boards at a wrong time")
            aboard.append((request, arrives, riders))
        else:
            alighted = True
            leaving = [(r, t, n) for r, t, n in aboard if x.gate[r] == place]
            aboard = [(r, t, n) for r, t, n in aboard if x.gate[r] != place]
            if not leaving or sum(n for _, _, n in leaving) != -riders:
                bad.append("wrong number alights")
            for r, t, _ in leaving:
                if arrives - t > x.ride_limit_s + FINE:
                    bad.append("rides too long")
                if not x.arrive_from_s[r] - FINE <= arrives <= x.arrive_until_s[r] + FINE:
                    bad.append("arrives at a wrong time")
        if sum(n for _, _, n in aboard) > seats:
            bad.append("too many aboard")
        previous = c
    return bad + (["never alights"] if aboard else [])


def can_run(x: MixedInstance, order) -> bool:
    """Whether some times let a vehicle do this: requests board in order, at ``~place`` all of that gate alight.

    Longest paths by sweeps (Bellman & Ford) over arrival times, origin last; a sweep more than nodes means a positive
    cycle.
    """
    m = len(order)
    edges, aboard, stay, place = [], [], [], []
    for k, what in enumerate(order):
        if what >= 0:
            aboard.append((what, k))
            place.append(x.stop[what])
            stay.append(x.board_halt_s + x.board_each_s * x.riders[what])
            begins = x.board_halt_s
            window = x.board_from_s[what] - begins, x.board_until_s[what] - begins
        else:
            leaving = [(r, j) for r, j in aboard if x.gate[r] == ~what]
            aboard = [(r, j) for r, j in aboard if x.gate[r] != ~what]
            place.append(~what)
            stay.append(x.alight_halt_s + x.alight_each_s * sum(x.riders[r] for r, _ in leaving))
            edges += [(k, j, -x.ride_limit_s) for _, j in leaving]
            window = max(x.arrive_from_s[r] for r, _ in leaving), min(x.arrive_until_s[r] for r, _ in leaving)
        if sum(x.riders[r] for r, _ in aboard) > x.vehicles[0].seats:
            return False
        edges += [(m, k, window[0]), (k, m, -window[1])]
        if k:
            edges.append((k - 1, k, stay[k - 1] + x.drive_s[place[k - 1], place[k]]))
    edges = [(a, b, w) for a, b, w in edges if np.isfinite(w)]
    t = [-1e7] * m + [0.0]
    for _ in range(m + 2):
        late = [(b, t[a] + w) for a, b, w in edges if t[a] + w > t[b] + FINE]
        if not late:
            return True
        for b, value in late:
            t[b] = max(t[b], value)
    return False


def orders(x: MixedInstance, requests, done=(), aboard=()):
    """Every order in which one vehicle could carry these requests, each gate visited when somebody alights."""
    if not requests and not aboard:
        yield done
    alighting = {x.gate[r] for r in aboard}
    if not (x.one_load and any(what < 0 for what in done)):
        for r in requests:
            yield from orders(x, [q for q in requests if q != r], (*done, r), (*aboard, r))
    for gate in alighting:
        yield from orders(x, requests, (*done, ~gate), tuple(r for r in aboard if x.gate[r] != gate))


def fewest_vehicles(x: MixedInstance) -> int:
    """Vehicles that carry everybody, by trying everything; 0 where it cannot be done."""
    everybody = range(len(x.stop))
    fine = {
        group
        for size in range(1, len(x.stop) + 1)
        for group in itertools.combinations(everybody, size)
        if any(can_run(x, order) for order in orders(x, list(group)))
    }
    reach = {frozenset(): 0}
    for count in range(1, len(x.stop) + 1):
        for done in [d for d, n in reach.items() if n == count - 1]:
            for group in fine:
                if done.isdisjoint(group):
                    reach.setdefault(done | set(group), count)
    return reach.get(frozenset(everybody), 0)
