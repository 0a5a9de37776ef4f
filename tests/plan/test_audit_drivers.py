"""Who may drive what: the search against brute force, and the reference timetables it must accept."""

import random
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_timetable import timetable

from dispatch.plan.audit.drivers import Limits, can_be_driven

DAY = 1440
RULES = Limits(240, 120, 480, 2640, 20, 5, 22 * 60, 6 * 60)


def brute_force(pieces, drivers, limits):
    return any(
        obeys(pieces, who, limits)
        for who in product(range(drivers), repeat=len(pieces))
        if all(
            a == b or q[0] - p[1] >= limits.swap for (a, b), (p, q) in zip(pairwise(who), pairwise(pieces), strict=True)
        )
    )


def obeys(pieces, who, limits):
    for driver in set(who):
        driven, count = [], 0
        for (start, end), by in zip(pieces, who, strict=True):
            if by != driver:
                continue
            if driven and start - driven[-1] - 1 >= limits.rest:
                count = 0
            for minute in range(start, end):
                driven.append(minute)
                count += 1
                night = not limits.night_to <= minute % DAY < limits.night_from
                if count > (limits.continuous_night if night else limits.continuous):
                    return False
        for window, limit in ((DAY, limits.daily), (7 * DAY, limits.weekly)):
            last = 0
            for i, minute in enumerate(driven):
                while driven[last] <= minute - window:
                    last += 1
                if i - last + 1 > limit:
                    return False
    return True


@st.composite
def runs(draw):
    at, pieces = draw(st.integers(0, DAY)), []
    gaps = st.sampled_from([0, 3, 5, 12, 19, 20, 45, 400, 900, 2000])
    for _ in range(draw(st.integers(1, 10))):
        at += draw(gaps)
        pieces.append((at, at + draw(st.sampled_from([7, 40, 60, 119, 120, 121, 180, 240]))))
        at = pieces[-1][1]
    return pieces


@settings(max_examples=200, deadline=None)
@given(runs(), st.sampled_from([1, 2]), st.sampled_from([300, 480]), st.sampled_from([400, 600, 2640]))
def test_the_search_agrees_with_trying_every_assignment(pieces, drivers, daily, weekly):
    limits = RULES._replace(daily=daily, weekly=weekly)
    assert can_be_driven(pieces, drivers, limits) is brute_force(pieces, drivers, limits)


# road minutes, drivers, starting hour -> minutes to arrival (one leg, 5-minute swaps, curfew kept above 160 minutes)
REFERENCE = {
    (160, 1, 5): 160, (160, 1, 20): 180, (160, 2, 20): 165, (320, 1, 5): 340, (320, 1, 19): 360, (320, 2, 19): 330,
    (640, 2, 5): 650, (640, 2, 12): 655, (640, 2, 16): 835, (880, 2, 5): 895, (880, 2, 10): 905,
    (640, 1, 5): 1600, (640, 1, 20): 1620, (880, 1, 5): 1860, (880, 1, 16): 1880, (1200, 2, 5): 1680,
    (1360, 2, 5): 1845,
}  # fmt: skip


def pieces_of(calls):
    return [(a[2], b[1]) for a, b in pairwise(calls) if b[1] > a[2]]


@pytest.mark.parametrize(("drive", "drivers", "hour"), REFERENCE)
def test_reference_timetables_are_accepted(drive, drivers, hour):
    calls = timetable([drive], hour * 60, drivers, curfew=drive > 160)
    assert calls[-1][1] - hour * 60 == REFERENCE[drive, drivers, hour]
    assert can_be_driven(pieces_of(calls), drivers, RULES) is True


@pytest.mark.parametrize(("drive", "drivers", "hour"), [k for k, v in REFERENCE.items() if k[0] < v])
def test_the_same_timetable_with_its_first_stop_driven_through_is_refused(drive, drivers, hour):
    pieces = pieces_of(timetable([drive], hour * 60, drivers, curfew=drive > 160))
    joined = [(pieces[0][0], pieces[0][1] + 1), (max(pieces[1][0], pieces[0][1] + 1), pieces[1][1]), *pieces[2:]]
    stop_at_curfew = pieces[0][1] % DAY == 120
    assert stop_at_curfew or can_be_driven(joined, drivers, RULES) is False


def test_early_swaps_that_balance_the_two_days_are_accepted():
    """880 minutes from 08:00 in 900, the reference's optimum; driving until forced would need 915."""
    pieces = [(480, 720), (725, 965), (970, 1150), (1155, 1315), (1320, 1380)]
    assert can_be_driven(pieces, 2, RULES) is True
    assert can_be_driven([*pieces[:4], (1320, 1381)], 2, RULES) is False


def test_a_swap_shorter_than_the_rule_changes_nobody():
    assert can_be_driven([(600, 840), (844, 1000)], 2, RULES) is False
    assert can_be_driven([(600, 840), (845, 1000)], 2, RULES) is True


def test_a_count_above_the_night_limit_ends_at_ten_in_the_evening():
    evening = 22 * 60
    assert can_be_driven([(evening - 130, evening)], 1, RULES) is True
    assert can_be_driven([(evening - 130, evening + 1)], 1, RULES) is False


def test_a_short_wait_for_the_morning_keeps_the_count_and_is_legal():
    assert can_be_driven([(240, 359), (361, 480)], 1, RULES) is True
    assert can_be_driven([(240, 359), (361, 483)], 1, RULES) is False


def test_eight_hours_come_back_after_a_day():
    first = [(300, 540), (560, 800)]
    assert can_be_driven([*first, (300 + DAY, 540 + DAY)], 1, RULES) is True
    assert can_be_driven([*first, (299 + DAY, 540 + DAY)], 1, RULES) is False


def long_trip(draw, stops):
    """A legal trip of 1,700 km by two drivers, timed minute by minute, with stands of all sorts at its stops."""
    cuts = sorted(draw.sample(range(1, 1360), stops))
    legs = [b - a for a, b in pairwise([0, *cuts, 1360])]
    calls = timetable(legs, draw.randrange(5 * 60, 21 * 60), 2, dwell=draw.choice([2, 5, 12]))
    return pieces_of(calls)


@pytest.mark.parametrize("stops", [8, 15, 25, 40])
def test_long_legal_trips_with_many_calls_are_found_legal(stops):
    for seed in range(10):
        assert can_be_driven(long_trip(random.Random(seed), stops), 2, RULES) is True


TIGHT = ({"daily": 470}, {"continuous": 230}, {"continuous_night": 110}, {"rest": 25}, {"swap": 13})


@pytest.mark.parametrize("seed", range(20))
def test_long_trips_under_tighter_rules_are_decided_one_way_or_the_other(seed):
    pieces = long_trip(random.Random(seed), 12)
    verdicts = [can_be_driven(pieces, 2, RULES._replace(**rule)) for rule in TIGHT]
    assert None not in verdicts
    assert False in verdicts


def test_a_hostile_number_of_stops_ends_in_no_verdict_rather_than_never():
    pieces = [(i * 11, i * 11 + 5) for i in range(3000)]
    assert can_be_driven(pieces, 2, RULES, patience=2000) is None


def test_more_driving_than_all_drivers_have_hours_is_refused_at_once():
    pieces = [(300 + i * 60, 341 + i * 60) for i in range(40)]  # 984 minutes in 24 hours
    assert can_be_driven(pieces, 2, RULES, patience=100) is False
    assert can_be_driven([(a, b - 2) for a, b in pieces], 2, RULES, patience=1000) is True
