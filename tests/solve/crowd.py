"""An operation of some hundred people, enough for processes to work side by side."""

import random
from dataclasses import replace
from itertools import count

from tiny import coach, demand, problem, scattered, train

from dispatch.model.supply import Role


def crowd(seed=1, kinds=80):
    """People at eight places in the hills to four factories far off: coaches all the way, or two trains a day."""
    draw = random.Random(seed)
    origins, gates = [f"A{i}" for i in range(8)], [f"G{i}" for i in range(4)]
    places = scattered(draw, origins, 0, 0, 80) | {"R1": (40.0, 40.0), "R2": (500.0, 40.0)}
    places |= scattered(draw, gates, 480, 20, 60)
    at, names = {name: i for i, name in enumerate(places)}, count(1)
    demands = [
        demand(
            [at[a] for a in draw.sample(origins, draw.randint(1, 2))],
            at[draw.choice(gates)],
            parties=draw.randint(1, 3),
            size=draw.choice((1, 1, 2)),
            release=15 * draw.randint(0, 60),
            due=4319,
            names=names,
        )
        for _ in range(kinds)
    ]
    types = [coach("C37", at["A0"], 37, available=6, days=(0, 2), fixed_fen=90_000, km_fen=400)]
    types += [coach("F12", at["R1"], 12, Role.FEEDER, 9, (0, 2)), coach("L12", at["R2"], 12, Role.LAST_MILE, 9, (0, 2))]
    trains = []
    for day in range(2):
        start = day * 1440 + 900
        calls = ((at["R1"], start, start), (at["R2"], start + 180, start + 180))
        trains += [train(calls, f"T{day}", seats=60, fare=9_000, day=day)]
        trains += [train(calls, f"Z{day}", seats=50, fixed=150_000, fare=0, least=20, day=day)]
    return problem(places, demands, types, trains, days=3)


def changed(whole, gone, come, seed=2):
    """The same operation with a share of its parties gone and as large a share of new ones."""
    draw, names, demands = random.Random(seed), count(100_000), []
    for d in whole.demands:
        kept = tuple(p for p in d.parties if draw.random() >= gone)
        fresh = tuple(tuple(f"W{next(names)}" for _ in range(d.party_size)) for _ in d.parties if draw.random() < come)
        if kept + fresh:
            demands.append(replace(d, parties=kept + fresh))
    return replace(whole, demands=tuple(demands))
