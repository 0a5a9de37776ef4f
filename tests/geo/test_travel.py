"""Road times: the estimate by its definition, and the user's table above it."""

import math

import pytest

from dispatch.config import TravelPolicy
from dispatch.geo.travel import road_times
from dispatch.model.demand import TravelEntry
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import Position, great_circle_m

POLICY = TravelPolicy()


def stop(stop_id, lat, lon):
    return Stop(stop_id, stop_id, StopKind.ASSEMBLY, "", "", Position(lat, lon))


# Two stops 50 km apart by great circle, and one 900 km away.
STOPS = (stop("A", 35.0, 111.0), stop("B", 35.45, 111.0), stop("C", 31.3, 120.6))


def test_speed_goes_by_the_great_circle_and_minutes_round_up():
    times = road_times(STOPS, (), POLICY)
    for i, a in enumerate(STOPS):
        for j, b in enumerate(STOPS):
            direct = great_circle_m(a.position, b.position)
            kmh = POLICY.fast_kmh if direct > 60_000 else POLICY.slow_kmh
            assert times.metres[i * 3 + j] == round(direct * 1.25)
            assert times.minutes[i * 3 + j] == math.ceil(direct * 1.25 / 1000 / kmh * 60)
    assert times.source == "estimate"


def test_the_table_beats_the_estimate_in_its_own_direction_only():
    plain = road_times(STOPS, (), POLICY)
    times = road_times(STOPS, [TravelEntry("A", "C", 700, 1_000_000), TravelEntry("A", "elsewhere", 1, 1)], POLICY)
    assert (times.minutes[2], times.metres[2]) == (700, 1_000_000)
    assert (times.minutes[6], times.metres[6]) == (plain.minutes[6], plain.metres[6])
    assert times.source == "estimate+table"


def test_a_stop_is_no_distance_from_itself_even_by_the_table():
    times = road_times(STOPS, [TravelEntry("B", "B", 9, 9)], POLICY)
    assert [times.minutes[i * 4] for i in range(3)] == [times.metres[i * 4] for i in range(3)] == [0, 0, 0]


def test_a_round_number_of_minutes_is_not_pushed_up_by_float_noise():
    # 45 km of road at 45 km/h.
    lat = math.degrees(36_000 / 6_371_008.8)
    times = road_times((stop("A", 0, 0), stop("B", lat, 0)), (), POLICY)
    assert (times.metres[1], times.minutes[1]) == (45_000, 60)


def test_more_stops_than_a_block_are_all_filled():
    many = tuple(stop(str(i), 30 + i / 100, 110) for i in range(150))
    times = road_times(many, (), POLICY)
    assert times.metres[149] == pytest.approx(great_circle_m(many[0].position, many[149].position) * 1.25, abs=1)
    assert sum(m == 0 for m in times.minutes) == 150
    assert road_times((), (), POLICY).n == 0
