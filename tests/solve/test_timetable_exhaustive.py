"""The package's earliest arrivals against the exhaustive search, on random small cases."""

import random
from contextlib import suppress
from itertools import count, islice

import numpy as np
import pytest
from coarse import GRID, coarse
from exhaustive import TooLargeError, earliest_over_starts

from dispatch.solve.schedule import best_start, earliest_arrival
from dispatch.solve.timetable import rules_of, scratch


def scheduled(case):
    """The package's arrival at the last place."""
    release, due, opens, closes = zip(*case.places, strict=True)
    hours = list(zip(opens, closes, strict=True))
    times = earliest_arrival(
        case.drive, release, due, hours, case.start, case.drivers, case.distance_m, case.rules, case.dwell
    )
    return None if times is None else times[-1]


def decided(drivers, legs, slots):
    """Cases with what the exhaustive search says about them, but for those that are too large for it."""
    for seed in count():
        case = coarse(random.Random(seed), drivers, legs, slots)
        with suppress(TooLargeError):
            yield case, case.exhaustive().earliest(case.start)


SIZES = [(1, 1, 14, 150), (1, 4, 14, 300), (2, 1, 12, 100), (2, 3, 12, 100)]


@pytest.mark.parametrize(("drivers", "legs", "slots", "cases"), SIZES)
def test_a_schedule_is_found_where_there_is_one_and_arrives_as_early_as_any(drivers, legs, slots, cases):
    arrivals = 0
    for case, earliest in islice(decided(drivers, legs, slots), cases):
        found = scheduled(case)
        if found is not None and (earliest is None or found < earliest):  # times between two slots of the grid
            finer = case.exhaustive(GRID // 2).earliest(case.start)
            assert finer is not None, case
            assert finer <= found, case
        else:
            assert found == earliest, case
        arrivals += earliest is not None
    assert arrivals > cases // 3


@pytest.mark.parametrize("seed", [1048, 1102, 1407, 2163, 2356, 2368, 2451])
def test_a_wait_for_the_daily_limit_may_be_shorter_than_a_rest(seed):
    """Each second day begins as the first did, so a stand of half an hour at a stop is one on the next day too."""
    case = coarse(random.Random(seed), 1, 4, 14)
    assert scheduled(case) == case.exhaustive().earliest(case.start)


def chosen_start(case, last):
    """The package's best start and how long its schedule takes."""
    release, due, opens, closes = (np.array(column, np.int64) for column in zip(*case.places, strict=True))
    n, out = len(case.places), scratch(len(case.places))
    start = best_start(
        n, np.array(case.drive, np.int64), release, due, opens, closes, case.start, last, 2 * GRID, case.drivers,
        case.distance_m, rules_of(case.rules, case.dwell), out,
    )  # fmt: skip
    return start, int(out.arrives[n - 1]) - start


@pytest.mark.parametrize("seed", range(40))
def test_the_best_of_all_starts_is_chosen(seed):
    case = coarse(random.Random(seed), 1, 2, 10)
    starts = range(case.start, case.start + 48 * GRID, 2 * GRID)
    arrivals = earliest_over_starts(case.drive, case.places, starts, 1, case.distance_m, case.rules, case.dwell, GRID)
    durations = {start: arrival - start for start, arrival in arrivals.items()}
    if not durations:
        assert chosen_start(case, starts[-1])[0] == -1
        return
    quickest = min(durations.values())
    assert chosen_start(case, starts[-1]) == (min(s for s in durations if durations[s] == quickest), quickest)
